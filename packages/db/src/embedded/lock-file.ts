import { randomUUID } from 'node:crypto'
import { linkSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

import { DataFolderInUseError, systemErrorCode } from './errors.ts'
import { isAlive, startMark } from './process-identity.ts'

interface Holder {
  pid: number
  startMark: string | null
  token: string
}

export interface DataFolderLock {
  release(): void
}

/**
 * Takes the lock of a data folder for this process, replacing one whose holder is dead.
 * Two servers over one data folder would each believe to own the database.
 * @throws DataFolderInUseError when a living Holdpoint holds it.
 */
export function lockDataFolder(dataDir: string): DataFolderLock {
  const file = lockFile(dataDir)
  const own: Holder = {
    pid: process.pid,
    startMark: startMark(process.pid) ?? null,
    token: randomUUID(),
  }
  for (let attempt = 0; attempt < 5; attempt += 1) {
    if (createComplete(file, own) && readHolder(file)?.token === own.token) {
      return { release: () => releaseIfOwn(file, own.token) }
    }
    const holder = readHolder(file)
    if (holder === undefined) continue
    if (holds(holder)) throw new DataFolderInUseError(dataDir, holder.pid, file)
    removeStale(file, holder)
  }
  throw new DataFolderInUseError(dataDir, readHolder(file)?.pid ?? 0, file)
}

const lockFile = (dataDir: string): string => join(dataDir, 'holdpoint.lock')

/** Whose lock lies in a data folder, and whether that process still lives; undefined when there is none. */
export function lockHolder(dataDir: string): { pid: number; alive: boolean } | undefined {
  const holder = readHolder(lockFile(dataDir))
  return holder && { pid: holder.pid, alive: holds(holder) }
}

/** A link appears together with its content: nobody ever reads a half-written lock. */
function createComplete(file: string, own: Holder): boolean {
  const draft = `${file}.${own.token}`
  writeFileSync(draft, JSON.stringify(own), { flag: 'wx', mode: 0o600 })
  try {
    linkSync(draft, file)
    return true
  } catch (error) {
    if (systemErrorCode(error) === 'EEXIST') return false
    throw error
  } finally {
    rmSync(draft, { force: true })
  }
}

function readHolder(file: string): Holder | undefined {
  let text: string
  try {
    text = readFileSync(file, 'utf8')
  } catch (error) {
    if (systemErrorCode(error) === 'ENOENT') return undefined
    throw error
  }
  const stale: Holder = { pid: 0, startMark: null, token: text }
  try {
    const parsed: unknown = JSON.parse(text)
    return isHolder(parsed) ? parsed : stale
  } catch {
    return stale
  }
}

function isHolder(value: unknown): value is Holder {
  if (typeof value !== 'object' || value === null) return false
  if (!('pid' in value) || !('token' in value) || !('startMark' in value)) return false
  return typeof value.pid === 'number' && typeof value.token === 'string'
}

function holds(holder: Holder): boolean {
  if (holder.pid <= 0 || !isAlive(holder.pid)) return false
  const now = startMark(holder.pid)
  return holder.startMark === null || now === undefined || now === holder.startMark
}

/** Moves the stale lock aside first, so that of two processes doing this only one removes it. */
function removeStale(file: string, stale: Holder): void {
  const aside = `${file}.${randomUUID()}`
  try {
    renameSync(file, aside)
  } catch (error) {
    if (systemErrorCode(error) === 'ENOENT') return
    throw error
  }
  if (readHolder(aside)?.token !== stale.token) {
    // Someone took over in between: what we moved is their fresh lock, so it goes back.
    try {
      linkSync(aside, file)
    } catch (error) {
      if (systemErrorCode(error) !== 'EEXIST') throw error
    }
  }
  rmSync(aside, { force: true })
}

function releaseIfOwn(file: string, token: string): void {
  if (readHolder(file)?.token === token) rmSync(file, { force: true })
}
