import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { afterEach, expect, test, vi } from 'vitest'

import { Ledger } from '../src/shop/ledger.ts'
import { between } from '../src/work/think.ts'

const folder = mkdtempSync(join(tmpdir(), 'holdpoint-ledger-'))
afterEach(() => {
  vi.restoreAllMocks()
  vi.unstubAllEnvs()
  rmSync(folder, { recursive: true, force: true })
})

test('the shop keeps its newest books and forgets the oldest', () => {
  const ledger = new Ledger<{ n: number }>(folder)
  for (let n = 1; n <= 70; n += 1) ledger.add(`day-${n}`, { n })
  expect(readdirSync(folder)).toHaveLength(60)
  expect(ledger.lines('day-10')).toEqual([])
  expect(ledger.lines('day-11')).toEqual([{ n: 11 }])
  expect(ledger.lines('day-70')).toEqual([{ n: 70 }])
})

test('a fleet that is left alone works at a quarter of its pace', () => {
  vi.stubEnv('HOLDPOINT_FLEET_PACE', '2')
  const uptime = vi.spyOn(process, 'uptime')
  uptime.mockReturnValue(60)
  expect(between(100, 100)).toBe(50)
  uptime.mockReturnValue(20 * 60)
  expect(between(100, 100)).toBe(200)
})
