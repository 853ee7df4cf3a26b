import * as fc from 'fast-check'
import { beforeEach, expect, test } from 'vitest'

import { askServer } from '../../test/ask.ts'
import { duties } from '../supervisor/duties.ts'
import { Supervisor } from '../supervisor/leader.ts'

// Every event is in the counts once, whatever has been counted so far, and whoever counted it.
const { db, operator, startRun } = await askServer()
const agents = ['alpha', 'beta', 'gamma']
let from = ''

const now = async (): Promise<string> => {
  const { rows } = await db.server.query<{ now: string }>(
    `select to_json(clock_timestamp()) #>> '{}' as now`,
  )
  return rows[0]?.now ?? ''
}

const count = async (most = 20_000): Promise<number> => {
  const { rows } = await db.server.query<{ n: number }>('select count_history($1) as n', [most])
  return rows[0]?.n ?? -1
}

/** Counts all there is, in parts of one transaction each. */
const countAll = async (most: number): Promise<void> => {
  while ((await count(most)) > 0);
}

const step = async (run: string, of = db.trial) =>
  of.query(`update workflow_checkpoints set tokens_in = tokens_in + 1 where workflow_id = $1`, [
    run,
  ])

interface Truth {
  events: number
  stops: number
}

/** Each event looked at by itself. */
async function truth(where: string, ...params: unknown[]): Promise<Truth> {
  const { rows } = await db.owner.query<Truth>(
    `select count(*)::integer as events, (count(*) filter (where status in ('paused', 'lost', 'failed', 'killed')
       and status is distinct from before))::integer as stops
     from (select at, workflow_id, state ->> 'agentId' as agent, state ->> 'status' as status,
       lag(state ->> 'status') over (partition by workflow_id order by seq) as before from run_events) e
     where ${where}`,
    params,
  )
  return rows[0] ?? { events: -1, stops: -1 }
}

const sum = (numbers: readonly number[]): number => numbers.reduce((all, n) => all + n, 0)

/** However wide the buckets, they say what is true; so do those of each agent, and the lanes of a timeline. */
async function expectTruth(): Promise<void> {
  const day = 86_400_000
  const later = new Date(Date.parse(from) + day).toISOString()
  for (const to of [await now(), later]) {
    for (const buckets of [2, 7, 60, 600]) {
      const all = await operator.history.density({ from, to, buckets })
      const { events, stops } = await truth('at >= $1 and at < $2', all.from, all.to)
      expect({ events: sum(all.counts), stops: sum(all.stops) }).toEqual({ events, stops })
    }
  }
  for (const agentId of agents) {
    for (const to of [await now(), later]) {
      const own = await operator.history.density({ from, to, buckets: 100, agentId })
      expect({ agentId, events: sum(own.counts), stops: sum(own.stops) }).toEqual({
        agentId,
        ...(await truth('at >= $1 and at < $2 and agent = $3', own.from, own.to, agentId)),
      })
    }
  }
  const seen = await operator.history.timeline({ from, to: later, width: 1000 })
  expect(sum(seen.lanes.flatMap(({ events }) => events))).toBe(
    (await truth('at >= $1 and at < $2', seen.from, seen.to)).events,
  )
}

async function untilBlocked(pid: number): Promise<void> {
  for (;;) {
    const { rows } = await db.owner.query<{ blocked: boolean }>(
      'select cardinality(pg_blocking_pids($1)) > 0 as blocked',
      [pid],
    )
    if (rows[0]?.blocked === true) return
    await new Promise((resolve) => setTimeout(resolve, 5))
  }
}

beforeEach(async () => {
  from = await now()
})

test('before any counting, half-way through it and after it the counts are whole', async () => {
  const runs = await Promise.all(agents.map(async (agent) => startRun({ agent_id: agent })))
  for (let n = 0; n < 8; n++) for (const run of runs) await step(run)
  await operator.runs.pause({ id: runs[0] ?? '' })
  await operator.runs.kill({ id: runs[1] ?? '' })
  await expectTruth()
  expect(await count(5)).toBe(5)
  await expectTruth()
  await countAll(3)
  await expectTruth()
  expect(await count()).toBe(0)
})

test('what a transaction wrote that was open while others were counted is counted when it commits', async () => {
  const [run, other] = [await startRun({ agent_id: 'alpha' }), await startRun({ agent_id: 'beta' })]
  const [old, older] = [await db.trial.connect(), await db.trial.connect()]
  await older.query('begin')
  await older.query('select pg_current_xact_id()')
  await old.query('begin')
  await step(run, old as never)
  await step(run, old as never)
  await countAll(20_000)
  await step(other)
  // Cut off right after the younger one, with the older still open: a count of nothing would look at it again.
  expect(await count(1)).toBe(1)
  await expectTruth()
  await old.query('commit')
  await expectTruth()
  // Younger ones are counted before it, in parts.
  await step(other)
  await countAll(1)
  await expectTruth()
  await step(run, older as never)
  await count()
  await older.query('commit')
  await step(other)
  await expectTruth()
  await countAll(1)
  await expectTruth()
  old.release()
  older.release()
})

