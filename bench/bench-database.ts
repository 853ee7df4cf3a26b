import { chmodSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { addAgent, ensureDatabase, ensureOperator, ensureServerLogin, migrate } from '@holdpoint/db'
import { startEmbeddedPostgres } from '@holdpoint/db/embedded'

export interface BenchDatabase {
  readonly adminUrl: string
  readonly serverUrl: string
  /** Login of the agent `bench`. */
  readonly agentUrl: string
  /** A database of its own in the same cluster, for a peer. @returns its owner's connection string */
  another(name: string): Promise<string>
  stop(): Promise<void>
}

/** A real Postgres 18 in a temporary folder, with the durability that users get. */
export async function startBenchDatabase(): Promise<BenchDatabase> {
  const dataDir = mkdtempSync(join(tmpdir(), 'holdpoint-bench-'))
  if (process.getuid?.() === 0) chmodSync(dataDir, 0o711)
  const postgres = await startEmbeddedPostgres({ dataDir, port: 0 })
  const stop = async (): Promise<void> => {
    await postgres.stop()
    rmSync(dataDir, { recursive: true, force: true })
  }
  // Postgres outlives whoever started it, and nobody comes back to this one.
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => {
      // What still talks to it is cut off.
      process.on('uncaughtException', () => undefined)
      void stop().finally(() => process.exit(1))
    })
  }
  try {
    const adminUrl = await ensureDatabase(postgres.superUrl, 'bench')
    await migrate({ adminUrl })
    await ensureOperator({ adminUrl }, 'bench', ['admin'])
    return {
      adminUrl,
      serverUrl: await ensureServerLogin({ adminUrl, instance: 'bench' }),
      agentUrl: await addAgent({ adminUrl, name: 'bench' }),
      another: async (name) => ensureDatabase(postgres.superUrl, name),
      stop,
    }
  } catch (error) {
    await stop()
    throw error
  }
}
