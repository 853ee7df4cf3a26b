import { realpathSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'

import { Client, DatabaseError } from 'pg'

import type { DataFolder } from './data-folder.ts'
import { PortTakenError, StartFailedError } from './errors.ts'
import { diskHint, SUPERUSER } from './init-cluster.ts'
import { logTail } from './log-file.ts'
import { readPostmaster } from './postmaster-file.ts'
import type { PostmasterProcess } from './postmaster-process.ts'

const POLL_MS = 15

export interface ReadinessCheck {
  folder: DataFolder
  postmaster: PostmasterProcess
  port: number
  password: string
  /** Size of the log before this start: older lines explain nothing. */
  logFrom: number
  /** Crash recovery may read gigabytes of log, so this is long. ms */
  timeoutMs: number
}

/**
 * Waits until the server takes a connection and says that it serves this data folder.
 * @throws PortTakenError, StartFailedError
 */
export async function waitUntilReady(check: ReadinessCheck): Promise<void> {
  const deadline = Date.now() + check.timeoutMs
  for (;;) {
    if (!check.postmaster.alive()) throw explainExit(check)
    // The file is asked first: before it says ready, whatever listens on the port may be a stranger,
    // and a stranger must not be sent the password.
    const written = readPostmaster(check.folder.cluster)
    if (written?.pid === check.postmaster.pid && written.status === 'ready') {
      if (await serves(check)) return
    }
    if (Date.now() > deadline) {
      throw new StartFailedError(
        `The embedded Postgres was not ready after ${Math.round(check.timeoutMs / 1000)} s (log: ${check.folder.logFile}).`,
        { logTail: logTail(check.folder.logFile, check.logFrom) },
      )
    }
    await sleep(POLL_MS)
  }
}

/** Connects as superuser; false while the server is still starting up. */
async function serves(check: ReadinessCheck): Promise<boolean> {
  const client = new Client({
    connectionString: superUrl(check.port, check.password),
    connectionTimeoutMillis: 5000,
  })
  client.on('error', () => undefined)
  try {
    await client.connect()
    const { rows } = await client.query<{ folder: string }>(
      "select current_setting('data_directory') as folder",
    )
    const served = rows[0]?.folder ?? ''
    if (realpathSync(served) === realpathSync(check.folder.cluster)) return true
    throw new StartFailedError(
      `The server on port ${check.port} serves ${served}, not ${check.folder.cluster}.`,
    )
  } catch (error) {
    if (error instanceof StartFailedError) throw error
    if (error instanceof DatabaseError && error.code?.startsWith('28')) {
      throw new StartFailedError(
        `The embedded Postgres does not accept the password in ${check.folder.passwordFile}. ` +
          `Restore that file from a backup; nothing was changed.`,
        { cause: error },
      )
    }
    return false
  } finally {
    await client.end().catch(() => undefined)
  }
}

function explainExit(check: ReadinessCheck): Error {
  const tail = logTail(check.folder.logFile, check.logFrom)
  if (/could not bind .*: Address already in use/.test(tail)) return new PortTakenError(check.port)
  return new StartFailedError(
    `The embedded Postgres ended while starting (log: ${check.folder.logFile}).${diskHint(tail)}`,
    { logTail: tail },
  )
}

export function superUrl(port: number, password: string, database = 'postgres'): string {
  return `postgres://${SUPERUSER}:${encodeURIComponent(password)}@127.0.0.1:${port}/${database}`
}