test('what commits between the two looks of a count is left to the next', async () => {
  const [run, other] = [await startRun({ agent_id: 'alpha' }), await startRun({ agent_id: 'beta' })]
  const [keeper, counter] = [await db.owner.connect(), await db.server.connect()]
  const open = await db.trial.connect()
  await open.query('begin')
  await step(run, open as never)
  await step(other)
  await keeper.query('begin; lock table event_counts in access exclusive mode')
  const { rows } = await counter.query<{ pid: number }>('select pg_backend_pid() as pid')
  const counted = counter.query('select count_history()')
  await untilBlocked(rows[0]?.pid ?? 0)
  await open.query('commit')
  await step(other)
  await keeper.query('commit')
  await counted
  await expectTruth()
  await countAll(20_000)
  await expectTruth()
  for (const client of [keeper, counter, open]) client.release()
})

test('who reads while others count sees each event in the counts or as a fresh one', async () => {
  const run = await startRun({ agent_id: 'alpha' })
  await countAll(20_000)
  for (let n = 0; n < 5; n++) await step(run)
  const [keeper, reader] = [await db.owner.connect(), await db.server.connect()]
  await keeper.query('select pg_advisory_lock(4653)')
  const { rows } = await reader.query<{ pid: number }>('select pg_backend_pid() as pid')
  const read = reader.query<{ counted: number; fresh: number }>(
    `select (select sum(events) from event_counts where grain = 1 and agent = 0)::integer as counted,
       pg_advisory_lock(4653), (select count(*) from fresh_events('-infinity', 'infinity'))::integer as fresh`,
  )
  await untilBlocked(rows[0]?.pid ?? 0)
  await countAll(20_000)
  await keeper.query('select pg_advisory_unlock(4653)')
  const { counted = 0, fresh = 0 } = (await read).rows[0] ?? {}
  expect(counted + fresh).toBe((await truth('true')).events)
  expect(fresh).toBe(5)
  keeper.release()
  reader.release(true)
})

test('what was rolled back is counted nowhere', async () => {
  const run = await startRun({ agent_id: 'gamma' })
  const gone = await db.trial.connect()
  await gone.query('begin')
  await step(run, gone as never)
  await count()
  await gone.query('rollback')
  gone.release()
  await step(run)
  await expectTruth()
  await countAll(1)
  await expectTruth()
})

test('two who count at once count nothing twice', async () => {
  const run = await startRun({ agent_id: 'alpha' })
  for (let n = 0; n < 30; n++) await step(run)
  const counted = await Promise.all(Array.from({ length: 5 }, async () => count(10)))
  expect(sum(counted)).toBeGreaterThanOrEqual(30)
  await expectTruth()
  await countAll(20_000)
  await expectTruth()
})

test('a count that fails moves nothing', async () => {
  const run = await startRun({ agent_id: 'beta' })
  for (let n = 0; n < 5; n++) await step(run)
  const client = await db.server.connect()
  await client.query('begin')
  await client.query('select count_history()')
  await client.query('rollback')
  client.release()
  await expectTruth()
  expect(await count()).toBeGreaterThanOrEqual(6)
  await expectTruth()
})

test('a new leader goes on where the one before it came to', async () => {
  const run = await startRun({ agent_id: 'alpha' })
  for (let lead = 0; lead < 2; lead++) {
    for (let n = 0; n < 10; n++) await step(run)
    const counting = duties.filter(({ name }) => name === 'counting the history')
    const done = Promise.withResolvers<void>()
    const leader = new Supervisor(
      db.serverUrl,
      [...counting, { name: 'seen', everyMs: 0, run: async () => Promise.resolve(done.resolve()) }],
      () => undefined,
      20,
    )
    leader.start()
    await done.promise
    await leader.stop()
    const { rows } = await db.server.query(`select from fresh_events('-infinity', 'infinity')`)
    expect(rows).toHaveLength(0)
    await step(run)
    await expectTruth()
  }
})

test('in any order of writing, committing and counting the counts are whole', async () => {
  const act = fc.constantFrom(
    'write',
    'write',
    'begin',
    'commit',
    'count',
    'count one',
    'pause',
    'resume',
    'look',
  )
  const property = fc.asyncProperty(fc.array(act, { maxLength: 25 }), async (acts) => {
    const [mine, theirs] = [
      await startRun({ agent_id: 'alpha' }),
      await startRun({ agent_id: 'beta' }),
    ]
    const client = await db.trial.connect()
    let open = false
    try {
      for (const act of acts) {
        // One that is paused refuses.
        if (act === 'write') await step(theirs).catch(() => undefined)
        if (act === 'pause') await operator.runs.pause({ id: theirs }).catch(() => undefined)
        if (act === 'resume') await operator.runs.resume({ id: theirs }).catch(() => undefined)
        if (act === 'begin') {
          if (!open) await client.query('begin')
          open = true
          await step(mine, client as never)
        }
        if (act === 'commit' && open) {
          await client.query('commit')
          open = false
        }
        if (act === 'count') await count()
        if (act === 'count one') await count(1)
        if (act === 'look') await expectTruth()
      }
      if (open) await client.query('commit')
      await expectTruth()
    } finally {
      client.release(true)
    }
  })
  await fc.assert(property, { numRuns: 10 })
})
