import { createTestDatabase } from '@holdpoint/db/testing'
import { afterAll, expect, test } from 'vitest'

import { type ApprovalAnswer, RunEndedError, Worker, WorkerClosedError } from '../src/index.ts'
import { eventsOf, rowOf, signalled, until } from './rows.ts'

const db = await createTestDatabase()
const worker = new Worker({ url: db.trialUrl })
afterAll(async () => worker.close())

interface Queued {
  approval_id: string
  tool: string
  target: string
  arguments: unknown
  digest: string
  agent_reason: string
  reversible: boolean
  risk: string
}

async function approvalOf(run: string): Promise<Queued> {
  const [row] = await until(
    async () =>
      (await db.server.query<Queued>('select * from approval_queue where workflow_id = $1', [run]))
        .rows,
    ({ length }) => length > 0,
  )
  if (row === undefined) throw new Error('no approval')
  return row
}

const decide = async (approval: string, verdict: string, reason: string): Promise<void> => {
  await db.server.query(`select decide_approval($1, 'operator:ada', $2, $3)`, [
    approval,
    verdict,
    reason,
  ])
}

const request = {
  tool: 'payments.refund',
  target: 'order 17',
  arguments: { order: 17, eur: 84.9 },
  reason: 'It arrived broken.',
  reversible: false,
  risk: 'high',
} as const

function askingRun(with_: Worker = worker, runId?: string) {
  const started = signalled<string>()
  const done = with_.supervise(
    { agent: 'refunder', ...(runId !== undefined && { runId }) },
    async (run): Promise<ApprovalAnswer> => {
      started.resolve(run.id)
      return run.step('refund', async (step) => {
        const answer = await step.approve(request)
        if (answer.decision === 'approved')
          await step.action(
            request.tool,
            { target: request.target, request: request.arguments },
            () => 'refunded',
          )
        return answer
      })
    },
  )
  return { started: started.promise, done }
}

test('an approved request lets the run go on by its own edge', async () => {
  const { started, done } = askingRun()
  const id = await started
  const asked = await approvalOf(id)
  expect(asked).toMatchObject({
    tool: 'payments.refund',
    target: 'order 17',
    arguments: { order: 17, eur: 84.9 },
    agent_reason: 'It arrived broken.',
    reversible: false,
    risk: 'high',
  })
  expect(asked.digest).toMatch(/^[0-9a-f]{64}$/)
  expect(await rowOf(db, id)).toMatchObject({ status: 'paused', stop_reason: 'AWAITING_APPROVAL' })
  await decide(asked.approval_id, 'approved', 'fine')
  expect(await done).toMatchObject({ decision: 'approved', approvalId: asked.approval_id })
  expect((await eventsOf(db, id)).map(({ kind }) => kind)).toEqual([
    'run.started',
    'run.step',
    'approval.requested',
    'approval.decided',
    'run.running',
    'action.intended',
    'action.confirmed',
    'step.completed',
    'run.complete',
  ])
})

test('a rejected request comes back with its reason, and the run goes on without the action', async () => {
  const { started, done } = askingRun()
  const id = await started
  const asked = await approvalOf(id)
  await decide(asked.approval_id, 'rejected', 'twice in a week')
  expect(await done).toEqual({
    decision: 'rejected',
    approvalId: asked.approval_id,
    reason: 'twice in a week',
    grade: null,
  })
  expect(await rowOf(db, id)).toMatchObject({ status: 'complete' })
  expect((await eventsOf(db, id)).map(({ kind }) => kind)).not.toContain('action.intended')
})

test('an approval does not lift a pause: the run waits for both', async () => {
  const { started, done } = askingRun()
  const id = await started
  const asked = await approvalOf(id)
  await db.server.query(`select pause_run($1, 'operator:ada')`, [id])
  await decide(asked.approval_id, 'approved', 'fine')
  await until(
    async () => rowOf(db, id),
    ({ control }) => control?.['quiescedAt'] !== null,
  )
  expect(await rowOf(db, id)).toMatchObject({ status: 'paused', stop_reason: 'USER_PAUSED' })
  await db.server.query(`select resume_run($1, 'operator:ada')`, [id])
  expect(await done).toMatchObject({ decision: 'approved' })
})

