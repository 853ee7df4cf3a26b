import { createTestDatabase } from '@holdpoint/db/testing'
import { afterAll, beforeAll, expect, test } from 'vitest'

import {
  ActionRefusedError,
  ApprovalExpiredError,
  ApprovalRejectedError,
  RecheckRealityError,
  Worker,
  WorkerClosedError,
} from '../src/index.ts'
import { rowOf, signalled, until } from './rows.ts'

// A policy gates a tool: the agent's code does not know of it.
const db = await createTestDatabase()
const worker = new Worker({ url: db.trialUrl })
afterAll(async () => worker.close())

const save = async (spec: object) =>
  db.server.query(`select save_policy(null, 'operator:root', $1)`, [spec])
beforeAll(async () => {
  await save({ name: 'refunds', tool: 'refund', autoApprove: '$.eur <= 5' })
  await save({ name: 'wires', tool: 'wire', expiresAfterS: 3600, onExpiry: 'reject' })
  await save({ name: 'gifts of strangers', tool: 'gift', skill: 'strangers' })
  await save({
    name: 'gifts of friends',
    tool: 'gift',
    skill: 'friends',
    autoApprove: '$.eur <= 100',
  })
})

function refunding(
  with_: Worker,
  eur: number,
  more: { runId?: string; tool?: string; skill?: string } = {},
) {
  const started = signalled<string>()
  const performed: unknown[] = []
  const { tool = 'refund', runId, skill } = more
  const done = with_.supervise(
    {
      agent: 'refunder',
      ...(runId !== undefined && { runId }),
      ...(skill !== undefined && { skill }),
    },
    async (run) => {
      started.resolve(run.id)
      return run.step('refund', async (step) =>
        step.action(
          tool,
          { request: { order: 7, eur }, reason: 'It arrived broken.', risk: 'high' },
          (_, { request }) => {
            performed.push(request)
            return request
          },
        ),
      )
    },
  )
  return { started: started.promise, performed, done }
}

interface Asked {
  approval_id: string
  agent_reason: string
}

async function askedBy(run: string): Promise<Asked> {
  const [row] = await until(
    async () =>
      (
        await db.server.query<Asked>(
          'select * from approval_queue where workflow_id = $1 and decision is null and closed_at is null',
          [run],
        )
      ).rows,
    ({ length }) => length > 0,
  )
  if (row === undefined) throw new Error('nothing was asked')
  return row
}

const decide = async (approval: string, verdict: string, edited?: object) =>
  db.server.query(`select decide_approval($1, 'operator:ada', $2, 'looked at it', 1, $3)`, [
    approval,
    verdict,
    edited,
  ])

test('it waits for a person, and then begins', async () => {
  const { started, performed, done } = refunding(worker, 80)
  const { approval_id, agent_reason } = await askedBy(await started)
  expect(agent_reason).toBe('It arrived broken.')
  expect(performed).toEqual([])
  await decide(approval_id, 'approved')
  expect(await done).toEqual({ order: 7, eur: 80 })
})

test('what the policy lets pass waits for nobody', async () => {
  expect(await refunding(worker, 4).done).toEqual({ order: 7, eur: 4 })
})

const gift = (skill?: string) =>
  refunding(worker, 80, { tool: 'gift', ...(skill !== undefined && { skill }) })

test('a policy for one skill asks about its runs, and about no others', async () => {
  expect(await gift().done).toEqual({ order: 7, eur: 80 })
  expect(await gift('friends').done).toEqual({ order: 7, eur: 80 })
  const { started, performed, done } = gift('strangers')
  const { approval_id } = await askedBy(await started)
  expect(performed).toEqual([])
  await decide(approval_id, 'approved')
  expect(await done).toEqual({ order: 7, eur: 80 })
})

test('what a reviewer edited is what is performed', async () => {
  const { started, performed, done } = refunding(worker, 80)
  const { approval_id } = await askedBy(await started)
  await decide(approval_id, 'approved', { order: 7, eur: 60 })
  expect(await done).toEqual({ order: 7, eur: 60 })
  expect(performed).toEqual([{ order: 7, eur: 60 }])
})

test('a no is an error that says who and why', async () => {
  const { started, performed, done } = refunding(worker, 80)
  const refused = expect(done).rejects.toThrow(/operator:ada said no: looked at it/)
  const refusal = done.catch((error: unknown) => error)
  await decide((await askedBy(await started)).approval_id, 'rejected')
  await refused
  expect(await refusal).toBeInstanceOf(ApprovalRejectedError)
  expect(await refusal).toBeInstanceOf(ActionRefusedError)
  expect(performed).toEqual([])
})

test('silence until the deadline is an error of its own', async () => {
  const { started, done } = refunding(worker, 80, { tool: 'wire' })
  const refusal = done.catch((error: unknown) => error)
  const { approval_id } = await askedBy(await started)
  await db.owner.query(
    `update approval_queue set expires_at = clock_timestamp() where approval_id = $1`,
    [approval_id],
  )
  await db.server.query('select expire_approvals()')
  expect(await refusal).toBeInstanceOf(ApprovalExpiredError)
})

test.each([
  ['before', undefined],
  ['before, with another request,', { order: 7, eur: 60 }],
])('a decision that came %s the next worker did is found by it', async (_, edited) => {
  const first = new Worker({ url: db.trialUrl })
  const before = refunding(first, 80)
  const id = await before.started
  const { approval_id } = await askedBy(id)
  const stopped = expect(before.done).rejects.toBeInstanceOf(WorkerClosedError)
  await first.close()
  await stopped
  await decide(approval_id, 'approved', edited)
  const after = refunding(worker, 80, { runId: id })
  expect(await after.done).toEqual(edited ?? { order: 7, eur: 80 })
  expect(await rowOf(db, id)).toMatchObject({ status: 'complete', epoch: 2 })
  const { rows } = await db.server.query('select from approval_queue where workflow_id = $1', [id])
  expect(rows).toHaveLength(1)
})

const order = async (version: number) =>
  worker.supervise({ agent: 'buyer' }, async (run) =>
    run.step('order', async (step) =>
      step.action(
        'order',
        { preconditions: [{ table: 'public.stock', key: { id: 1 }, expect: { version } }] },
        () => 'ordered',
      ),
    ),
  )

test('a row that has changed since it was read is an error that says to look again', async () => {
  const superuser = db.pool(db.superUrl)
  await superuser.query(`create table public.stock (id integer primary key, version integer);
    insert into public.stock values (1, 3); grant select on public.stock to public`)
  expect(await order(3)).toBe('ordered')
  const refusal = await order(2).catch((error: unknown) => error)
  expect(refusal).toBeInstanceOf(RecheckRealityError)
  expect(refusal).toMatchObject({ code: 'STATE_DRIFT', errorClass: 'state_drift' })
})
