import { appendFileSync, renameSync, statSync } from 'node:fs'

const MOST_BYTES = 4 * 1024 * 1024

/**
 * A log file that one process writes. Past its size it becomes `<file>.1` and starts anew: what runs
 * for months must not fill the disk. A line that cannot be written is lost, and nothing else.
 */
export function boundedLog(file: string, mostBytes = MOST_BYTES): (line: string) => void {
  let size = statSync(file, { throwIfNoEntry: false })?.size ?? 0
  return (line) => {
    const text = `${new Date().toISOString()} ${line}\n`
    try {
      if (size > mostBytes) {
        renameSync(file, `${file}.1`)
        size = 0
      }
      appendFileSync(file, text, { mode: 0o600 })
      size += Buffer.byteLength(text)
    } catch {
      // A full disk is told by the database, which matters more.
    }
  }
}
