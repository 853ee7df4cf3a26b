import { describe, expect, test } from 'vitest'

import * as agents from './support/agents.ts'
import { openContract } from './support/contract.ts'
import { faultsOf } from './support/history.ts'
import * as operators from './support/operators.ts'
import { one, outcomeOf } from './support/refusal.ts'

// Invariant 10: a run goes on from its last checkpoint under one worker; the one before is fenced off.
const db = await openContract()

async function takenOver(): Promise<string> {
  const run = await agents.startRun(db.alpha)
  await operators.loseWorker(db.owner, db.server, run)
  await agents.claimRun(db.alpha, run)
  return run
}

describe('the worker before', () => {
  test('is denied the next action and the next step', async () => {
    const run = await takenOver()
    expect(await agents.beginAction(db.alpha, run, 1)).toMatchObject({
      decision: 'deny',
      code: 'FENCED',
    })
    expect(await agents.beginStep(db.alpha, run, 1, 'next')).toMatchObject({
      decision: 'deny',
      code: 'FENCED',
    })
    expect((await agents.beginAction(db.alpha, run, 2)).decision).toBe('allow')
  })

  test('is refused every other call', async () => {
    const run = await takenOver()
    const calls = [
      `select end_run($1, 1, 'complete')`,
      `select report_progress($1, 1, '{"goal": "x"}')`,
      `select control_ack($1, 1, 'delivered')`,
      `select end_step($1, 1, 'plan', 1, '{}')`,
      `select release_run($1, 1)`,
    ]
    const before = await operators.runOf(db.admin, run)
    for (const call of calls) {
      expect([call, await outcomeOf(db.alpha.query(call, [run]))]).toEqual([call, 'HP006'])
    }
    expect(await operators.runOf(db.admin, run)).toEqual(before)
  })

  test('is refused an epoch that nobody has yet, or none', async () => {
    const run = await takenOver()
    for (const epoch of [3, 0, -1, null]) {
      const end = db.alpha.query(`select end_run($1, $2, 'complete')`, [run, epoch])
      expect(await outcomeOf(end)).toBe('HP006')
      const answer = await agents.beginAction(db.alpha, run, epoch as number)
      expect(answer).toMatchObject({ decision: 'deny', code: 'FENCED' })
    }
  })

  test('cannot keep the lease by its heartbeat, and is told so', async () => {
    const run = await takenOver()
    const lease = 'select worker, lease_until, heartbeat_at from run_leases where workflow_id = $1'
    const before = await one(db.owner, lease, [run])
    const told = await one(
      db.alpha,
      `select run_epoch, leased from heartbeat('worker-1', array[$1::uuid], 5000)`,
      [run],
    )
    expect(told).toEqual({ run_epoch: 2, leased: false })
    expect(await one(db.owner, lease, [run])).toEqual(before)
  })

  test('has its report kept as late evidence', async () => {
    const run = await agents.startRun(db.alpha)
    const action = await agents.allowedAction(db.alpha, run)
    await operators.loseWorker(db.owner, db.server, run)
    await agents.claimRun(db.alpha, run)
    expect(await agents.endAction(db.alpha, run, action, { state: 'confirmed' })).toMatchObject({
      late: true,
    })
    expect(await faultsOf(db.owner, run)).toEqual([])
  })
})

test('a worker whose lease ran out is denied, also before anyone swept or claimed', async () => {
  const run = await agents.startRun(db.alpha)
  await db.owner.query(
    `update run_leases set lease_until = clock_timestamp() - interval '1 s' where workflow_id = $1`,
    [run],
  )
  const answer = await agents.beginAction(db.alpha, run)
  expect(answer).toMatchObject({
    decision: 'deny',
    code: 'FENCED',
    why: 'the lease ran out; claim the run again',
  })
  expect((await agents.beginStep(db.alpha, run, 1, 'next')).code).toBe('FENCED')
  expect(await faultsOf(db.owner, run)).toEqual([])
})

test('a lost run takes no plain write of the agent, and no end, until it is claimed', async () => {
  const run = await agents.startRun(db.alpha)
  await operators.loseWorker(db.owner, db.server, run)
  expect(await outcomeOf(agents.writeStep(db.alpha, run, 'step_2'))).toBe('HP006')
  expect(await outcomeOf(agents.setStatus(db.alpha, run, 'complete'))).toBe('HP006')
  expect(await outcomeOf(db.alpha.query(`select end_run($1, 1, 'complete')`, [run]))).toBe('HP006')
  expect(await outcomeOf(agents.requestApproval(db.alpha, run))).toBe('HP001')
  expect(await outcomeOf(agents.startPlain(db.alpha, { parent: run }))).toBe('HP001')
})

