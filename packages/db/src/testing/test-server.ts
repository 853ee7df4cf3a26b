import { chmodSync, existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
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

const PREFIX = 'holdpoint-test-'
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
        synchronous_commit: 'off',
        full_page_writes: 'off',
        min_wal_size: '80MB',
      },
    })
    const stop = async (): Promise<void> => {
      await postgres.stop()
      rmSync(dataDir, { recursive: true, force: true })
    }
    try {
      const adminUrl = await ensureDatabase(postgres.superUrl, TEMPLATE)
      await migrate({ ...migrating, adminUrl })
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

/** A new folder below the temporary one that an unprivileged Postgres can reach, also when we are root. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), PREFIX))
  if (process.getuid?.() === 0) chmodSync(folder, 0o711)
  return folder
}

/** Ends servers and removes folders of test runs that were killed: their lock is there, and its holder is dead. */
async function sweep(): Promise<void> {
  for (const name of readdirSync(tmpdir())) {
    if (!name.startsWith(PREFIX)) continue
    const folder = dataFolder(join(tmpdir(), name))
    // Without a lock it may be about to be used.
    if (!existsSync(join(folder.root, 'holdpoint.lock'))) continue
    try {
      const lock = lockDataFolder(folder.root)
      const left = findPostmaster(folder.cluster)
      if (left !== undefined) await stopPostmaster(followPostmaster(left.pid))
      lock.release()
      rmSync(folder.root, { recursive: true, force: true })
    } catch {
      // In use by a run beside this one, or another user's: none of our business.
    }
  }
}
