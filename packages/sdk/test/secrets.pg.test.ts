import { createTestDatabase } from '@holdpoint/db/testing'
import { afterAll, expect, test } from 'vitest'

import { PAYLOAD_LIMIT, PayloadTooLargeError, ResponseNotKeptError, Worker } from '../src/index.ts'
import { actionsOf, rowOf } from './rows.ts'

const db = await createTestDatabase()
const worker = new Worker({ url: db.trialUrl })
afterAll(async () => worker.close())

const SECRET = 'sk-live-51Habcdefg0123456789'

/** Everything the database keeps of a run, as one text. */
async function everythingOf(run: string): Promise<string> {
  const { rows } = await db.owner.query<{ everything: string }>(
    `select jsonb_build_array(
       (select jsonb_agg(to_jsonb(w)) from workflow_checkpoints w where workflow_id = $1),
       (select jsonb_agg(to_jsonb(a)) from actions a where workflow_id = $1),
       (select jsonb_agg(to_jsonb(s)) from run_steps s where workflow_id = $1),
       (select jsonb_agg(to_jsonb(m)) from run_memory m where workflow_id = $1),
       (select jsonb_agg(to_jsonb(q)) from approval_queue q where workflow_id = $1),
       (select jsonb_agg(to_jsonb(e)) from run_events e where workflow_id = $1),
       (select jsonb_agg(to_jsonb(l)) from agent_audit_log l where workflow_id = $1))::text as everything`,
    [run],
  )
  return rows[0]?.everything ?? ''
}

test('no secret reaches the database by any way that an agent writes', async () => {
  let id = ''
  const failed = worker.supervise(
    {
      agent: 'clerk',
      goal: `Call https://bob:${SECRET}@shop.example/`,
      labels: { token: SECRET, shop: `https://bob:${SECRET}@shop.example/` },
    },
    async (run) => {
      id = run.id
      await run.step('work', { input: { cookie: SECRET } }, async (step) => {
        run.memory['session'] = { accessToken: SECRET }
        await step.action(
          'http.post',
          {
            key: `POST https://shop.example/?api_key=${SECRET}`,
            target: `https://shop.example/?api_key=${SECRET}`,
            request: { headers: { Authorization: `Bearer ${SECRET}` }, max_tokens: 10 },
          },
          () => ({ 'set-cookie': [SECRET], note: `authorization: Bearer ${SECRET}` }),
        )
        return { password: SECRET }
      })
      throw new Error(`refused: postgres://bob:${SECRET}@db/x`)
    },
  )
  await expect(failed).rejects.toThrow('refused')
  const kept = await everythingOf(id)
  expect(kept).not.toContain(SECRET)
  expect(kept).toContain('[redacted]')
  expect((await actionsOf(db, id))[0]?.request).toEqual({
    headers: { Authorization: '[redacted]' },
    max_tokens: 10,
  })
  expect((await rowOf(db, id)).stop_detail).toBe('refused: postgres://bob:[redacted]@db/x')
})

test('steps whose names differ in a secret only are two, not one that was done before', async () => {
  const both = await worker.supervise({ agent: 'clerk' }, async (run) =>
    Promise.all(
      ['a', 'b'].map(async (token) =>
        run.step(`GET https://shop.example/?token=${token}`, () => `read with ${token}`),
      ),
    ),
  )
  expect(both).toEqual(['read with a', 'read with b'])
})

test('nor are actions whose keys do', async () => {
  const both = await worker.supervise({ agent: 'clerk' }, async (run) =>
    run.step('read', async (step) =>
      Promise.all(
        ['a', 'b'].map(async (token) =>
          step.action('http.get', { key: `https://shop.example/?token=${token}` }, () => token),
        ),
      ),
    ),
  )
  expect(both).toEqual(['a', 'b'])
})

test('a redaction of the agent’s own decides what is written', async () => {
  const own = new Worker({
    url: db.trialUrl,
    redact: (value, kind) => (kind === 'request' ? 'hidden' : value),
  })
  const id = await own.supervise({ agent: 'clerk' }, async (run) => {
    await run.step('work', async (step) =>
      step.action('a', { request: { name: 'Ada' } }, () => 'kept'),
    )
    return run.id
  })
  expect(await actionsOf(db, id)).toMatchObject([{ request: 'hidden', response: 'kept' }])
  await own.close()
})

test('a request over the limit is refused in words that name it, and nothing is begun', async () => {
  let begun = false
  const done = worker.supervise({ agent: 'clerk' }, async (run) =>
    run.step('work', async (step) =>
      step.action('a', { request: 'x'.repeat(PAYLOAD_LIMIT) }, () => {
        begun = true
      }),
    ),
  )
  await expect(done).rejects.toThrow(/262144/)
  await expect(done).rejects.toBeInstanceOf(PayloadTooLargeError)
  expect(begun).toBe(false)
})

test.each([
  ['too large as text', 'x'.repeat(PAYLOAD_LIMIT + 1)],
  // Small as text, large as jsonb: the database is the one that refuses it.
  ['too large in the database', Array.from({ length: 60_000 }, (_, n) => n % 10)],
  ['no JSON', 10n],
])('a response that is %s leaves a marker, and the action is confirmed', async (_, response) => {
  const id = await worker.supervise({ agent: 'clerk' }, async (run) => {
    await run.step('work', async (step) => {
      expect(await step.action('a', { key: 'once' }, () => response)).toBe(response)
      await expect(step.action('a', { key: 'once' }, () => response)).rejects.toBeInstanceOf(
        ResponseNotKeptError,
      )
    })
    return run.id
  })
  expect(await actionsOf(db, id)).toMatchObject([
    { state: 'confirmed', response: { holdpoint: 'not kept' } },
  ])
})

test('text that Postgres cannot store is stored all the same', async () => {
  const odd = `nul ${String.fromCodePoint(0)} and half ${String.fromCharCode(0xd800)}`
  const id = await worker.supervise({ agent: 'clerk', goal: odd }, async (run) => {
    await run.step(odd, { input: odd }, async (step) =>
      step.action(odd, { target: odd, request: { [odd]: odd } }, () => odd),
    )
    return run.id
  })
  expect(await rowOf(db, id)).toMatchObject({ status: 'complete' })
  expect((await actionsOf(db, id))[0]?.response).toBe('nul \uFFFD and half \uFFFD')
})
