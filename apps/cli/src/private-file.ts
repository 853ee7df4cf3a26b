import { randomUUID } from 'node:crypto'
import {
  closeSync,
  fsyncSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  writeSync,
} from 'node:fs'

import { codeOf } from './error-words.ts'
import { CliFailure } from './failure.ts'

/** Writes a file that only this user can read; whoever reads it sees the old content or the new. */
export function writePrivate(path: string, text: string): void {
  const draft = `${path}.${randomUUID()}`
  try {
    const fd = openSync(draft, 'wx', 0o600)
    try {
      writeSync(fd, text)
      fsyncSync(fd)
    } finally {
      closeSync(fd)
    }
    renameSync(draft, path)
  } catch (error) {
    rmSync(draft, { force: true })
    throw new CliFailure(
      1,
      `${path} could not be written (${codeOf(error)}). Set HOLDPOINT_DATA to a folder that this user can write.`,
      { cause: error },
    )
  }
}

/** @returns undefined when there is no such file. @throws CliFailure when it cannot be read as JSON */
export function readPrivateJson(path: string): unknown {
  let text: string
  try {
    text = readFileSync(path, 'utf8')
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined
    throw new CliFailure(
      1,
      `${path} could not be read (${codeOf(error)}). Nothing was done: run this as the user that started Holdpoint.`,
      { cause: error },
    )
  }
  try {
    return JSON.parse(text)
  } catch (error) {
    throw new CliFailure(
      1,
      `${path} is damaged. Nothing was done: restore it from a backup, or move it away and start again.`,
      { cause: error },
    )
  }
}
