import { createTestDatabase } from '@holdpoint/db/testing'
import { afterAll, beforeAll, expect, test } from 'vitest'

import { ApprovalExpiredError, type ApprovalRequest, Worker } from '../src/index.ts'
import { rowOf, signalled, until } from './rows.ts'

// What each field of a request does, and not only that it is kept.
const db = await createTestDatabase()
const worker = new Worker({ url: db.trialUrl })
afterAll(async () => worker.close())

const step = { to: ['operator:boss'], afterS: 600 }
beforeAll(async () => {
  await db.server.query(`select save_policy(null, 'operator:root', $1)`, [
    { name: 'wires', tool: 'wire', gate: false, escalation: [step] },
  ])
})

const PAYMENT = { order: 7, eur: 80 }
const soon = (): Date => new Date(Date.now() + 3_600_000)

interface Row {
  approval_id: string
  version: number
  [column: string]: unknown
}

/** A run that asks, and what it asked for as it stands in the database. */
async function asking(fields: Partial<ApprovalRequest>) {
  const started = signalled<string>()
  const done = worker.supervise({ agent: 'payer' }, async (run) => {
    started.resolve(run.id)
    return run.step('pay', async (step) =>
      step.approve({ tool: 'pay', arguments: PAYMENT, ...fields }),
    )
  })
  // Whoever waits for it is told; a test that ends before it is not failed by it.
  done.catch(() => undefined)
  const run = await started.promise
  const read = async (): Promise<Row[]> =>
    (await db.server.query<Row>('select * from approval_queue where workflow_id = $1', [run])).rows
  const [first] = await until(read, ({ length }) => length > 0)
  if (first === undefined) throw new Error('nothing was asked')
  const id = first.approval_id
  return {
    run,
    done,
    id,
    row: first,
    now: async () => (await read())[0],
    decide: async (actor = 'operator:ada', edited: unknown = null) =>
      db.server.query(`select decide_approval($1, $2, 'approved', 'seen', null, $3)`, [
        id,
        actor,
        edited === null ? null : JSON.stringify(edited),
      ]),
    /** Its deadline was a moment ago, and the server has noticed. */
    isLate: async () => {
      await db.owner.query(
        `update approval_queue set expires_at = clock_timestamp() - interval '1 ms' where approval_id = $1`,
        [id],
      )
      await until(
        async () => db.server.query('select expire_approvals()').then(read),
        ([row]) => row !== undefined && row.version > 1,
      )
    },
    stopped: async () => (await rowOf(db, run)).stop_reason,
  }
}

test('schema and consequence are what the reviewer sees, as they were given', async () => {
  const schema = { type: 'object', properties: { eur: { type: 'number', maximum: 100 } } }
  const consequence = { before: { paid: 0 }, after: { paid: 80 }, rows: 1, note: 'one of two' }
  const { row, decide, done } = await asking({ schema, consequence })
  expect(row).toMatchObject({ arguments_schema: schema, consequence })
  await decide('operator:ada', { order: 7, eur: 60 })
  expect(await done).toMatchObject({ edited: true, arguments: { order: 7, eur: 60 } })
})

test('allowed leaves other answers out: what may not be edited comes back as it was asked for', async () => {
  const { decide, done, row } = await asking({ allowed: ['approve', 'reject'] })
  expect(row['allowed']).toEqual(['approve', 'reject'])
  await expect(decide('operator:ada', { order: 7, eur: 60 })).rejects.toMatchObject({
    code: 'HP021',
  })
  await decide()
  expect(await done).toMatchObject({ edited: false, arguments: PAYMENT })
})

test('what allows no refusal is not asked', async () => {
  const asked = worker.supervise({ agent: 'payer' }, async (run) =>
    run.step('pay', async (step) => step.approve({ tool: 'pay', allowed: ['approve'] })),
  )
  await expect(asked).rejects.toThrow(/approval_may_be_refused/)
})

