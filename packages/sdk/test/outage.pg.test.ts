import { createTestDatabase } from '@holdpoint/db/testing'
import { afterAll, expect, test } from 'vitest'

import { type Run, RunEndedError, Worker } from '../src/index.ts'
import { Proxy } from './proxy.ts'
import { actionsOf, rowOf, signalled, until } from './rows.ts'

const db = await createTestDatabase()
const proxy = await Proxy.start(db.trialUrl)
const LEASE_MS = 1000
const options = { url: proxy.url, leaseMs: LEASE_MS, log: () => undefined }
const workers = [
  new Worker(options),
  new Worker(options),
  // Its calls give up sooner than the database comes back.
  new Worker({ ...options, databaseWaitMs: 100 }),
]
afterAll(async () => {
  await Promise.all(workers.map(async (each) => each.close()))
  await proxy.close()
})

const leaseOf = async (run: string): Promise<boolean> => {
  const { rowCount } = await db.owner.query(
    'select from run_leases where workflow_id = $1 and lease_until > clock_timestamp()',
    [run],
  )
  return rowCount === 1
}

test('when the database was away for longer than a lease, idle workers take nothing from those who live', async () => {
  const [started, finish] = [signalled<string>(), signalled()]
  let begun = 0
  const work = async (run: Run): Promise<void> => {
    begun += 1
    await run.step('mail', async (step) =>
      step.action('mail.send', {}, async () => {
        started.resolve(run.id)
        await finish.promise
      }),
    )
  }
  const stop = new AbortController()
  const served = workers.map(async (each) =>
    each.serve({ work: { work } }, { agent: 'cut off', pollMs: 50, signal: stop.signal }),
  )
  await workers[0]?.enqueue({ agent: 'cut off', skill: 'work' })
  const id = await started.promise
  proxy.down()
  await until(
    async () => leaseOf(id),
    (alive) => !alive,
  )
  // The longer it is away, the later those who live come back.
  await new Promise((resolve) => setTimeout(resolve, LEASE_MS))
  proxy.up()
  await until(
    async () => leaseOf(id),
    (alive) => alive,
  )
  finish.resolve()
  await until(
    async () => rowOf(db, id),
    ({ status }) => status !== 'running',
  )
  expect(await rowOf(db, id)).toMatchObject({ status: 'complete', epoch: 1 })
  expect(await actionsOf(db, id)).toMatchObject([{ state: 'confirmed', attempt: 1 }])
  expect(begun).toBe(1)

  // They have not given up on the queue.
  const next = await workers[1]?.enqueue({ agent: 'cut off', skill: 'work' })
  await until(
    async () => rowOf(db, String(next)),
    ({ status }) => status === 'complete',
  )
  stop.abort()
  await Promise.all(served)
})

test.each([
  ['waits for', true],
  ['just asks for', false],
])(
  'after such an absence, a worker that %s a run by its id leaves it to the one who lives',
  async (_, waits) => {
    const others = await Proxy.start(db.trialUrl)
    const [started, finish, back] = [signalled<string>(), signalled(), signalled()]
    const heir = new Worker({
      ...options,
      name: `heir ${waits}`,
      url: others.url,
      log: (message) => message.includes('is back') && back.resolve(),
    })
    const claimed = async () =>
      db.owner.query(
        `select from pg_stat_activity where application_name = $1 and query like '%claim_run%'`,
        [`holdpoint-sdk ${heir.name}`],
      )
    const work = async (run: Run): Promise<string> => {
      started.resolve(run.id)
      await finish.promise
      return run.step('end', () => 'by the first')
    }
    const first = workers[0]?.supervise({ agent: 'kept' }, work)
    const runId = await started.promise
    const refused = expect(
      heir.supervise({ agent: 'kept', runId }, () => 'by the heir'),
    ).rejects.toThrow(RunEndedError)
    if (waits) await until(claimed, ({ rowCount }) => rowCount === 1)
    proxy.down()
    others.down()
    await until(
      async () => leaseOf(runId),
      (alive) => !alive,
    )
    await new Promise((resolve) => setTimeout(resolve, LEASE_MS))
    // The one who waits for the run hears of the database first.
    others.up()
    await back.promise
    proxy.up()
    await until(
      async () => leaseOf(runId),
      (alive) => alive,
    )
    finish.resolve()
    expect(await first).toBe('by the first')
    await refused
    expect(await rowOf(db, runId)).toMatchObject({ status: 'complete', epoch: 1 })
    await heir.close()
    await others.close()
  },
)