test('a request outlives its worker: the next one finds it, and its decision, instead of asking again', async () => {
  const first = new Worker({ url: db.trialUrl })
  const before = askingRun(first)
  const id = await before.started
  const asked = await approvalOf(id)
  const stopped = expect(before.done).rejects.toBeInstanceOf(WorkerClosedError)
  await first.close()
  await stopped
  await decide(asked.approval_id, 'approved', 'fine')
  const after = askingRun(worker, id)
  expect(await after.done).toMatchObject({ decision: 'approved', approvalId: asked.approval_id })
  expect(await rowOf(db, id)).toMatchObject({ status: 'complete', epoch: 2 })
  const { rows } = await db.server.query('select from approval_queue where workflow_id = $1', [id])
  expect(rows).toHaveLength(1)
})

test.each(['approved', 'rejected'])(
  'a worker that goes on with a run which waits for its decision reads it when it is %s',
  async (verdict) => {
    const first = new Worker({ url: db.trialUrl })
    const before = askingRun(first)
    const id = await before.started
    const asked = await approvalOf(id)
    const stopped = expect(before.done).rejects.toBeInstanceOf(WorkerClosedError)
    await first.close()
    await stopped
    // It has the run now, and waits at the step before the question.
    const after = askingRun(worker, id)
    await until(
      async () => rowOf(db, id),
      ({ epoch }) => epoch === 2,
    )
    await decide(asked.approval_id, verdict, 'seen')
    expect(await after.done).toMatchObject({ decision: verdict, approvalId: asked.approval_id })
    expect(await rowOf(db, id)).toMatchObject({ status: 'complete', epoch: 2 })
  },
)

test('a run killed while it waits for a decision ends', async () => {
  const { started, done } = askingRun()
  const ended = expect(done).rejects.toBeInstanceOf(RunEndedError)
  const id = await started
  await approvalOf(id)
  await db.server.query(`select kill_run($1, 'operator:ada')`, [id])
  await ended
})

test('two requests of one run are decided apart, and the run goes on after both', async () => {
  const started = signalled<string>()
  const done = worker.supervise({ agent: 'refunder' }, async (run) => {
    started.resolve(run.id)
    return run.step('refund both', async (step) =>
      Promise.all([
        step.approve({ tool: 'refund', arguments: { order: 1 } }),
        step.approve({ tool: 'refund', arguments: { order: 2 } }),
      ]),
    )
  })
  const id = await started.promise
  const open = await until(
    async () =>
      (
        await db.server.query<{ approval_id: string; arguments: { order: number } }>(
          `select approval_id, arguments from approval_queue where workflow_id = $1
           order by arguments ->> 'order'`,
          [id],
        )
      ).rows,
    ({ length }) => length === 2,
  )
  await decide(open[0]?.approval_id ?? '', 'rejected', 'no')
  await decide(open[1]?.approval_id ?? '', 'approved', 'yes')
  expect((await done).map(({ decision }) => decision)).toEqual(['rejected', 'approved'])
  expect(await rowOf(db, id)).toMatchObject({ status: 'complete' })
})

test('an output comes back with its grade', async () => {
  const started = signalled<string>()
  const done = worker.supervise({ agent: 'writer' }, async (run) => {
    started.resolve(run.id)
    return run.step('grade', async (step) =>
      step.approve({ kind: 'output', tool: 'report', arguments: { text: 'All is well.' } }),
    )
  })
  const { approval_id } = await approvalOf(await started.promise)
  await db.server.query(
    `select decide_approval($1, 'operator:ada', 'approved', null, 1, null, null, '{"score": 0.8, "label": "fair"}')`,
    [approval_id],
  )
  expect(await done).toMatchObject({
    decision: 'approved',
    arguments: { text: 'All is well.' },
    grade: { score: 0.8, label: 'fair' },
  })
})

test('a change that is about to go live is asked about as what it is, and made once', async () => {
  const started = signalled<string>()
  const change = {
    what: 'rubric',
    name: 'tone',
    from: { version: 3 },
    to: { version: 4, text: 'brief' },
  }
  const made: unknown[] = []
  const done = worker.supervise({ agent: 'writer' }, async (run) => {
    started.resolve(run.id)
    return run.step('publish', async (step) => {
      const answer = await step.approve({
        kind: 'change',
        tool: 'rubric.publish',
        arguments: change,
      })
      if (answer.decision === 'rejected') return answer.reason
      return step.action(
        'rubric.publish',
        { request: answer.arguments },
        async (_, { request }) => {
          made.push(request)
          return 'live'
        },
      )
    })
  })
  const { approval_id } = await approvalOf(await started.promise)
  expect(await rowOf(db, await started.promise)).toMatchObject({
    status: 'paused',
    stop_detail: 'asks to change the rubric tone from 3 to 4',
  })
  await decide(approval_id, 'approved', 'shorter is better')
  expect(await done).toBe('live')
  expect(made).toEqual([change])
})
