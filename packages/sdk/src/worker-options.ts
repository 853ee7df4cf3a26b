import { randomBytes } from 'node:crypto'
import { hostname } from 'node:os'

import { checkAmount } from './limits.ts'
import type { Redact } from './payload.ts'
import { redactSecrets } from './redact.ts'

export interface WorkerOptions {
  /** Connection string of the agent's login; HOLDPOINT_AGENT_URL of the environment unless given. */
  readonly url?: string | undefined
  /** Milliseconds after which a silent worker's runs are lost to it; 10,000 unless given, and a beat each third. */
  readonly leaseMs?: number
  /** Connections for work, beside the one for control. */
  readonly poolSize?: number
  /** Milliseconds that a call waits for a database that is away; for ever unless given. */
  readonly databaseWaitMs?: number
  /** Changes everything before it is written; takes secrets out unless given. */
  readonly redact?: Redact
  /** Told in a sentence when the database goes away and comes back; standard error unless given. */
  readonly log?: (message: string) => void
  /** This worker's name, unique among those alive. */
  readonly name?: string
}

const LEASE_MS = 10_000

const OLDEST_NODE = 22

/** @throws TypeError without a connection string, RangeError for what no worker can keep to */
export function settled(
  options: WorkerOptions,
  { node }: { readonly node: string } = process.versions,
): Required<WorkerOptions> & { readonly url: string } {
  const url = options.url ?? process.env['HOLDPOINT_AGENT_URL']
  if (url === undefined || url === '') {
    throw new TypeError(
      "No connection string: pass url, or set HOLDPOINT_AGENT_URL to the one of the agent's login.",
    )
  }
  // What is no URL is a path to the client, or a name that it looks up for ever.
  if (!/^postgres(ql)?:\/\//.test(url)) {
    throw new TypeError('The connection string does not begin with postgres://.')
  }
  // An older one would work without hearing of a pause or a kill.
  if (Number.parseInt(node, 10) < OLDEST_NODE) {
    throw new RangeError(`@holdpoint/sdk needs Node ${OLDEST_NODE} or later, this is ${node}.`)
  }
  checkAmount('leaseMs', options.leaseMs ?? LEASE_MS)
  return {
    url,
    name: options.name ?? `${hostname()}:${process.pid}:${randomBytes(3).toString('hex')}`,
    leaseMs: options.leaseMs ?? LEASE_MS,
    poolSize: options.poolSize ?? 4,
    databaseWaitMs: options.databaseWaitMs ?? Number.POSITIVE_INFINITY,
    redact: options.redact ?? redactSecrets,
    log: options.log ?? ((message) => process.stderr.write(`holdpoint: ${message}\n`)),
  }
}
