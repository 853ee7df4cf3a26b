import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'

import { Client } from 'pg'

import { type BenchDatabase, startBenchDatabase } from '../bench-database.ts'
import type { Benchmark, Row } from '../report.ts'
import { ms, Samples, times } from '../samples.ts'
import { wallClock } from '../stamps.ts'
import type { Heard } from './agent.ts'

/** Runs that the one worker holds at a time; killed one after another. */
const RUNS_AT_ONCE = 20
const ROUNDS = 15
/** So that one kill does not meet the acknowledgement of the one before. */
const PAUSE_MS = 15

/** From a kill to the agent's AbortSignal and to its next action, beside one commit with one notification. */
export const kill: Benchmark = async () => {
  const database = await startBenchDatabase()
  const agent = fork(join(import.meta.dirname, 'agent.ts'), {
    env: { ...process.env, HOLDPOINT_AGENT_URL: database.agentUrl },
  })
  try {
    const heard = new HeardOf(agent)
    await heard.of('notified', 'ready')
    const measured = await measure(database, agent, heard)
    return {
      title: 'From a kill to the agent',
      peers: ['commit + NOTIFY'],
      rows: rowsOf(measured),
      notes,
    }
  } finally {
    agent.disconnect()
    await once(agent, 'exit')
    await database.stop()
  }
}

/** What the agent's process has said so far, and who waits for more. */
class HeardOf {
  readonly #at = new Map<string, PromiseWithResolvers<number>>()
  readonly started: string[] = []

  constructor(agent: ChildProcess) {
    agent.on('message', (heard: Heard) => {
      if (heard.kind === 'started') this.started.push(heard.id)
      this.#place(heard.kind, heard.id).resolve(heard.at)
    })
  }

  /** The wall clock of it, as soon as it has happened. */
  async of(kind: Heard['kind'], id: string): Promise<number> {
    return this.#place(kind, id).promise
  }

  #place(kind: Heard['kind'], id: string): PromiseWithResolvers<number> {
    const key = `${kind} ${id}`
    const place = this.#at.get(key) ?? Promise.withResolvers<number>()
    this.#at.set(key, place)
    return place
  }
}

class Measured {
  readonly askedToSignal = new Samples()
  readonly committedToSignal = new Samples()
  readonly refused = new Samples()
  readonly allowed = new Samples()
  readonly askedToNotified = new Samples()
  readonly committedToNotified = new Samples()
  beganAfterKill = 0
}

async function measure(
  database: BenchDatabase,
  agent: ChildProcess,
  heard: HeardOf,
): Promise<Measured> {
  const measured = new Measured()
  const operator = await connected(database.serverUrl)
  const ownSql = await connected(database.agentUrl)
  const peer = await connected(database.adminUrl)
  await peer.query(
    'create table bench_peer (id integer primary key, n integer); insert into bench_peer values (1, 0)',
  )
  try {
    for (let round = 0; round < ROUNDS; round += 1) {
      const from = heard.started.length
      agent.send({ start: RUNS_AT_ONCE })
      while (heard.started.length < from + RUNS_AT_ONCE) await sleep(10)
      for (const run of heard.started.slice(from)) {
        await askGate(ownSql, run, measured.allowed)
        await killOne(operator, run, heard, measured)
        if ((await askGate(ownSql, run, measured.refused)) === 'allow') measured.beganAfterKill += 1
        await notifyOne(peer, run, heard, measured)
        await sleep(PAUSE_MS)
      }
    }
    return measured
  } finally {
    await Promise.all([operator.end(), ownSql.end(), peer.end()])
  }
}

async function killOne(
  operator: Client,
  run: string,
  heard: HeardOf,
  into: Measured,
): Promise<void> {
  const asked = wallClock()
  await operator.query({
    name: 'kill',
    text: 'select kill_run($1, $2, $3)',
    values: [run, 'operator:bench', 'bench'],
  })
  const committed = wallClock()
  const fired = await heard.of('fired', run)
  into.askedToSignal.add(fired - asked)
  into.committedToSignal.add(Math.max(0, fired - committed))
}

async function notifyOne(peer: Client, id: string, heard: HeardOf, into: Measured): Promise<void> {
  const asked = wallClock()
  await peer.query({
    name: 'notify',
    text: `with changed as (update bench_peer set n = n + 1 where id = 1 returning n) select pg_notify('bench_peer', $1) from changed`,
    values: [id],
  })
  const committed = wallClock()
  const notified = await heard.of('notified', id)
  into.askedToNotified.add(notified - asked)
  into.committedToNotified.add(Math.max(0, notified - committed))
}

/** An agent that goes past its SDK, with its own login. */
async function askGate(client: Client, run: string, into: Samples): Promise<string> {
  const call = JSON.stringify({ tool: 'tool', key: String(Math.random()), digest: 'a'.repeat(64) })
  const asked = performance.now()
  const { rows } = await client.query<{ decision: string }>({
    name: 'gate',
    text: `select begin_action($1, 1, $2::jsonb) ->> 'decision' as decision`,
    values: [run, call],
  })
  into.add(performance.now() - asked)
  return rows[0]?.decision ?? ''
}

async function connected(url: string): Promise<Client> {
  const client = new Client({ connectionString: url })
  client.on('error', () => undefined)
  await client.connect()
  return client
}

const beside = (what: string, q: number, ours: Samples, peer: Samples, goal?: string): Row => ({
  what: `${what}, p${q * 100} of ${ours.count}`,
  ours: ms(ours.quantile(q)),
  beside: [{ value: ms(peer.quantile(q)), ratio: times(ours.quantile(q) / peer.quantile(q)) }],
  ...(goal !== undefined && { goal }),
})
const alone = (what: string, ours: string, goal?: string): Row => ({
  what,
  ours,
  beside: [undefined],
  ...(goal !== undefined && { goal }),
})

function rowsOf(measured: Measured): Row[] {
  const { askedToSignal, askedToNotified, committedToSignal, committedToNotified } = measured
  return [
    beside('kill committed -> its AbortSignal fires', 0.5, committedToSignal, committedToNotified),
    beside(
      'kill committed -> its AbortSignal fires',
      0.99,
      committedToSignal,
      committedToNotified,
      '<= 100 ms',
    ),
    beside('kill asked -> its AbortSignal fires', 0.5, askedToSignal, askedToNotified),
    beside('kill asked -> its AbortSignal fires', 0.99, askedToSignal, askedToNotified),
    alone('next action asked after the kill -> refused, p50', ms(measured.refused.quantile(0.5))),
    alone('next action asked after the kill -> refused, p99', ms(measured.refused.quantile(0.99))),
    alone('an action asked before the kill -> allowed, p50', ms(measured.allowed.quantile(0.5))),
    alone('actions that began after the kill', String(measured.beganAfterKill), '0'),
  ]
}

const notes = [
  `One process with the real SDK holds ${RUNS_AT_ONCE} runs at a time, ${RUNS_AT_ONCE * ROUNDS} in all; each is killed by the verb that the server uses,`,
  'over a connection of its own. Committed: its acknowledgement; a signal that was quicker counts as 0 ms.',
  'Peer: one row updated and one NOTIFY in one statement, heard by a bare connection in the same process, in turn.',
  'Next action: begin_action with the login of the agent, past its SDK, right after the kill was acknowledged.',
]
