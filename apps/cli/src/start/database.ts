import { chmodSync, mkdirSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'

import { ensureDatabase } from '@holdpoint/db'
import {
  DataFolderInUseError,
  type EmbeddedPostgres,
  EmbeddedPostgresError,
  lockDataFolder,
  PortTakenError,
  startEmbeddedPostgres,
} from '@holdpoint/db/embedded'

import { EMBEDDED_DATABASE } from '../database/find.ts'
import { codeOf, messageOf } from '../error-words.ts'
import { CliFailure } from '../failure.ts'
import type { Settings } from '../settings.ts'
import { inUseFailure, pgPortFailure } from './port.ts'

const RETRY_MS = [0, 500, 1000, 2000, 5000, 15_000, 60_000]

export interface StartedDatabase {
  /** Superuser of the embedded database, or DATABASE_URL. */
  readonly adminUrl: string
  readonly embedded: EmbeddedPostgres | undefined
  stop(): Promise<void>
}

/** Starts or adopts the embedded Postgres, or takes the user's own. The data folder is ours until `stop`. */
export async function startDatabase(
  settings: Settings,
  say: (line: string) => void,
): Promise<StartedDatabase> {
  const { dataDir, databaseUrl, pgPort } = settings
  try {
    if (databaseUrl !== undefined) {
      makeDataFolder(dataDir)
      const lock = lockDataFolder(dataDir)
      return { adminUrl: databaseUrl, embedded: undefined, stop: async () => lock.release() }
    }
    const embedded = await startEmbeddedPostgres({ dataDir, port: pgPort })
    if (embedded.adopted)
      say(
        `Took over the database that an earlier start had left running (process ${embedded.pid}).`,
      )
    const stopping = new AbortController()
    keepRunning(embedded, say, stopping.signal)
    const stop = async (): Promise<void> => {
      stopping.abort()
      await embedded.stop()
    }
    try {
      const adminUrl = await ensureDatabase(embedded.superUrl, EMBEDDED_DATABASE)
      return { adminUrl, embedded, stop }
    } catch (error) {
      await stop()
      throw error
    }
  } catch (error) {
    throw explainStart(error, settings)
  }
}

function explainStart(error: unknown, { dataDir }: Settings): unknown {
  if (error instanceof PortTakenError) return pgPortFailure(error.port)
  if (error instanceof DataFolderInUseError) return inUseFailure(dataDir, error.holderPid)
  if (error instanceof EmbeddedPostgresError)
    return new CliFailure(1, error.message, { cause: error })
  return error
}

function makeDataFolder(dataDir: string): void {
  try {
    if (mkdirSync(dataDir, { recursive: true, mode: 0o700 }) !== undefined)
      chmodSync(dataDir, 0o700)
  } catch (error) {
    throw new CliFailure(
      1,
      `The folder ${dataDir} could not be made (${codeOf(error)}). Nothing was started: choose another with --data (or HOLDPOINT_DATA).`,
      { cause: error },
    )
  }
}

/** A database that dies is started again; the server meanwhile shows that it is gone. */
function keepRunning(
  embedded: EmbeddedPostgres,
  say: (line: string) => void,
  stopping: AbortSignal,
): void {
  embedded.onExit((exit) => {
    const how = exit.signal ?? (exit.code === null ? 'killed' : `exit ${exit.code}`)
    say(`The database ended unexpectedly (process ${exit.pid}, ${how}). Starting it again ...`)
    void startAgain(embedded, say, stopping)
  })
}

async function startAgain(
  embedded: EmbeddedPostgres,
  say: (line: string) => void,
  stopping: AbortSignal,
): Promise<void> {
  for (let attempt = 0; !stopping.aborted; attempt += 1) {
    const wait = RETRY_MS[Math.min(attempt, RETRY_MS.length - 1)]
    await sleep(wait, undefined, { signal: stopping }).catch(() => undefined)
    try {
      await embedded.ensureRunning()
      say(`The database is back (process ${embedded.pid}). What was committed is there.`)
      return
    } catch (error) {
      if (stopping.aborted) return
      say(`The database could not be started: ${messageOf(error)}. Trying again ...`)
    }
  }
}
