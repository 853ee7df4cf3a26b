import { randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'

import type { PoolClient } from 'pg'
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest'

import type { Position, RunEvent } from './engine.ts'
import { postgresEngine as engine } from './postgres-engine.ts'
import { createTestDatabase, openTestDatabase, startTestServer } from './testing/index.ts'

const db = await createTestDatabase()
const agents = db.pool(db.trialUrl, 20)
let reader: PoolClient
const writers: PoolClient[] = []

beforeAll(async () => {
  reader = await db.server.connect()
})
afterAll(() => {
  reader.release()
  for (const writer of writers) writer.release()
})

async function writer(): Promise<PoolClient> {
  const client = await agents.connect()
  writers.push(client)
  return client
}

async function newRun(): Promise<string> {
  const id = randomUUID()
  await agents.query(
    `insert into workflow_checkpoints (workflow_id, agent_id) values ($1, 'scribe')`,
    [id],
  )
  return id
}

const step = (client: { query: PoolClient['query'] }, run: string, name: string) =>
  client.query('update workflow_checkpoints set current_step = $2 where workflow_id = $1', [
    run,
    name,
  ])

/** Reads on from a position; fails on a resync. */
async function read(from: Position): Promise<{ position: Position; events: RunEvent[] }> {
  const tail = await engine.tail(reader, from, 10_000)
  if (tail.kind === 'resync') throw new Error(`resync: ${tail.why}`)
  return tail
}

const names = (events: RunEvent[]): string[] =>
  events.map((event) => `${event.workflow_id} ${event.seq}`)

describe('reading on from a position', () => {
  test('gives what was committed since, once, in the order of each run', async () => {
    const start = await engine.position(reader)
    const [one, two] = [await newRun(), await newRun()].toSorted()
    await step(agents, two ?? '', 'a')
    await step(agents, one ?? '', 'b')
    await step(agents, two ?? '', 'c')
    const first = await read(start)
    expect(names(first.events)).toEqual([
      `${one} 1`,
      `${one} 2`,
      `${two} 1`,
      `${two} 2`,
      `${two} 3`,
    ])
    expect((await read(first.position)).events).toEqual([])
    // The position is a value: another reader may go on from the same one.
    expect(names((await read(start)).events)).toEqual(names(first.events))
  })

  test('nothing is missed when an older transaction commits after a younger one, while a third stays open', async () => {
    const run = await newRun()
    const [older, younger, open] = [await writer(), await writer(), await writer()]
    await open.query(`begin; insert into workflow_checkpoints (agent_id) values ('slow')`)
    await older.query('begin; select pg_current_xact_id()')
    await younger.query('begin')
    await step(younger, run, 'by the younger')
    let at = await engine.position(reader)
    await younger.query('commit')
    const first = await read(at)
    expect(names(first.events)).toEqual([`${run} 2`])
    at = first.position
    await step(older, run, 'by the older')
    await older.query('commit')
    const second = await read(at)
    expect(names(second.events)).toEqual([`${run} 3`])
    await open.query('commit')
    expect((await read(second.position)).events.map((event) => event.seq)).toEqual([1])
  })

  test('a long writing transaction in another database delays nothing', async () => {
    const other = await openTestDatabase(inject('holdpointPostgres'))
    const busy = await other.owner.connect()
    try {
      await busy.query('begin; create table busy (n int)')
      const run = await newRun()
      const start = await engine.position(reader)
      await step(agents, run, 'meanwhile')
      expect(names((await read(start)).events)).toEqual([`${run} 2`])
    } finally {
      await busy.query('rollback')
      busy.release()
      await other.close()
    }
  })

  test('what is rolled back is never seen, what a savepoint kept is', async () => {
    const run = await newRun()
    const start = await engine.position(reader)
    const client = await writer()
    await client.query('begin')
    await step(client, run, 'kept')
    await client.query('savepoint s')
    await step(client, run, 'undone')
    await client.query('rollback to s')
    expect((await read(start)).events).toEqual([])
    await client.query('savepoint t')
    await step(client, run, 'kept too')
    await client.query('release t; commit')
    expect(names((await read(start)).events)).toEqual([`${run} 2`, `${run} 3`])
  })

  test('only the index is read, however long the history and whatever the planner knows of it', async () => {
    await agents.query(
      `insert into workflow_checkpoints (agent_id) select 'scribe' from generate_series(1, 3000)`,
    )
    for (const knowledge of ['select', 'analyze']) {
      await db.owner.query(knowledge)
      const { position } = await read(await engine.position(reader))
      await reader.query('begin')
      await read(position)
      const { rows } = await reader.query(
        `select relname from pg_stat_xact_user_tables where relname like 'run_events%' and seq_scan > 0`,
      )
      await reader.query('commit')
      expect(rows).toEqual([])
    }
  })

  test('a snapshot of the runs and the events after it fit together', async () => {
    const run = await newRun()
    const client = await db.server.connect()
    try {
      await client.query('begin isolation level repeatable read')
      const { rows } = await client.query<{ seq: number }>(
        'select seq from workflow_checkpoints where workflow_id = $1',
        [run],
      )
      await step(agents, run, 'between the two reads')
      const position = await engine.position(client)
      await client.query('commit')
      expect(rows[0]?.seq).toBe(1)
      expect(names((await read(position)).events)).toEqual([`${run} 2`])
    } finally {
      client.release()
    }
  })

  test('every event of many writers is read exactly once, however they commit', async () => {
    const start = await engine.position(reader)
    const runs = await Promise.all(Array.from({ length: 6 }, newRun))
    let writing = true
    const seen: string[] = []
    const reading = (async () => {
      let at = start
      while (true) {
        const last = !writing
        const tail = await read(at)
        seen.push(...names(tail.events))
        at = tail.position
        if (last) return
      }
    })()
    await Promise.all(
      Array.from({ length: 12 }, async (_, n) => {
        for (let round = 0; round < 25; round += 1) {
          const client = await agents.connect()
          try {
            await client.query('begin; select pg_current_xact_id()')
            await sleep(Math.random() * 4)
            await step(client, runs[(n + round) % 6] ?? '', `${n}.${round}`)
            await sleep(Math.random() * 4)
            await client.query(round % 5 === 4 ? 'rollback' : 'commit')
          } finally {
            client.release()
          }
        }
      }),
    )
    writing = false
    await reading
    const { rows } = await db.owner.query<RunEvent>(
      'select workflow_id, seq from run_events where workflow_id = any($1)',
      [runs],
    )
    expect(rows).toHaveLength(6 + 12 * 20)
    expect(seen.toSorted()).toEqual(names(rows).toSorted())
    // Within each run they came in order.
    for (const run of runs) {
      const sequences = seen
        .filter((name) => name.startsWith(run))
        .map((name) => Number(name.split(' ')[1]))
      expect(sequences).toEqual(sequences.toSorted((a, b) => a - b))
    }
  })
})

describe('a position that does not fit', () => {
  test('more events than asked for mean a resync', async () => {
    const start = await engine.position(reader)
    await Promise.all([newRun(), newRun(), newRun()])
    expect(await engine.tail(reader, start, 2)).toEqual({ kind: 'resync', why: 'too-many' })
    expect(await engine.tail(reader, start, 3)).toMatchObject({ kind: 'events' })
  })

  test('a copy of the database is another one', async () => {
    const other = await openTestDatabase(inject('holdpointPostgres'))
    const client = await other.server.connect()
    try {
      const position = await engine.position(reader)
      expect(await engine.tail(client, position, 10)).toEqual({
        kind: 'resync',
        why: 'another-cluster',
      })
    } finally {
      client.release()
      await other.close()
    }
  })

  test('a database restored to before the position is noticed', async () => {
    const here = await engine.position(reader)
    const ahead = { ...here, snapshot: '999999999:999999999:' }
    expect(await engine.tail(reader, ahead, 10)).toEqual({ kind: 'resync', why: 'older-database' })
  })

  test('another timeline, as after a fail-over, is another cluster', async () => {
    const here = await engine.position(reader)
    const promoted = { ...here, cluster: here.cluster.replace(/\.[^.]*$/, '.000000FF') }
    expect(await engine.tail(reader, promoted, 10)).toEqual({
      kind: 'resync',
      why: 'another-cluster',
    })
  })
})

test('a position outlives a crash of the server, and what was open then never appears', async () => {
  const { version } = inject('holdpointPostgres')
  const server = await startTestServer(version)
  const own = await openTestDatabase(server)
  try {
    const before = await own.server.connect()
    const start = await engine.position(before)
    before.release()
    const insert = `insert into workflow_checkpoints (agent_id, current_step) values ('scribe', $1)`
    await own.trial.query(insert, ['committed before'])
    const open = await own.trial.connect()
    open.on('error', () => undefined)
    await open.query('begin')
    await open.query(insert, ['open'])
    process.kill(server.postgres.pid, 'SIGKILL')
    await server.postgres.ensureRunning()
    open.release(true)
    const pool = own.pool(own.trialUrl, 1)
    await pool.query(insert, ['committed after'])
    const client = await own.pool(own.serverUrl, 1).connect()
    const tail = await engine.tail(client, start, 10)
    client.release()
    const steps = tail.kind === 'events' ? tail.events.map((event) => event.state) : tail.why
    expect(steps).toHaveLength(2)
    expect(JSON.stringify(steps)).toContain('committed before')
    expect(JSON.stringify(steps)).toContain('committed after')
  } finally {
    await own.close()
    await server.stop()
  }
})
