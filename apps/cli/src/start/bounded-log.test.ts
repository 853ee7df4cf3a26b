import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { expect, it, onTestFinished } from 'vitest'

import { boundedLog } from './bounded-log.ts'

it('keeps the newest lines and a bounded size, over restarts too', () => {
  const folder = mkdtempSync(join(tmpdir(), 'holdpoint-cli-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  const file = join(folder, 'fleet.log')
  for (let nth = 0; nth < 100; nth += 1) boundedLog(file, 500)(`line ${nth}`)
  expect(readdirSync(folder).toSorted()).toEqual(['fleet.log', 'fleet.log.1'])
  expect(readFileSync(file, 'utf8')).toMatch(/line 99\n$/)
  for (const name of readdirSync(folder))
    expect(readFileSync(join(folder, name)).length).toBeLessThan(600)
})

it('loses a line rather than anything else when it cannot write', () => {
  expect(() => boundedLog('/nowhere/at/all.log')('line')).not.toThrow()
})
