import { spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { afterEach, beforeEach, expect, test } from 'vitest'

import { DataFolderInUseError } from './errors.ts'
import { lockDataFolder, lockHolder } from './lock-file.ts'

let folder = ''
const file = (): string => join(folder, 'holdpoint.lock')

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'holdpoint-lock-'))
})
afterEach(() => rmSync(folder, { recursive: true }))

function heldBy(pid: number, startMark: string | null): void {
  writeFileSync(file(), JSON.stringify({ pid, startMark, token: 'theirs' }))
}

test('a lock is held until it is released', () => {
  const lock = lockDataFolder(folder)
  expect(() => lockDataFolder(folder)).toThrow(DataFolderInUseError)
  lock.release()
  lockDataFolder(folder).release()
  expect(existsSync(file())).toBe(false)
})

test('a lock of a process that is gone is taken over', () => {
  heldBy(spawnSync('true').pid, null)
  lockDataFolder(folder).release()
})

test.runIf(process.platform === 'linux')(
  'a lock whose process id now belongs to another process is taken over',
  () => {
    heldBy(process.pid, 'an earlier process')
    lockDataFolder(folder).release()
  },
)

test('a lock that cannot be read as one is taken over', () => {
  writeFileSync(file(), 'not a lock')
  lockDataFolder(folder).release()
})

test('a lock of a living process is left alone', () => {
  heldBy(process.ppid, null)
  expect(() => lockDataFolder(folder)).toThrow(`process ${process.ppid}`)
  expect(readFileSync(file(), 'utf8')).toContain('theirs')
})

test('releasing does not take away a lock that someone else holds by now', () => {
  const lock = lockDataFolder(folder)
  heldBy(process.ppid, null)
  lock.release()
  expect(readFileSync(file(), 'utf8')).toContain('theirs')
})

test('who holds a lock is told, and whether that process lives', () => {
  expect(lockHolder(folder)).toBeUndefined()
  heldBy(process.ppid, null)
  expect(lockHolder(folder)).toEqual({ pid: process.ppid, alive: true })
  heldBy(process.pid, 'an earlier process')
  expect(lockHolder(folder)).toMatchObject({ alive: process.platform !== 'linux' })
})
