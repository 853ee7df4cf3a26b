import { readFileSync, realpathSync, rmSync } from 'node:fs'
import { join } from 'node:path'

import { systemErrorCode } from './errors.ts'
import { isAlive, workingFolder } from './process-identity.ts'

/** What a running server says of itself in `postmaster.pid`. */
export interface Postmaster {
  pid: number
  port: number
  status: 'starting' | 'ready' | 'stopping'
}

/** Reads `postmaster.pid` of a cluster; undefined when there is none or it is not complete yet. */
export function readPostmaster(cluster: string): Postmaster | undefined {
  let lines: string[]
  try {
    lines = readFileSync(join(cluster, 'postmaster.pid'), 'utf8').split('\n')
  } catch (error) {
    if (systemErrorCode(error) === 'ENOENT') return undefined
    throw error
  }
  const [pid, port] = [Number(lines[0]), Number(lines[3])]
  if (!Number.isInteger(pid) || pid <= 0) return undefined
  const word = (lines[7] ?? '').trim()
  const status = word === 'ready' || word === 'stopping' ? word : 'starting'
  return { pid, port: Number.isInteger(port) ? port : 0, status }
}

/**
 * The living postmaster of this cluster, left by a crash of its parent. The process id alone proves
 * nothing after a reboot, so where the platform tells, the process must stand in the data folder.
 */
export function findPostmaster(cluster: string): Postmaster | undefined {
  const found = readPostmaster(cluster)
  if (found === undefined) return undefined
  const folder = workingFolder(found.pid)
  const stranger = folder !== undefined && folder !== realpathSync(cluster)
  if (isAlive(found.pid) && !stranger) return found
  // Postgres looks only for the number and would refuse to start when a stranger of the same user
  // has it now, or when a container's init has not reaped the dead server.
  rmSync(join(cluster, 'postmaster.pid'), { force: true })
  return undefined
}
