import {
  appendFileSync,
  closeSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
  writeSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { afterEach, beforeEach, expect, test } from 'vitest'

import { diskHint } from './init-cluster.ts'
import { logSize, logTail, openLog, trimLog } from './log-file.ts'

let folder = ''
let file = ''

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'holdpoint-log-'))
  file = join(folder, 'postgres.log')
})
afterEach(() => rmSync(folder, { recursive: true }))

test('the tail holds the last lines written after a point', () => {
  writeFileSync(file, 'from an earlier start\n')
  const from = logSize(file)
  appendFileSync(file, Array.from({ length: 30 }, (_, n) => `line ${n}\n`).join(''))
  const tail = logTail(file, from).split('\n')
  expect(tail).toHaveLength(15)
  expect(tail.at(-1)).toBe('line 29')
  appendFileSync(file, 'x'.repeat(100_000))
  expect(logTail(file, from).length).toBeLessThanOrEqual(4096)
})

test('a log that cannot be read says why instead of hiding the first error', () => {
  expect(logTail(join(folder, 'missing.log'))).toContain('could not be read: ENOENT')
  expect(logTail(folder)).toContain('could not be read: EISDIR')
})

test('a link in the place of the log is not followed', () => {
  const secret = join(folder, 'secret')
  writeFileSync(secret, 'mine')
  symlinkSync(secret, file)
  expect(() => openLog(file)).toThrow('ELOOP')
  expect(logTail(file)).not.toContain('mine')
})

test('a log past its bound starts anew, and an open writer goes on at its start', () => {
  const fd = openLog(file)
  writeSync(fd, 'old\n'.repeat(100))
  trimLog(file, 1000)
  expect(logSize(file)).toBe(400)
  trimLog(file, 100)
  writeSync(fd, 'new\n')
  closeSync(fd)
  expect(readFileSync(file, 'utf8')).toBe('new\n')
  expect(readFileSync(`${file}.1`, 'utf8')).toHaveLength(400)
})

test('a full disk is named', () => {
  expect(diskHint('FATAL: could not write lock file: No space left on device')).toContain(
    'disk is full',
  )
  expect(diskHint('FATAL: something else')).toBe('')
})
