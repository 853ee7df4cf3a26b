import { readdirSync, rmSync, statSync } from 'node:fs'
import { join } from 'node:path'

import { dataFolder } from '../embedded/data-folder.ts'
import {
  type EmbeddedPostgres,
  type PostgresMajor,
  startEmbeddedPostgres,
} from '../embedded/index.ts'
import { lockDataFolder } from '../embedded/lock-file.ts'
import { findPostmaster } from '../embedded/postmaster-file.ts'
import { followPostmaster, stopPostmaster } from '../embedded/postmaster-process.ts'
import { ensureDatabase } from '../ensure-database.ts'
import { migrate, type MigrateOptions } from '../migrate/migrate.ts'
import { addPeople } from './people.ts'
import { PREFIX, temporaryFolder, temporaryRoots } from './temporary-folder.ts'

const ABANDONED_MS = 1_800_000
export const TEMPLATE = 'holdpoint_template'

/** What a test needs to know of the server; plain data, since it travels between processes. */
export interface TestServer {
  superUrl: string
  version: PostgresMajor
}

export interface OwnedTestServer extends TestServer {
  postgres: EmbeddedPostgres
  /** Ends the server and removes its files. */
  stop(): Promise<void>
}

/**
 * Starts a Postgres for tests in a temporary folder, with a migrated template database. It does not
 * wait for the disk (fsync is off), so it proves nothing about crashes of the machine.
 */
export async function startTestServer(
  version: PostgresMajor = 18,
  migrating: Omit<MigrateOptions, 'adminUrl'> = {},
): Promise<OwnedTestServer> {
  await sweep()
  const dataDir = temporaryFolder()
  try {
    const postgres = await startEmbeddedPostgres({
      dataDir,
      port: 0,
      version,
      settings: {
        fsync: 'off',
        full_page_writes: 'off',
        autovacuum: 'off',
        min_wal_size: '80MB',
        max_wal_size: '256MB',
      },
    })
    const stop = async (): Promise<void> => {
      await postgres.stop()
      rmSync(dataDir, { recursive: true, force: true })
    }
    try {
      const adminUrl = await ensureDatabase(postgres.superUrl, TEMPLATE)
      await migrate({ ...migrating, adminUrl })
      await addPeople(adminUrl, migrating.schema)
    } catch (error) {
      await stop()
      throw error
    }
    return { superUrl: postgres.superUrl, version, postgres, stop }
  } catch (error) {
    rmSync(dataDir, { recursive: true, force: true })
    throw error
  }
}

/** Ends servers and removes folders of test runs that were killed: their lock is there, and its holder is dead. */
async function sweep(): Promise<void> {
  for (const root of temporaryRoots()) {
    for (const name of readdirSync(root)) {
      if (!name.startsWith(PREFIX)) continue
      // A young one may belong to a test that kills its own server.
      const lock = statSync(join(root, name, 'holdpoint.lock'), { throwIfNoEntry: false })
      const old = lock !== undefined && Date.now() - lock.mtimeMs > ABANDONED_MS
      if (old) await remove(join(root, name))
    }
  }
}

async function remove(dataDir: string): Promise<void> {
  try {
    const lock = lockDataFolder(dataDir)
    const left = findPostmaster(dataFolder(dataDir).cluster)
    if (left !== undefined) await stopPostmaster(followPostmaster(left.pid))
    lock.release()
    rmSync(dataDir, { recursive: true, force: true })
  } catch {
    // In use by a run beside this one, or another user's: none of our business.
  }
}
