import {
  closeSync,
  constants,
  copyFileSync,
  fchownSync,
  fstatSync,
  lstatSync,
  openSync,
  readSync,
  statSync,
  truncateSync,
} from 'node:fs'
import { dirname } from 'node:path'

import { systemErrorCode } from './errors.ts'

/** A refused statement is logged, and an agent may repeat one for days: past this size the log starts anew. */
const MAX_LOG_BYTES = 32 * 1024 * 1024
const TAIL_BYTES = 4096
const TAIL_LINES = 15

/** Opens the log for appending; the file belongs to the owner of its folder. @returns a file descriptor. */
export function openLog(file: string): number {
  const fd = openSync(
    file,
    constants.O_WRONLY | constants.O_APPEND | constants.O_CREAT | constants.O_NOFOLLOW,
    0o600,
  )
  const owner = statSync(dirname(file))
  if (process.getuid?.() === 0 && fstatSync(fd).uid !== owner.uid)
    fchownSync(fd, owner.uid, owner.gid)
  return fd
}

/** Bytes now in the log, so that a later tail can be limited to what came after. */
export function logSize(file: string): number {
  return lstatSync(file, { throwIfNoEntry: false })?.size ?? 0
}

/** The last lines written at or after `from` (bytes); never throws, says why when it cannot be read. */
export function logTail(file: string, from = 0): string {
  let fd: number | undefined
  try {
    fd = openSync(file, constants.O_RDONLY | constants.O_NOFOLLOW)
    const size = fstatSync(fd).size
    const start = Math.max(Math.min(from, size), size - TAIL_BYTES)
    const buffer = Buffer.alloc(size - start)
    const length = readSync(fd, buffer, 0, buffer.length, start)
    return buffer.toString('utf8', 0, length).trimEnd().split('\n').slice(-TAIL_LINES).join('\n')
  } catch (error) {
    return `(the log ${file} could not be read: ${systemErrorCode(error) ?? String(error)})`
  } finally {
    if (fd !== undefined) closeSync(fd)
  }
}

/** Keeps the log bounded: copies it to `<file>.1` and empties it. The server appends, so it goes on at the start. */
export function trimLog(file: string, maxBytes = MAX_LOG_BYTES): void {
  if (logSize(file) <= maxBytes) return
  copyFileSync(file, `${file}.1`)
  truncateSync(file, 0)
}
