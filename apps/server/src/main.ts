import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'

import { createAdaptorServer } from '@hono/node-server'

import packageFacts from '../package.json' with { type: 'json' }
import type { ServerConfig } from './config.ts'
import { openDatabase } from './database/database.ts'
import { Seal } from './database/seal.ts'
import { addressOf } from './http/address.ts'
import { createApp } from './http/app.ts'
import { Callers } from './http/callers.ts'
import { FirstLink } from './http/first-link.ts'
import { identityPath } from './http/identity-route.ts'
import { Live } from './live/frames.ts'
import { Sender } from './notifications/sending/sender.ts'
import { IdentityProvider } from './operators/identity-provider.ts'
import { driftDuties, duties } from './supervisor/duties.ts'
import { Supervisor } from './supervisor/leader.ts'
import type { SystemFacts, WaysIn } from './trpc/procedure.ts'

export type { ServerConfig } from './config.ts'

/** How long the first page may wait for the fleet, in ms; afterwards it is told that the database is down. */
const patienceMs = 2_000
/** How long commands under way may take when the server stops, in ms. */
const closingMs = 5_000

export interface RunningServer {
  /** Where it answers, without a trailing slash. */
  readonly url: string
  /** Ends streams, waits for commands under way, lets go of the database. */
  readonly close: () => Promise<void>
}

/** The port that was asked for belongs to another process. */
export class PortTakenError extends Error {
  override name = 'PortTakenError'
}

/**
 * Starts the server and resolves when it listens. The database may be down: pages say so until it is back.
 * @throws PortTakenError
 */
export async function startServer(config: ServerConfig): Promise<RunningServer> {
  const database = openDatabase(config.serverUrl, config.log, config.readTimeoutMs)
  const live = new Live(config.serverUrl, database, config.log)
  const seal = new Seal(config.sealKey)
  const callers = new Callers(database)
  const publicUrl = config.publicUrl === undefined ? undefined : new URL(config.publicUrl)
  let url = ''
  const { serverUrl, mail, log, environment } = config
  // What is done without anyone asking.
  const work = [
    new Supervisor(serverUrl, duties, log),
    new Supervisor(serverUrl, driftDuties, log, undefined, 'drift'),
    new Sender({ serverUrl, seal, mail, log, place: () => ({ url, environment }) }),
  ]
  const stopWork = async (): Promise<unknown> => Promise.all(work.map(async (each) => each.stop()))
  const signInUrl = (secret: string): string => `${url}/sign-in?token=${secret}`
  const firstLink = new FirstLink({ ...config, database, urlOf: signInUrl })
  const app = createApp({
    ...config,
    database,
    live,
    callers,
    firstLink,
    signInUrl,
    url: () => url,
    publicHost: publicUrl?.host,
    provider: config.oidc === undefined ? undefined : new IdentityProvider(config.oidc),
    waysIn: () => waysIn(config, url),
    addressOf: addressOf(config.trustedProxies ?? []),
    outbound: { seal, hasMailServer: config.mail !== undefined },
    hostNames: [bracketed(config.host), ...(publicUrl === undefined ? [] : [publicUrl.hostname])],
    system: systemFacts(config),
  })
  const server = createAdaptorServer({ fetch: app.fetch })
  try {
    await listen(server, config)
  } catch (error) {
    await Promise.all([database.close(), stopWork()])
    throw error
  }
  const { port } = server.address() as AddressInfo
  url = publicUrl?.origin ?? `http://${reachable(config.host)}:${port}`
  live.start()
  for (const each of work) each.start()
  await live.known(patienceMs)
  await Promise.race([firstLink.make(), sleep(patienceMs, undefined, { ref: false })])
  return {
    url,
    close: async () => {
      const closed = once(server, 'close')
      server.close()
      firstLink.close()
      callers.close()
      await Promise.all([live.stop(), stopWork()])
      await letGo(server, closed)
      await database.close()
    },
  }
}

const systemFacts = ({ environment, embedded }: ServerConfig): SystemFacts => ({
  environment,
  version: packageFacts.version,
  embedded,
  startedAt: new Date().toISOString(),
})

/** What administrators may know of it; the client's secret is not among that. */
const waysIn = ({ oidc, trustedProxies = [] }: ServerConfig, url: string): WaysIn => ({
  provider:
    oidc === undefined
      ? null
      : {
          name: oidc.name,
          issuer: oidc.issuer,
          clientId: oidc.clientId,
          callback: `${url}${identityPath}/callback`,
        },
  trustedProxies,
})

async function listen(
  server: ReturnType<typeof createAdaptorServer>,
  { port, host }: ServerConfig,
): Promise<void> {
  server.listen(port, host)
  try {
    await once(server, 'listening')
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EADDRINUSE') {
      throw new PortTakenError(
        `Port ${port} on ${host} is taken. Choose another one with HOLDPOINT_PORT or --port.`,
        { cause: error },
      )
    }
    throw error
  }
}

/** Requests under way may finish, but not for ever. */
async function letGo(
  server: ReturnType<typeof createAdaptorServer>,
  closed: Promise<unknown>,
): Promise<void> {
  if (!('closeAllConnections' in server)) return void (await closed)
  server.closeIdleConnections()
  const impatient = setTimeout(() => server.closeAllConnections(), closingMs)
  await closed
  clearTimeout(impatient)
}

const bracketed = (host: string): string => (host.includes(':') ? `[${host}]` : host)

/** An address that a browser on this machine can open. */
const reachable = (host: string): string =>
  host === '0.0.0.0' || host === '::' ? 'localhost' : bracketed(host)
