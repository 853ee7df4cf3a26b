import { setTimeout as sleep } from 'node:timers/promises'

import { type PostgresMajor, prepareBinaries } from './binaries.ts'
import { chooseUser, dataFolder, prepareFolders, superuserPassword } from './data-folder.ts'
import { explainFileError, StartFailedError } from './errors.ts'
import { claimPort } from './free-port.ts'
import { initCluster } from './init-cluster.ts'
import { lockDataFolder } from './lock-file.ts'
import { logSize, trimLog } from './log-file.ts'
import { findPostmaster } from './postmaster-file.ts'
import {
  followPostmaster,
  type PostmasterProcess,
  type SpawnOptions,
  spawnPostmaster,
  stopPostmaster,
} from './postmaster-process.ts'
import { superUrl, waitUntilReady } from './readiness.ts'
import { type EmbeddedPostgres, type Running, Supervisor } from './supervisor.ts'

const START_TIMEOUT_MS = 300_000
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

/**
 * Starts the embedded Postgres on a data folder, making the database on first use and adopting a
 * server that a crashed process left running.
 * @throws EmbeddedPostgresError, with a message for the user: PortTakenError, DataFolderInUseError,
 * DataFolderError, BinariesError, StartFailedError
 */
export async function startEmbeddedPostgres(
  options: EmbeddedPostgresOptions,
): Promise<EmbeddedPostgres> {
  try {
    return await startLocked(options)
  } catch (error) {
    throw explainFileError(error, options.dataDir)
  }
}

async function startLocked(options: EmbeddedPostgresOptions): Promise<EmbeddedPostgres> {
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
    return new Supervisor(first, {
      superUrl: superUrl(first.port, password),
      logFile: folder.logFile,
      startAgain: async () => adoptOrStart(spawning, first.port, password),
      ready: async (postmaster) =>
        ready(spawning, postmaster, first.port, password, logSize(folder.logFile)),
      release: () => lock.release(),
    })
  } catch (error) {
    lock.release()
    throw error
  }
}

type Spawning = Omit<SpawnOptions, 'port'>

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
