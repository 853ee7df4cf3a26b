import { createTestDatabase } from '@holdpoint/db/testing'
import { afterAll, expect, test } from 'vitest'

import { type LoopSpec, type Run, Worker } from '../src/index.ts'
import { signalled, until } from './rows.ts'

const db = await createTestDatabase()
const workers: Worker[] = []
function newWorker(log: (message: string) => void = () => undefined): Worker {
  const made = new Worker({ url: db.trialUrl, leaseMs: 60_000, log })
  workers.push(made)
  return made
}
afterAll(async () => Promise.all(workers.map(async (each) => each.close())))

interface Firing {
  due_at: Date | null
  workflow_id: string
  status: string
}

async function firings(loop: string): Promise<Firing[]> {
  const { rows } = await db.owner.query<Firing>(
    `select f.due_at, f.workflow_id, w.status from loop_firings f join workflow_checkpoints w using (workflow_id)
     where f.loop = $1 order by f.due_at`,
    [loop],
  )
  return rows
}

/** As if the loop had been declared hours ago, and nobody had been there since. */
async function declaredLongAgo(agent: string, name: string, cron: string, graceMs: number) {
  await db.owner.query(
    `insert into loops (agent_id, name, cron, grace_ms, declared_at)
     values ($1, $2, $3, $4, clock_timestamp() - interval '3 hours')`,
    [agent, name, cron, graceMs],
  )
}

/** Does the loop until the test is done with it. */
function looping(worker: Worker, spec: LoopSpec, work: (run: Run) => unknown) {
  const stop = new AbortController()
  const done = worker.loop({ pollMs: 50, ...spec, signal: stop.signal }, work)
  return async () => {
    stop.abort()
    await done
  }
}

test('a due time is fired once by many workers, and its run is done once', async () => {
  // The last minute is due within the grace, so that nobody has to wait for the next one.
  await declaredLongAgo('reporter', 'minutely', '* * * * *', 90_000)
  const done: string[] = []
  const spec = { agent: 'reporter', name: 'minutely', cron: '* * * * *', graceMs: 90_000 }
  const crew = Array.from({ length: 5 }, () =>
    looping(newWorker(), spec, (run) => done.push(run.id)),
  )
  await until(
    async () => firings('minutely'),
    (rows) => rows.length > 0 && rows.every(({ status }) => status === 'complete'),
  )
  await Promise.all(crew.map(async (stop) => stop()))
  const fired = await firings('minutely')
  expect(new Set(fired.map(({ due_at }) => due_at?.getTime())).size).toBe(fired.length)
  expect(done.toSorted()).toEqual(fired.map(({ workflow_id }) => workflow_id).toSorted())
  const { rows } = await db.server.query<{ loop: string }>(
    `select loop, skill, goal from workflow_checkpoints where agent_id = 'reporter'`,
  )
  expect(rows).toHaveLength(fired.length)
  expect(rows[0]).toMatchObject({ loop: 'minutely', skill: 'minutely' })
})

/** Each ten minutes, and the next time not before some minutes have passed. */
function everyTenMinutes(): { cron: string; latest: number } {
  const minutes = Math.floor(Date.now() / 60_000) - 5
  const all = [0, 10, 20, 30, 40, 50].map((more) => (minutes + more) % 60)
  return { cron: `${all.join(',')} * * * *`, latest: minutes * 60_000 }
}

test('of the times missed while nobody was there, only the latest is made up for, and only where that is wanted', async () => {
  const { cron, latest: due } = everyTenMinutes()
  for (const name of ['wanted', 'unwanted']) await declaredLongAgo('nightly', name, cron, 0)
  const done = signalled<string>()
  const stops = [
    looping(newWorker(), { agent: 'nightly', name: 'unwanted', cron, graceMs: 0 }, () => undefined),
    looping(
      newWorker(),
      { agent: 'nightly', name: 'wanted', cron, graceMs: 0, catchUp: true },
      (run) => done.resolve(run.id),
    ),
  ]
  const id = await done.promise
  for (const stop of stops) await stop()
  const [latest, ...others] = await firings('wanted')
  expect(others).toEqual([])
  expect(latest).toMatchObject({ workflow_id: id, status: 'complete' })
  expect(latest?.due_at?.getTime()).toBe(due)
  expect(await firings('unwanted')).toEqual([])
})

test('a loop that was just declared owes nothing', async () => {
  const stop = looping(
    newWorker(),
    { agent: 'fresh', name: 'new', cron: '0 0 1 1 *', graceMs: 31_622_400_000, catchUp: true },
    () => undefined,
  )
  await until(
    async () => (await db.owner.query(`select from loops where name = 'new'`)).rowCount,
    (n) => n === 1,
  )
  await stop()
  expect(await firings('new')).toEqual([])
})

test('an event fires a loop, each time anew, with what it is about', async () => {
  const worker = newWorker()
  const seen: unknown[] = []
  const spec = { agent: 'helper', name: 'ticket', event: 'a ticket was opened', expectMs: 60_000 }
  const stop = looping(worker, spec, (run) => seen.push(run.memory['ticket']))
  await until(
    async () => (await db.owner.query(`select from loops where name = 'ticket'`)).rowCount,
    (n) => n === 1,
  )
  const ids = [
    await worker.fire('ticket', { ticket: 1 }),
    await worker.fire('ticket', { ticket: 2 }),
  ]
  await until(
    () => seen.length,
    (n) => n === 2,
  )
  await stop()
  expect(seen).toEqual([1, 2])
  const fired = await firings('ticket')
  expect(fired.map(({ due_at }) => due_at)).toEqual([null, null])
  expect(fired.map(({ workflow_id }) => workflow_id).toSorted()).toEqual(ids.toSorted())
  await expect(worker.fire('unheard of')).rejects.toThrow(TypeError)
})

test('a loop that an operator retires fires no more, says so once, and does what is queued', async () => {
  const cron = '*/10 * * * *'
  await declaredLongAgo('given up', 'old', cron, 0)
  const told: string[] = []
  const done: string[] = []
  const worker = newWorker((message) => told.push(message))
  const operator = await db.owner.connect()
  // Its firing waits here until it is retired.
  await operator.query('begin; lock table workflow_checkpoints in share mode')
  const stop = looping(
    worker,
    { agent: 'given up', name: 'old', cron, graceMs: 0, catchUp: true },
    (run) => done.push(run.id),
  )
  await until(
    async () =>
      db.owner.query(
        `select from pg_stat_activity where wait_event_type = 'Lock' and query like '%enqueue_run%'`,
      ),
    ({ rowCount }) => rowCount === 1,
  )
  await db.server.query(`select retire_loop('given up', 'old', 'operator:ada')`)
  await operator.query('commit')
  operator.release()
  await until(
    () => told.length,
    (n) => n > 0,
  )
  const queued = await worker.enqueue({ agent: 'given up', skill: 'old' })
  await until(
    () => done,
    (ids) => ids.includes(queued),
  )
  await stop()
  expect(done).toEqual([queued])
  expect(told).toEqual([
    'Loop "old" of agent "given up" was retired: it fires no more until it is declared again.',
  ])
})

test.each([
  { cron: '* * * *' },
  { cron: '* * * * *', timeZone: 'Mars/Olympus' },
  { cron: '* * * * *', event: 'both' },
  {},
])('%o is no loop, which is said before anything is declared', async (how) => {
  await expect(
    newWorker().loop({ agent: 'wrong', name: 'wrong', ...how }, () => undefined),
  ).rejects.toThrow()
  const { rows } = await db.owner.query(`select from loops where agent_id = 'wrong'`)
  expect(rows).toHaveLength(0)
})
