import { fork } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { join } from 'node:path'

import { ensureFirstAdmin } from '@holdpoint/db'

import type { BenchDatabase } from './bench-database.ts'

/** Where `npm run build` puts the console. */
const built = join(import.meta.dirname, '../apps/web/dist')

export interface Console {
  readonly signInUrl: string
  readonly origin: string
  readonly apiToken: string
  stop(): Promise<void>
}

/** The real server with the built console, in a process of its own. */
export async function startConsole(
  { adminUrl, serverUrl }: BenchDatabase,
  web?: string,
): Promise<Console> {
  const webRoot = web ?? built
  if (!existsSync(join(webRoot, 'index.html')))
    throw new Error('The console is not built: run npm run build first.')
  const apiToken = randomBytes(32).toString('hex')
  await ensureFirstAdmin({ adminUrl }, apiToken)
  const server = fork(join(import.meta.dirname, 'live-server.ts'))
  server.send({ serverUrl, webRoot })
  const first = await Promise.race([once(server, 'message'), once(server, 'exit')])
  const { signInUrl } = (first[0] ?? {}) as { signInUrl?: string }
  if (signInUrl === undefined) throw new Error('The server did not start.')
  return {
    signInUrl,
    origin: new URL(signInUrl).origin,
    apiToken,
    stop: async () => {
      if (server.exitCode !== null || server.signalCode !== null) return
      if (server.connected) server.disconnect()
      await once(server, 'exit')
    },
  }
}
