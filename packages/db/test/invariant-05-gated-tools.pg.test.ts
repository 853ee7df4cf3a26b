import { afterEach, describe, expect, test } from 'vitest'

import * as agents from './support/agents.ts'
import { openContract } from './support/contract.ts'
import { awaiting, gating } from './support/gating.ts'
import { faultsOf } from './support/history.ts'
import * as operators from './support/operators.ts'
import { one, outcomeOf } from './support/refusal.ts'
import { behind } from './support/waiting.ts'

// Invariants 5 and 13: what a policy gates does not begin without a yes, whatever the agent's code does.
const db = await openContract()
const { gate, openOf, theOpen, ungate } = gating(db)
afterEach(ungate)

describe('a gated tool', () => {
  test('is asked about by the gate itself, once, and begins after the yes', async () => {
    await gate()
    const run = await agents.startRun(db.alpha)
    const call = { reason: 'It arrived broken.', risk: 'high' }
    expect(await agents.beginCall(db.alpha, run, agents.REFUND, call)).toMatchObject(awaiting)
    expect(await agents.beginCall(db.alpha, run, agents.REFUND, call)).toMatchObject(awaiting)
    expect((await openOf(run))[0]).toMatchObject({
      tool: 'refund',
      arguments: agents.REFUND,
      agent_reason: 'It arrived broken.',
      risk: 'high',
      policy_version: 1,
      requested_login: db.loginOf('alpha'),
    })
    const approval = await theOpen(run)
    await operators.decideOn(db.server, approval, 'approved')
    const { decision, actionId } = await agents.beginCall(db.alpha, run)
    expect(decision).toBe('allow')
    const action = await one(db.admin, 'select approval_id from actions where action_id = $1', [
      actionId,
    ])
    expect(action).toEqual({ approval_id: approval })
    expect(await faultsOf(db.owner, run)).toEqual([])
  })

  test.each(['repeatable read', 'serializable'])(
    'does not begin in a %s snapshot from before its policy',
    async (level) => {
      const run = await agents.startRun(db.alpha)
      const client = await db.alpha.connect()
      try {
        await client.query(`begin isolation level ${level}`)
        await client.query('select from workflow_checkpoints limit 1')
        await gate()
        expect(await outcomeOf(agents.beginCall(client, run))).toBe('40001')
      } finally {
        await client.query('rollback')
        client.release()
      }
      expect(await agents.beginCall(db.alpha, run)).toMatchObject(awaiting)
    },
  )

  test('does not begin where its run was waited for since before its policy', async () => {
    const run = await agents.startRun(db.alpha)
    const late = await behind(
      db.admin,
      {
        pool: db.alpha,
        work: async (client) =>
          client.query(
            `insert into agent_audit_log (agent_id, workflow_id, action) values ('alpha', $1, 'waits')`,
            [run],
          ),
      },
      { pool: db.alpha, work: async (client) => outcomeOf(agents.beginCall(client, run)) },
      gate,
    )
    expect(late).toBe('40001')
    expect(await agents.beginCall(db.alpha, run)).toMatchObject(awaiting)
    expect(await faultsOf(db.owner, run)).toEqual([])
  })

  test('does not begin after a no', async () => {
    await gate()
    const run = await agents.startRun(db.alpha)
    await agents.beginCall(db.alpha, run)
    await operators.decideOn(db.server, await theOpen(run), 'rejected')
    await agents.setStatus(db.alpha, run, 'running')
    expect(await agents.beginCall(db.alpha, run)).toMatchObject({ code: 'APPROVAL_REJECTED' })
  })

  test('is asked about for each call, also while a yes for another waits to be used', async () => {
    await gate()
    const run = await agents.startRun(db.alpha)
    await agents.beginCall(db.alpha, run)
    await operators.decideOn(db.server, await theOpen(run), 'approved')
    const other = { order: 8, eur: 3 }
    expect(await agents.beginCall(db.alpha, run, other, { key: 'b' })).toMatchObject(awaiting)
    await operators.decideOn(db.server, await theOpen(run), 'approved')
    expect(await agents.beginCall(db.alpha, run, other, { key: 'b' })).toMatchObject({
      decision: 'allow',
    })
    expect(await agents.beginCall(db.alpha, run)).toMatchObject({ decision: 'allow' })
    // Both are used: the same once more is a new question.
    expect(await agents.beginCall(db.alpha, run, other, { key: 'c' })).toMatchObject(awaiting)
  })

  test('is gated for those whom its policy names, and for what its name begins with', async () => {
    await gate({ tool: 'pay*', agentId: 'alpha' })
    const run = await agents.startRun(db.alpha)
    const beta = await agents.startRun(db.beta, { agentId: 'beta' })
    const call = { tool: 'payments.send' }
    expect(await agents.beginCall(db.alpha, run, {}, { tool: 'mail' })).toMatchObject({
      decision: 'allow',
    })
    expect(await agents.beginCall(db.beta, beta, {}, call)).toMatchObject({ decision: 'allow' })
    expect(await agents.beginCall(db.alpha, run, {}, { ...call, key: 'p' })).toMatchObject(awaiting)
  })

  test('keeps its gate through a digest that is not its request’s', async () => {
    await gate({ autoApprove: '$.eur < 20' })
    const run = await agents.startRun(db.alpha)
    const digest = agents.digestOf('{"eur":1000}')
    expect(await agents.beginCall(db.alpha, run, agents.REFUND, { digest })).toMatchObject({
      code: 'APPROVAL_MISMATCH',
    })
  })
})