test('assignees says whom it is meant for, and keeps nobody else from answering', async () => {
  const { decide, done, row } = await asking({ assignees: ['operator:tom'] })
  expect(row['assignees']).toEqual(['operator:tom'])
  await decide('operator:ada')
  expect(await done).toMatchObject({ decision: 'approved' })
})

test('expiresAt is a deadline for the answer, and for its use', async () => {
  const started = signalled<string>()
  const done = worker.supervise({ agent: 'payer' }, async (run) =>
    run.step('pay', async (step) => {
      started.resolve(run.id)
      const answer = await step.approve({ tool: 'pay', arguments: PAYMENT, expiresAt: soon() })
      // The deadline passes before it is used. What is decided is kept as it was, also from its owner.
      const superuser = db.pool(db.superUrl)
      await superuser.query(
        `alter table approval_queue disable trigger guard_approval_change;
         update approval_queue set expires_at = clock_timestamp() where approval_id = '${answer.approvalId}';
         alter table approval_queue enable trigger guard_approval_change`,
      )
      return step.action('pay', { request: PAYMENT }, () => 'paid')
    }),
  )
  const expired = expect(done).rejects.toBeInstanceOf(ApprovalExpiredError)
  const run = await started.promise
  const asked = 'select approval_id from approval_queue where workflow_id = $1'
  const [row] = await until(
    async () => (await db.server.query<Row>(asked, [run])).rows,
    ({ length }) => length > 0,
  )
  await db.server.query(`select decide_approval($1, 'operator:ada', 'approved')`, [
    row?.approval_id,
  ])
  await expired
})

test('onExpiry "reject" closes it, and the agent is told that nobody decided', async () => {
  const asked = await asking({ expiresAt: soon(), onExpiry: 'reject' })
  const told = expect(asked.done).rejects.toBeInstanceOf(ApprovalExpiredError)
  await asked.isLate()
  await told
  const row = await asked.now()
  expect(row).toMatchObject({ decision: null })
  expect(row?.['closed_why']).toMatch(/expired/)
})

test.each([
  ['"hold"', { onExpiry: 'hold' }],
  ['left out', {}],
  ['"escalate", where no policy names anyone,', { onExpiry: 'escalate' }],
] as const)(
  'onExpiry %s keeps it waiting for whoever gives it more time',
  async (_, { ...fields }) => {
    const asked = await asking({ expiresAt: soon(), ...fields })
    expect(asked.row['on_expiry']).toBe('hold')
    await asked.isLate()
    expect(await asked.stopped()).toBe('APPROVAL_EXPIRED')
    await expect(asked.decide()).rejects.toMatchObject({ code: 'HP019' })
    await db.server.query(`select extend_approval($1, 'operator:ada', $2)`, [asked.id, soon()])
    await asked.decide()
    expect(await asked.done).toMatchObject({ decision: 'approved', arguments: PAYMENT })
  },
)

test('onExpiry "escalate" asks those whom its policy names next, and the run waits on', async () => {
  const asked = await asking({ tool: 'wire', expiresAt: soon(), onExpiry: 'escalate' })
  expect(asked.row).toMatchObject({ on_expiry: 'escalate', escalated: 0 })
  await asked.isLate()
  expect(await asked.now()).toMatchObject({
    decision: null,
    expired_at: null,
    escalated: 1,
    assignees: step.to,
  })
  expect(await asked.stopped()).toBe('AWAITING_APPROVAL')
  await asked.decide('operator:boss')
  expect(await asked.done).toMatchObject({ decision: 'approved' })
})

test('kind "change" is bound like an action, and used once', async () => {
  const change = { what: 'skill', name: 'payer', from: { version: 1 }, to: { version: 2 } }
  const asked = await asking({ kind: 'change', tool: 'skills.publish', arguments: change })
  expect(asked.row).toMatchObject({ kind: 'change', arguments: change })
  await asked.decide()
  expect(await asked.done).toMatchObject({ decision: 'approved', arguments: change, grade: null })
})
