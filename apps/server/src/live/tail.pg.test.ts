import { randomUUID } from 'node:crypto'

import type { RunEvent } from '@holdpoint/db'
import { createTestDatabase } from '@holdpoint/db/testing'
import { Client } from 'pg'
import { afterEach, expect, test } from 'vitest'

import type { FleetLoad } from './load-fleet.ts'
import { Tail, type TailBounds } from './tail.ts'

const db = await createTestDatabase()
const other = await createTestDatabase()

/** Reads the history of one database and keeps what it was given. */
class Reader {
  readonly events: RunEvent[] = []
  readonly loads: FleetLoad[] = []
  readonly #tail: Tail
  readonly #waiting = new Set<() => void>()

  constructor(bounds?: Partial<TailBounds>) {
    this.#tail = new Tail(
      db.serverUrl,
      {
        loaded: (load) => {
          this.loads.push(load)
          this.#wake()
        },
        read: ({ events }) => {
          this.events.push(...events)
          this.#wake()
        },
        changed: () => this.#wake(),
      },
      () => undefined,
      bounds,
    )
    readers.add(this)
    this.#tail.start()
  }

  async until(satisfied: () => boolean): Promise<void> {
    while (!satisfied()) await new Promise<void>((resolve) => this.#waiting.add(resolve))
  }

  get up(): boolean {
    return this.#tail.vitals.database === 'up'
  }

  seqs(run: string): number[] {
    return this.events.filter((event) => event.workflow_id === run).map(({ seq }) => seq)
  }

  async stop(): Promise<void> {
    readers.delete(this)
    await this.#tail.stop()
  }

  #wake(): void {
    for (const wake of this.#waiting) wake()
    this.#waiting.clear()
  }
}

const readers = new Set<Reader>()
const clients = new Set<Client>()

afterEach(async () => {
  await Promise.all([...readers].map(async (reader) => reader.stop()))
  await Promise.all([...clients].map(async (client) => client.end()))
  clients.clear()
})

async function connect(url = db.trialUrl): Promise<Client> {
  const client = new Client({ connectionString: url })
  clients.add(client)
  await client.connect()
  return client
}

async function startRun(client: Client, id: string = randomUUID()): Promise<string> {
  await client.query(
    `insert into workflow_checkpoints (workflow_id, agent_id, current_step) values ($1, 'a', 'step_1')`,
    [id],
  )
  return id
}

const step = async (client: Client, run: string, name: string) =>
  client.query('update workflow_checkpoints set current_step = $2 where workflow_id = $1', [
    run,
    name,
  ])

async function running(bounds?: Partial<TailBounds>): Promise<Reader> {
  const reader = new Reader(bounds)
  await reader.until(() => reader.up)
  return reader
}

test('transaction A (older id) updates a run after B (younger) did, while C stays open', async () => {
  const [a, b, c, d] = [await connect(), await connect(), await connect(), await connect()]
  const run = await startRun(d)
  const reader = await running()
  // Each takes its transaction id by writing something of its own: A's is the oldest.
  await a.query('begin')
  const ofA = await startRun(a)
  await c.query('begin')
  const ofC = await startRun(c)
  await b.query('begin')
  await step(b, run, 'by_b')
  await b.query('commit')
  await reader.until(() => reader.seqs(run).length === 1)
  // A transaction that began after B committed moves the tail past A's id.
  await startRun(d)
  await step(a, run, 'by_a')
  await a.query('commit')
  await reader.until(() => reader.seqs(run).length === 2 && reader.seqs(ofA).length === 1)
  expect(reader.seqs(run)).toEqual([2, 3])
  expect(reader.seqs(ofC)).toEqual([])
  await c.query('commit')
  await reader.until(() => reader.seqs(ofC).length === 1)
  expect(reader.seqs(run)).toEqual([2, 3])
})

test('a long writing transaction in another database does not delay events', async () => {
  const open = await connect(other.trialUrl)
  await open.query('begin')
  await startRun(open)
  const reader = await running()
  const agent = await connect()
  const run = await startRun(agent)
  await step(agent, run, 'step_2')
  await reader.until(() => reader.seqs(run).length === 2)
  expect(reader.seqs(run)).toEqual([1, 2])
  await open.query('rollback')
})

test('a rolled back transaction leaves nothing', async () => {
  const reader = await running()
  const agent = await connect()
  const run = await startRun(agent)
  await agent.query('begin')
  await step(agent, run, 'never')
  await agent.query('rollback')
  await step(agent, run, 'step_2')
  await reader.until(() => reader.seqs(run).length === 2)
  expect(reader.seqs(run)).toEqual([1, 2])
})

test('what is written while the connection is cut is read afterwards, once', async () => {
  const reader = await running()
  const agent = await connect()
  const run = await startRun(agent)
  await reader.until(() => reader.seqs(run).length === 1)
  await db.owner.query(
    `select pg_terminate_backend(pid) from pg_stat_activity
     where datname = current_database() and application_name = 'holdpoint tail'`,
  )
  await step(agent, run, 'step_2')
  await step(agent, run, 'step_3')
  await reader.until(() => reader.seqs(run).length === 3)
  expect(reader.seqs(run)).toEqual([1, 2, 3])
  expect(reader.loads).toHaveLength(1)
})

test('more than one read may hold leads to a fresh start instead of a partial one', async () => {
  const reader = await running({ mostEvents: 100 })
  const agent = await connect()
  const run = await startRun(agent)
  await reader.until(() => reader.seqs(run).length === 1)
  await agent.query(
    `do $$ begin for i in 1..150 loop
       update workflow_checkpoints set tokens_in = i where workflow_id = '${run}';
     end loop; end $$`,
  )
  await reader.until(() => reader.loads.length === 2)
  const loaded = reader.loads[1]?.runs.find(({ id }) => id === run)
  expect(loaded?.seq).toBe(151)
  await step(agent, run, 'step_2')
  await reader.until(() => reader.seqs(run).includes(152))
  expect(reader.seqs(run)).toEqual([1, 152])
})

test('news that cannot be read in time is given up for a fresh start', async () => {
  const reader = await running({ readTimeoutMs: 200 })
  const agent = await connect()
  const run = await startRun(agent)
  await reader.until(() => reader.seqs(run).length === 1)
  const slow = await connect(db.ownerUrl)
  await slow.query('begin')
  await slow.query('lock table run_events in access exclusive mode')
  await reader.until(() => reader.loads.length === 2)
  await slow.query('rollback')
  await step(agent, run, 'step_2')
  await reader.until(() => reader.seqs(run).includes(2))
  expect(reader.loads[1]?.runs.find(({ id }) => id === run)?.seq).toBe(1)
})