describe('a yes under an earlier version of a policy', () => {
  test('counts no more: the gate asks again', async () => {
    const first = await gate()
    const run = await agents.startRun(db.alpha)
    await agents.beginCall(db.alpha, run)
    await operators.decideOn(db.server, await theOpen(run), 'approved')
    await gate({ fourEyes: false }, first)
    expect(await agents.beginCall(db.alpha, run)).toMatchObject(awaiting)
    await operators.decideOn(db.server, await theOpen(run), 'approved')
    expect(await agents.beginCall(db.alpha, run)).toMatchObject({ decision: 'allow' })
  })

  test('is denied where the policy does not gate: the agent asks again', async () => {
    const first = await gate({ gate: false })
    const run = await agents.startRun(db.alpha)
    const approval = await agents.askFor(db.alpha, run)
    await operators.decideOn(db.server, approval, 'approved')
    await gate({ gate: false, fourEyes: false }, first)
    expect(await agents.beginCall(db.alpha, run)).toMatchObject({ code: 'POLICY_CHANGED' })
  })
})

describe('a condition under which nobody is asked', () => {
  const small = '$.eur <= 20 && $.order > 0'

  test('lets a call begin, and the record says by what', async () => {
    await gate({ autoApprove: small })
    const run = await agents.startRun(db.alpha)
    const { actionId } = await agents.beginCall(db.alpha, run)
    const row = await one(db.admin, 'select cleared_by from actions where action_id = $1', [
      actionId,
    ])
    expect(row).toEqual({ cleared_by: 'policy:refunds@1' })
    expect(await faultsOf(db.owner, run)).toEqual([])
  })

  test('answers a request of the agent, and its run goes on', async () => {
    await gate({ autoApprove: small })
    const run = await agents.startRun(db.alpha)
    const approval = await agents.askFor(db.alpha, run)
    const row = await one(
      db.admin,
      'select decision, decided_by from approval_queue where approval_id = $1',
      [approval],
    )
    expect(row).toEqual({ decision: 'approved', decided_by: 'policy:refunds@1' })
    expect((await operators.runOf(db.admin, run)).heldBy).toEqual([])
    expect(await agents.beginCall(db.alpha, run)).toMatchObject({ decision: 'allow' })
    expect(await faultsOf(db.owner, run)).toEqual([])
  })

  test.each([
    ['too much', { order: 7, eur: 20.01 }],
    ['one missing', { eur: 1 }],
    ['a list of which one is small', { order: 7, eur: [1, 1000] }],
    ['a number in words', { order: 7, eur: '1' }],
    ['nothing', null],
    ['everything', [{ order: 7, eur: 1 }]],
  ])('does not hold for %s', async (_, request) => {
    await gate({ autoApprove: small })
    const run = await agents.startRun(db.alpha)
    expect(await agents.beginCall(db.alpha, run, request)).toMatchObject(awaiting)
  })

  test('reads a time as it is, whatever the session of the agent makes of times', async () => {
    await gate({
      autoApprove: '$.on.datetime() < "2026-01-01 12:00".datetime("YYYY-MM-DD HH24:MI")',
    })
    const client = await db.alpha.connect()
    try {
      for (const [zone, decision, on] of [
        ['Pacific/Kiritimati', 'allow', '2026-01-01 11:30:00+00'],
        ['Etc/GMT+12', 'hold', '2026-01-01 12:30:00+00'],
      ] as const) {
        await client.query(`set timezone to '${zone}'`)
        const run = await agents.startRun(db.alpha)
        expect(await agents.beginCall(client, run, { on })).toMatchObject({ decision })
      }
    } finally {
      await client.query('reset timezone')
      client.release()
    }
  })

  test.each([
    ['no path', 'eur < 1'],
    ['a lax one', 'lax $.eur < 1'],
    ['one through everything', '$.** < 1'],
    ['a longer one', `$.eur < ${'1'.repeat(500)}`],
    ['a back reference', String.raw`$.a like_regex "(a)\\1"`],
  ])('is not %s', async (_, autoApprove) => {
    expect(await outcomeOf(gate({ autoApprove }))).toBe('HP010')
  })
})
