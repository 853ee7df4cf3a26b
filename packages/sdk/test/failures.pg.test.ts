import { createTestDatabase } from '@holdpoint/db/testing'
import { afterAll, expect, test } from 'vitest'

import { ActionFailure, ActionRefusedError, RunFailure, Worker } from '../src/index.ts'
import { actionsOf, eventsOf, rowOf } from './rows.ts'

const db = await createTestDatabase()
const worker = new Worker({ url: db.trialUrl })
afterAll(async () => worker.close())

const status = (code: number): Error =>
  Object.assign(new Error(`answered ${code}`), { status: code })

async function failing(error: unknown, inAction: boolean): Promise<string> {
  const fail = (): never => {
    throw error
  }
  let id = ''
  const done = worker.supervise({ agent: 'clerk' }, async (run) => {
    id = run.id
    await run.step('work', async (step) => {
      if (inAction) await step.action('post', {}, fail)
      else fail()
    })
  })
  await expect(done).rejects.toBe(error)
  return id
}

test.each([
  ['a 502', status(502), 'transient'],
  ['a 429', status(429), 'transient'],
  ['a conflict', status(409), 'state_drift'],
  ['a bad request', status(400), null],
  ['a reset connection', Object.assign(new Error('reset'), { code: 'ECONNRESET' }), 'transient'],
  ['a timeout', new DOMException('too slow', 'TimeoutError'), 'transient'],
  ['its own word', new ActionFailure('half of it', { errorClass: 'partial' }), 'partial'],
])('an action that fails with %s is recorded with its class', async (_, error, errorClass) => {
  const id = await failing(error, true)
  expect(await actionsOf(db, id)).toMatchObject([
    { state: 'failed', error: error.message, error_class: errorClass },
  ])
})

test('a run that a tool failed says so', async () => {
  const id = await failing(status(502), true)
  expect(await rowOf(db, id)).toMatchObject({
    status: 'failed',
    stop_reason: 'TOOL_FAILURE',
    stop_detail: 'answered 502',
  })
})

test('a bug of the agent is not blamed on a tool', async () => {
  const id = await failing(new TypeError('x is undefined'), false)
  expect(await rowOf(db, id)).toMatchObject({
    status: 'failed',
    stop_reason: null,
    stop_detail: 'x is undefined',
  })
})

test.each(['RETRY_LIMIT_REACHED', 'TIMEOUT', 'BUDGET_EXCEEDED'] as const)(
  'an agent may end its run for %s',
  async (reason) => {
    const id = await failing(new RunFailure(reason, 'enough'), false)
    expect(await rowOf(db, id)).toMatchObject({ status: 'failed', stop_reason: reason })
  },
)

test('an outcome that nobody knows is recorded as unknown', async () => {
  const id = await failing(new ActionFailure('no answer', { outcome: 'unknown' }), true)
  expect(await actionsOf(db, id)).toMatchObject([{ state: 'unknown' }])
})

test('a key that was used for another request is refused, and the run goes on', async () => {
  await worker.supervise({ agent: 'clerk' }, async (run) => {
    await run.step('work', async (step) => {
      await step.action('post', { key: 'k', request: 1 }, () => 'one')
      await expect(
        step.action('post', { key: 'k', request: 2 }, () => 'two'),
      ).rejects.toBeInstanceOf(ActionRefusedError)
      expect(await step.action('post', { key: 'k', request: 1 }, () => 'again')).toBe('one')
    })
  })
})

test('an action that the agent did not wait for is finished and recorded before the run ends', async () => {
  const id = await worker.supervise({ agent: 'clerk' }, async (run) => {
    const begun = Promise.withResolvers<void>()
    void run
      .step('work', async (step) => {
        void step.action('post', {}, async () => {
          begun.resolve()
          await new Promise((resolve) => setTimeout(resolve, 50))
          return 'done'
        })
        await begun.promise
      })
      .catch(() => undefined)
    await begun.promise
    return run.id
  })
  expect(await actionsOf(db, id)).toMatchObject([{ state: 'confirmed', response: 'done' }])
})

test('steps of one name are told apart by their occurrence; spend and waiting are shown', async () => {
  const id = await worker.supervise({ agent: 'clerk', limits: { tokens: 100 } }, async (run) => {
    await run.step('lap', () => 1)
    await run.waitingOn({ kind: 'timer', what: 'morning', until: new Date(0) })
    await run.spend({ tokensIn: 10, tokensOut: 2.4, costUsd: 0.5 })
    await expect(run.spend({ tokensIn: -1 })).rejects.toThrow(RangeError)
    await run.progress({ closed: 1, of: 2 })
    await expect(run.progress({ closed: 0.5 })).rejects.toThrow(RangeError)
    await run.step('lap', () => 2)
    return run.id
  })
  const { rows } = await db.server.query(
    'select name, occurrence, result, state from run_steps where workflow_id = $1 order by occurrence',
    [id],
  )
  expect(rows).toEqual([
    { name: 'lap', occurrence: 1, result: 1, state: 'done' },
    { name: 'lap', occurrence: 2, result: 2, state: 'done' },
  ])
  const { rows: spent } = await db.server.query(
    `select tokens_in::int as "in", tokens_out::int as "out", cost_usd::float as usd
     from workflow_checkpoints where workflow_id = $1`,
    [id],
  )
  expect(spent).toEqual([{ in: 10, out: 2, usd: 0.5 }])
  expect((await eventsOf(db, id)).map(({ kind }) => kind)).toContain('run.waiting')
  const { rows: closed } = await db.server.query(
    `select detail from run_events where workflow_id = $1 and detail ? 'closed'`,
    [id],
  )
  expect(closed).toEqual([{ detail: { closed: 1, of: 2 } }])
})

test('an action is handed the key under which it is known, also where it names none', async () => {
  const keys: string[] = []
  const id = await worker.supervise({ agent: 'clerk' }, async (run) => {
    await run.step('work', async (step) => {
      await step.action('a', {}, (_, { key }) => keys.push(key))
      await step.action('a', { key: 'invoice 7' }, (_, { key }) => keys.push(key))
    })
    return run.id
  })
  const actions = await actionsOf(db, id)
  expect(keys).toEqual(actions.map((action) => action.idempotency_key))
  expect(keys[1]).toBe('invoice 7')
})
