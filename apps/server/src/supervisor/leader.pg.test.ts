import { createTestDatabase } from '@holdpoint/db/testing'
import { afterEach, expect, test, vi } from 'vitest'

import { duties } from './duties.ts'
import { type Duty, Supervisor } from './leader.ts'

const db = await createTestDatabase()
const running = new Set<Supervisor>()

afterEach(async () => {
  await Promise.all([...running].map(async (each) => each.stop()))
  running.clear()
  vi.useRealTimers()
})

function start(duties: readonly Duty[], log: (line: string) => void = () => undefined): Supervisor {
  const supervisor = new Supervisor(db.serverUrl, duties, log, 20)
  running.add(supervisor)
  supervisor.start()
  return supervisor
}

/** A duty that tells when it was done `times` times. */
function counted(times: number): { duty: Duty; done: Promise<void>; count: () => number } {
  let count = 0
  const { promise, resolve } = Promise.withResolvers<void>()
  const duty: Duty = {
    name: 'counting',
    everyMs: 0,
    run: async () => {
      count++
      if (count === times) resolve()
      return Promise.resolve()
    },
  }
  return { duty, done: promise, count: () => count }
}

test('of two servers one leads, and the other takes over when it stops', async () => {
  const first = counted(2)
  const leader = start([first.duty])
  await first.done
  const second = counted(1)
  start([second.duty])
  const more = first.count()
  while (first.count() < more + 2) await new Promise((resolve) => setTimeout(resolve, 50))
  expect(second.count()).toBe(0)
  await leader.stop()
  running.delete(leader)
  await second.done
})

test('a run whose worker went silent is lost', async () => {
  await db.trial.query(`select start_run('{"agentId": "a", "worker": "w"}')`)
  await db.pool(db.superUrl).query('update run_leases set lease_until = clock_timestamp()')
  start(duties)
  for (let status = ''; status !== 'lost';) {
    const { rows } = await db.server.query<{ status: string }>(
      'select status from workflow_checkpoints',
    )
    status = rows[0]?.status ?? ''
  }
})

test('the leader samples the fleet and tends the loops', async () => {
  await db.trial.query(
    `select declare_loop('{"agentId": "a", "name": "nightly", "cron": "0 3 * * *"}')`,
  )
  start(duties)
  for (let done = false; !done;) {
    const { rows } = await db.server.query<{ done: boolean }>(
      `select exists (select from fleet_samples) and exists (select from loops where next_due_at is not null) as done`,
    )
    done = rows[0]?.done === true
  }
})

test('a duty that fails is told once, and does not keep the others from being done', async () => {
  const told: string[] = []
  const other = counted(3)
  const broken: Duty = {
    name: 'breaking',
    everyMs: 0,
    run: async () => Promise.reject(new Error('broken')),
  }
  start([broken, other.duty], (line) => told.push(line))
  await other.done
  expect(told).toEqual(['supervisor, breaking: broken'])
})

test('after an outage that the leader has seen, workers have time to be heard of before runs are swept', async () => {
  const usual = counted(3)
  const sweeps: Duty & { count: number } = {
    name: 'sweeping',
    everyMs: 0,
    afterOutageMs: 3_600_000,
    count: 0,
    run: async () => {
      sweeps.count++
      return Promise.resolve()
    },
  }
  const complaint = Promise.withResolvers<void>()
  start([sweeps, usual.duty], () => complaint.resolve())
  await usual.done
  expect(sweeps.count).toBeGreaterThan(0)
  const outage = await db.owner.connect()
  await outage.query('begin; lock table leader_leases')
  // Its question has gone unanswered for a second.
  await complaint.promise
  const before = { swept: sweeps.count, counted: usual.count() }
  await outage.query('commit')
  outage.release()
  while (usual.count() < before.counted + 5) await new Promise((resolve) => setTimeout(resolve, 20))
  expect(sweeps.count).toBe(before.swept)
})

test('a duty that takes long is no outage', async () => {
  // Time passes in the duty alone: on a busy machine anything else may take as long as an outage.
  vi.useFakeTimers({ toFake: ['Date'] })
  const after = counted(2)
  const slow: Duty = {
    name: 'being slow',
    everyMs: 0,
    run: async () => {
      vi.setSystemTime(Date.now() + 3_600_000)
      return Promise.resolve()
    },
  }
  start([slow, { ...after.duty, afterOutageMs: 3_600_000 }])
  await after.done
})