describe('claiming', () => {
  test('gives back the memory and the steps that were done; those never run again', async () => {
    const run = await agents.startRun(db.alpha)
    await agents.beginStep(db.alpha, run, 1, 'fetch')
    await agents.endStep(db.alpha, run, 1, 'fetch', {
      result: { rows: 3 },
      memory: { seen: [1, 2, 3] },
    })
    await agents.beginStep(db.alpha, run, 1, 'send')
    await operators.loseWorker(db.owner, db.server, run)
    const claim = await agents.claimRun(db.alpha, run)
    expect(claim).toMatchObject({
      run: { epoch: 2, status: 'running' },
      memory: { seen: [1, 2, 3] },
      steps: [{ name: 'fetch', occurrence: 1, result: { rows: 3 } }],
    })
    expect(await agents.beginStep(db.alpha, run, 2, 'fetch')).toEqual({
      decision: 'done',
      result: { rows: 3 },
    })
    expect(await agents.beginStep(db.alpha, run, 2, 'send')).toMatchObject({
      decision: 'allow',
      attempt: 2,
    })
    expect(await faultsOf(db.owner, run)).toEqual([])
  })

  test('is for one of many: the others hear who has it', async () => {
    const run = await agents.startRun(db.alpha)
    await operators.loseWorker(db.owner, db.server, run)
    const claims = Array.from({ length: 8 }, async (_, n) =>
      agents.claimRun(db.alpha, run, `worker-${n}`),
    )
    const outcomes = await Promise.all(claims.map(outcomeOf))
    expect(outcomes.toSorted()).toEqual([...Array<string>(7).fill('HP017'), 'accepted'])
    expect((await operators.runOf(db.admin, run)).epoch).toBe(2)
  })

  test('does not lift a hold: the claimed run waits like any other', async () => {
    const run = await agents.startRun(db.alpha)
    await operators.pause(db.server, run)
    await operators.loseWorker(db.owner, db.server, run)
    await agents.claimRun(db.alpha, run)
    expect(await operators.runOf(db.admin, run)).toMatchObject({
      status: 'paused',
      heldBy: ['operator_pause'],
    })
    expect((await agents.beginAction(db.alpha, run, 2)).decision).toBe('hold')
    expect((await operators.resume(db.server, run)).status).toBe('running')
  })

  test('does not lift a hold that was opened while the run was lost', async () => {
    const run = await agents.startRun(db.alpha)
    await operators.loseWorker(db.owner, db.server, run)
    expect((await operators.pause(db.server, run)).status).toBe('lost')
    expect((await agents.claimRun(db.alpha, run)).run.status).toBe('paused')
    expect((await operators.resume(db.server, run)).status).toBe('running')
    expect(await faultsOf(db.owner, run)).toEqual([])
  })

  test('a run that plain SQL queued puts it under a lease; one that is held stays its own', async () => {
    const run = await agents.startPlain(db.alpha, { status: 'queued' })
    await operators.pause(db.server, run)
    expect(await outcomeOf(agents.claimRun(db.alpha, run))).toBe('HP003')
    await operators.resume(db.server, run)
    const { run: claimed } = await agents.claimRun(db.alpha, run)
    expect(claimed).toMatchObject({ engine: 'sdk', epoch: 1, status: 'running' })
    expect((await agents.beginAction(db.alpha, run, 0)).code).toBe('FENCED')
    expect((await agents.beginAction(db.alpha, run, 1)).decision).toBe('allow')
    expect(await faultsOf(db.owner, run)).toEqual([])
  })

  test('after a no that nothing else holds is reading the answer', async () => {
    const run = await agents.startRun(db.alpha)
    const approval = await agents.requestApproval(db.alpha, run)
    await operators.pause(db.server, run)
    await operators.decide(db.server, approval, 'rejected')
    await operators.loseWorker(db.owner, db.server, run)
    expect((await agents.claimRun(db.alpha, run)).run.status).toBe('paused')
    expect(await operators.resume(db.server, run)).toMatchObject({
      status: 'paused',
      stopReason: 'APPROVAL_REJECTED',
    })
    await operators.loseWorker(db.owner, db.server, run)
    expect((await agents.claimRun(db.alpha, run)).run).toMatchObject({
      status: 'running',
      stopReason: null,
      heldBy: [],
    })
    expect(await faultsOf(db.owner, run)).toEqual([])
  })

  test('is refused for a run that plain SQL drives, and while a worker lives', async () => {
    expect(await outcomeOf(agents.claimRun(db.alpha, await agents.startPlain(db.alpha)))).toBe(
      'HP003',
    )
    expect(await outcomeOf(agents.claimRun(db.alpha, await agents.startRun(db.alpha)))).toBe(
      'HP017',
    )
  })
})

describe('a lease', () => {
  test('cannot be made to last for ever', async () => {
    const run = await agents.startRun(db.alpha, { leaseMs: 2_147_483_647 })
    await db.alpha.query(`select heartbeat('worker-1', array[$1::uuid], 2147483647)`, [run])
    const { short } = await one<{ short: boolean }>(
      db.owner,
      `select lease_until <= heartbeat_at + interval '1 hour 1 second' as short from run_leases where workflow_id = $1`,
      [run],
    )
    expect(short).toBe(true)
  })

  test('is not claimed by a run that says it is driven by plain SQL', async () => {
    expect(await outcomeOf(agents.startRun(db.alpha, { engine: 'sql' }))).toBe('HP010')
  })

  test('is renewed without an event', async () => {
    const run = await agents.startRun(db.alpha)
    for (let n = 0; n < 20; n += 1) {
      await db.alpha.query(`select heartbeat('worker-1', array[$1::uuid])`, [run])
    }
    expect((await operators.runOf(db.admin, run)).seq).toBe(1)
  })
})

test('a step result that is sent twice is taken once', async () => {
  const run = await agents.startRun(db.alpha)
  await agents.beginStep(db.alpha, run, 1, 'fetch')
  await agents.endStep(db.alpha, run, 1, 'fetch', { result: 1 })
  const { seq } = await operators.runOf(db.admin, run)
  expect(await outcomeOf(agents.endStep(db.alpha, run, 1, 'fetch', { result: 1 }))).toBe('accepted')
  expect(await outcomeOf(agents.endStep(db.alpha, run, 1, 'fetch', { result: 2 }))).toBe('HP013')
  expect((await operators.runOf(db.admin, run)).seq).toBe(seq)
})
