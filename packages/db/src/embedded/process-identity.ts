import { execFileSync } from 'node:child_process'
import { readFileSync, readlinkSync } from 'node:fs'

import { systemErrorCode } from './errors.ts'

/** True while a process with this id runs; a zombie counts as dead (containers often never reap it). */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
  } catch (error) {
    return systemErrorCode(error) === 'EPERM'
  }
  const stat = procStat(pid)
  return stat === undefined || stat.state !== 'Z'
}

/**
 * A mark that differs when a process id is used again by a later process; undefined when the
 * process is gone or the platform does not tell.
 */
export function startMark(pid: number): string | undefined {
  if (process.platform === 'linux') {
    const stat = procStat(pid)
    return stat === undefined ? undefined : `${bootId()}:${stat.startTicks}`
  }
  try {
    return (
      execFileSync('ps', ['-o', 'lstart=', '-p', String(pid)], { encoding: 'utf8' }).trim() ||
      undefined
    )
  } catch {
    return undefined
  }
}

/** The folder a process stands in; a postmaster always stands in its data folder. Linux only. */
export function workingFolder(pid: number): string | undefined {
  try {
    return readlinkSync(`/proc/${pid}/cwd`)
  } catch {
    return undefined
  }
}

function procStat(pid: number): { state: string; startTicks: string } | undefined {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8')
    // The command name stands in parentheses and may hold anything, so count fields after the last one.
    const fields = text.slice(text.lastIndexOf(')') + 2).split(' ')
    const [state, startTicks] = [fields[0], fields[19]]
    return state === undefined || startTicks === undefined ? undefined : { state, startTicks }
  } catch {
    return undefined
  }
}

function bootId(): string {
  try {
    return readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()
  } catch {
    return ''
  }
}
