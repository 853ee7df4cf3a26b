import { createTestDatabase } from '@holdpoint/db/testing'
import { afterAll, expect, test } from 'vitest'

import { ActionFailure, type ActionOptions, Worker } from '../src/index.ts'
import { actionsOf, eventsOf, rowOf, signalled, until } from './rows.ts'

const db = await createTestDatabase()
const workers: Worker[] = []
function newWorker(leaseMs = 60_000): Worker {
  const made = new Worker({ url: db.trialUrl, leaseMs, log: () => undefined })
  workers.push(made)
  return made
}
afterAll(async () => Promise.all(workers.map(async (each) => each.close())))

/** A payment of which nobody knows whether it landed; the agent comes to it a second time. */
function payingTwice(options: ActionOptions<string>) {
  const started = signalled<string>()
  let performed = 0
  const pay = (): string => {
    performed += 1
    if (performed === 1) throw new ActionFailure('no answer', { outcome: 'unknown' })
    return 'paid again'
  }
  const done = newWorker().supervise({ agent: 'payer' }, async (run) => {
    started.resolve(run.id)
    return run.step('pay', async (step) => {
      const again = { key: 'invoice 7', ...options }
      await step.action('pay', again, pay).catch(() => undefined)
      return step.action('pay', again, pay)
    })
  })
  return { started: started.promise, done, performed: () => performed }
}

async function settle(id: string, landed: boolean, response?: unknown): Promise<void> {
  const row = await until(
    async () => rowOf(db, id),
    ({ stop_reason }) => stop_reason === 'UNKNOWN_OUTCOME',
  )
  expect(row).toMatchObject({ status: 'paused' })
  await db.server.query(
    `select settle_action(action_id, 'operator:ada', $2, 'looked it up', $3::jsonb) from actions
     where workflow_id = $1 and state = 'unknown'`,
    [id, landed, response === undefined ? null : JSON.stringify(response)],
  )
}

test('an unknown outcome waits for a person; what landed is not done again, and has the person’s response', async () => {
  const { started, done, performed } = payingTwice({})
  await settle(await started, true, 'receipt 7')
  expect(await done).toBe('receipt 7')
  expect(performed()).toBe(1)
})

test('what landed without a response is null, or what the agent finds out for itself', async () => {
  const plain = payingTwice({})
  await settle(await plain.started, true)
  expect(await plain.done).toBeNull()
  const asking = payingTwice({ landed: async () => Promise.resolve('looked up') })
  await settle(await asking.started, true)
  expect(await asking.done).toBe('looked up')
  expect([plain.performed(), asking.performed()]).toEqual([1, 1])
})

test('what did not land is done once more, as an attempt of its own', async () => {
  const { started, done, performed } = payingTwice({ landed: () => 'never asked' })
  const id = await started
  await settle(id, false)
  expect(await done).toBe('paid again')
  expect(performed()).toBe(2)
  expect(await actionsOf(db, id)).toMatchObject([{ state: 'confirmed', attempt: 2 }])
})

test.each([
  { when: 'before it takes its run back', leaseMs: 60_000 },
  { when: 'after it took its run back', leaseMs: 1000 },
])(
  'a worker that was cut off says of an action that ends $when what it knows: it landed',
  async ({ leaseMs }) => {
    const [started, finish] = [signalled<string>(), signalled()]
    const done = newWorker(leaseMs).supervise({ agent: 'payer' }, async (run) =>
      run.step('pay', async (step) =>
        step.action('pay', {}, async () => {
          started.resolve(run.id)
          await finish.promise
          return 'receipt'
        }),
      ),
    )
    const id = await started.promise
    await db.owner.query(
      `update run_leases set lease_until = clock_timestamp() - interval '1 second', worker = worker || ', silent'
     where workflow_id = $1`,
      [id],
    )
    await db.server.query('select sweep_lost_runs()')
    expect(await actionsOf(db, id)).toMatchObject([{ state: 'unknown', epoch: 1 }])
    // Its heartbeats are what finds out, where they are soon enough.
    if (leaseMs === 1000) {
      await until(
        async () => rowOf(db, id),
        ({ epoch }) => epoch === 2,
      )
    }
    finish.resolve()
    expect(await done).toBe('receipt')
    expect(await actionsOf(db, id)).toMatchObject([
      { state: 'confirmed', response: 'receipt', attempt: 1 },
    ])
    expect(await rowOf(db, id)).toMatchObject({ status: 'complete', epoch: 2 })
  },
)

test('what a killed run had under way leaves its evidence, also where its agent and its worker did not wait', async () => {
  const worker = newWorker()
  const finish = signalled()
  const runs = Array.from({ length: 8 }, async () => {
    const [started, told] = [signalled<string>(), signalled()]
    const done = worker.supervise({ agent: 'killed' }, async (run) =>
      run.step('work', async (step) => {
        const acting = step.action('post', {}, async (signal) => {
          started.resolve(run.id)
          signal.addEventListener('abort', () => told.resolve())
          await finish.promise
          return 'landed'
        })
        await Promise.race([acting, told.promise])
        step.signal.throwIfAborted()
      }),
    )
    const ended = expect(done).rejects.toThrow(/killed/)
    const id = await started.promise
    await db.server.query(`select kill_run($1, 'operator:ada')`, [id])
    await ended
    return id
  })
  const ids = await Promise.all(runs)
  const closing = worker.close()
  // Everything that closing does by itself has had its chance.
  await new Promise((resolve) => setTimeout(resolve, 200))
  finish.resolve()
  await closing
  for (const id of ids) {
    const { rows } = await db.server.query(
      'select state, late from actions where workflow_id = $1',
      [id],
    )
    expect(rows).toMatchObject([
      { state: 'unknown', late: { state: 'confirmed', response: 'landed' } },
    ])
    expect((await eventsOf(db, id)).map(({ kind }) => kind)).toContain('action.late')
  }
})
