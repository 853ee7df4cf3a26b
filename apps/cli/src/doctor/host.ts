import { existsSync } from 'node:fs'
import { statfs } from 'node:fs/promises'

import { lockHolder } from '@holdpoint/db/embedded'

import { readConnection } from '../connection-file.ts'
import { codeOf } from '../error-words.ts'
import type { Check } from './check.ts'

const GIB = 1024 ** 3

export async function checkHost(dataDir: string): Promise<Check[]> {
  return [checkNode(process.versions.node), await checkDisk(dataDir), checkLock(dataDir)]
}

export function checkNode(version: string): Check {
  const fits = version.startsWith('24.')
  return {
    area: 'host',
    name: 'Node',
    status: fits ? 'ok' : 'bad',
    detail: fits ? version : `${version}; Holdpoint runs on Node 24`,
  }
}

async function checkDisk(dataDir: string): Promise<Check> {
  const check = { area: 'host', name: 'disk space' } as const
  if (!existsSync(dataDir))
    return { ...check, status: 'unknown', detail: `${dataDir} does not exist` }
  try {
    const { bavail, bsize, blocks } = await statfs(dataDir)
    return { ...check, ...judgeSpace(bavail * bsize, blocks * bsize, dataDir) }
  } catch (error) {
    return { ...check, status: 'unknown', detail: `${dataDir}: ${codeOf(error)}` }
  }
}

/** Free and total in bytes. Postgres stops when the disk is full, and then no agent can write. */
export function judgeSpace(
  free: number,
  total: number,
  dataDir: string,
): Pick<Check, 'status' | 'detail'> {
  const detail = `${(free / GIB).toFixed(1)} GiB of ${(total / GIB).toFixed(1)} free for ${dataDir}`
  if (free < GIB / 2) return { status: 'bad', detail }
  return { status: free < 5 * GIB ? 'warn' : 'ok', detail }
}

function checkLock(dataDir: string): Check {
  const check = { area: 'host', name: 'lock' } as const
  const holder = lockHolder(dataDir)
  if (holder === undefined)
    return { ...check, status: 'ok', detail: 'none: no start works on this folder' }
  if (holder.alive) {
    const url = readConnection(dataDir)?.consoleUrl
    return {
      ...check,
      status: 'ok',
      detail: `held by process ${holder.pid}${url === undefined ? ', not live yet' : ` at ${url}`}`,
    }
  }
  return {
    ...check,
    status: 'warn',
    detail: `left by process ${holder.pid}, which is dead; the next start takes it over`,
  }
}
