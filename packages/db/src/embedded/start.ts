import { setTimeout as sleep } from 'node:timers/promises'

import { type PostgresMajor, prepareBinaries } from './binaries.ts'
import { chooseUser, dataFolder, prepareFolders, superuserPassword } from './data-folder.ts'
import { EmbeddedPostgresError, StartFailedError } from './errors.ts'
import { claimPort } from './free-port.ts'
import { initCluster } from './init-cluster.ts'
import { lockDataFolder } from './lock-file.ts'
import { logSize, logTail, trimLog } from './log-file.ts'
import { findPostmaster } from './postmaster-file.ts'
import {
  type ExitInfo,
  followPostmaster,
  type PostmasterProcess,
  type SpawnOptions,
  spawnPostmaster,
  stopPostmaster,
} from './postmaster-process.ts'
import { superUrl, waitUntilReady } from './readiness.ts'

/** The embedded server's port when HOLDPOINT_PG_PORT is not set; away from 5432, where a user's own may be. */
export const DEFAULT_PG_PORT = 54_329

const START_TIMEOUT_MS = 300_000
const LOG_CHECK_MS = 60_000
/** Sessions of a killed server hold its memory until they notice; the next start waits that long. */
const LEFTOVER_TRIES = 40
const LEFTOVER_WAIT_MS = 250

export interface EmbeddedPostgresOptions {
  /** Folder of everything the server keeps (HOLDPOINT_DATA); made when missing. */
  dataDir: string
  /** Port on 127.0.0.1; 0 picks a free one. */
  port: number
  /** Major version of Postgres; 18 unless said otherwise. */
  version?: PostgresMajor
  /** More server settings, as in postgresql.conf; they win over ours. */
  settings?: Readonly<Record<string, string>>
}

/** Told to `onExit`: the server ended although nobody had called `stop`. */
export interface UnexpectedExit extends ExitInfo {
  logTail: string
}

export interface EmbeddedPostgres {
  /** Connection string of the superuser to the database `postgres`. Holds the password: never log it. */
  readonly superUrl: string
  readonly port: number
  /** Process id of the postmaster; another one after `ensureRunning` had to start it again. */
  readonly pid: number
  /** True when the server was found running, left by a crash of an earlier process. */
  readonly adopted: boolean
  readonly logFile: string
  /** Calls the listener when the server ends by itself. @returns a function that stops listening. */
  onExit(listener: (exit: UnexpectedExit) => void): () => void
  /** Starts the server again on the same port if it died; concurrent calls share one start. @throws EmbeddedPostgresError */
  ensureRunning(): Promise<void>
  /** Ends the server and gives the data folder free. May be called again. */
  stop(): Promise<void>
}

/**
 * Starts the embedded Postgres on a data folder, making the database on first use and adopting a
 * server that a crashed process left running.
 * @throws EmbeddedPostgresError, with a message for the user: PortTakenError, DataFolderInUseError,
 * DataFolderError, BinariesError, StartFailedError
 */
export async function startEmbeddedPostgres(
  options: EmbeddedPostgresOptions,
): Promise<EmbeddedPostgres> {
  const folder = dataFolder(options.dataDir)
  const user = chooseUser(folder)
  prepareFolders(folder, user)
  const lock = lockDataFolder(folder.root)
  try {
    const major = options.version ?? 18
    const password = superuserPassword(folder)
    const binaries = prepareBinaries(major, user, folder.root)
    await initCluster({ folder, binaries, major, user, password })
    const spawning = { folder, binaries, user, settings: options.settings ?? {} }
    const first = await adoptOrStart(spawning, options.port, password)
    return supervise(first, spawning, password, () => lock.release())
  } catch (error) {
    lock.release()
    throw error
  }
}

type Spawning = Omit<SpawnOptions, 'port'>

interface Running {
  postmaster: PostmasterProcess
  port: number
  adopted: boolean
}

async function adoptOrStart(spawning: Spawning, port: number, password: string): Promise<Running> {
  const left = findPostmaster(spawning.folder.cluster)
  if (left !== undefined) {
    const postmaster = followPostmaster(left.pid)
    const wanted = port === 0 || port === left.port
    if (wanted && left.status !== 'stopping') {
      await ready(spawning, postmaster, left.port, password, logSize(spawning.folder.logFile))
      return { postmaster, port: left.port, adopted: true }
    }
    await stopPostmaster(postmaster)
  }
  return startFresh(spawning, await claimPort(port), password)
}

async function startFresh(spawning: Spawning, port: number, password: string): Promise<Running> {
  for (let attempt = 1; ; attempt += 1) {
    trimLog(spawning.folder.logFile)
    const logFrom = logSize(spawning.folder.logFile)
    const postmaster = spawnPostmaster({ ...spawning, port })
    try {
      await ready(spawning, postmaster, port, password, logFrom)
      return { postmaster, port, adopted: false }
    } catch (error) {
      await stopPostmaster(postmaster)
      const leftover =
        error instanceof StartFailedError && error.logTail.includes('is still in use')
      if (!leftover || attempt === LEFTOVER_TRIES) throw error
      await sleep(LEFTOVER_WAIT_MS)
    }
  }
}

async function ready(
  { folder }: Spawning,
  postmaster: PostmasterProcess,
  port: number,
  password: string,
  logFrom: number,
): Promise<void> {
  await waitUntilReady({ folder, postmaster, port, password, logFrom, timeoutMs: START_TIMEOUT_MS })
}

function supervise(
  first: Running,
  spawning: Spawning,
  password: string,
  release: () => void,
): EmbeddedPostgres {
  const { logFile } = spawning.folder
  const listeners = new Set<(exit: UnexpectedExit) => void>()
  let current = first.postmaster
  let restarting: Promise<void> | undefined
  let stopping: Promise<void> | undefined

  const watch = async (postmaster: PostmasterProcess): Promise<void> => {
    const exit = await postmaster.exited
    if (stopping !== undefined || postmaster !== current) return
    for (const listener of listeners) listener({ ...exit, logTail: logTail(logFile) })
  }
  const restart = async (): Promise<void> => {
    const next = await adoptOrStart(spawning, first.port, password)
    current = next.postmaster
    void watch(current)
  }
  const end = async (): Promise<void> => {
    clearInterval(logTimer)
    await restarting?.catch(() => undefined)
    await stopPostmaster(current)
    release()
  }
  const logTimer = setInterval(() => trimLog(logFile), LOG_CHECK_MS)
  logTimer.unref()
  void watch(current)

  return {
    superUrl: superUrl(first.port, password),
    port: first.port,
    adopted: first.adopted,
    logFile,
    get pid() {
      return current.pid
    },
    onExit(listener) {
      listeners.add(listener)
      return () => void listeners.delete(listener)
    },
    async ensureRunning() {
      if (stopping !== undefined)
        throw new EmbeddedPostgresError('The embedded Postgres has been stopped.')
      if (current.alive()) return
      restarting ??= restart().finally(() => (restarting = undefined))
      await restarting
    },
    stop() {
      stopping ??= end()
      return stopping
    },
  }
}
