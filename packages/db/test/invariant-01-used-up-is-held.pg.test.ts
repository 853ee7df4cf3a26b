import { describe, expect, test } from 'vitest'

import * as agents from './support/agents.ts'
import { openContract } from './support/contract.ts'
import { faultsOf } from './support/history.ts'
import * as operators from './support/operators.ts'
import { outcomeOf, refusalOf } from './support/refusal.ts'

// Invariant 1, limits: where nothing is left the run is held, until a person gives it more.
const db = await openContract()

const past = '2001-02-03T04:05:06Z'
const spend = async (run: string, spent: object) =>
  db.alpha.query('select report_progress($1, 1, $2)', [run, spent])

const budgets: [string, object, object, string, object][] = [
  [
    'tokens',
    { tokens: 10 },
    { tokensIn: 6, tokensOut: 4 },
    '10 of 10 tokens are used',
    { tokens: 11 },
  ],
  ['money', { costUsd: 0.5 }, { costUsd: 0.75 }, '0.75 of 0.5 USD are spent', { costUsd: 0.8 }],
  [
    'time',
    { deadline: past },
    {},
    'its deadline was 2001-02-03 04:05:06Z',
    { deadline: '2100-01-01Z' },
  ],
]

async function usedUp(limits: object, spent: object): Promise<string> {
  const run = await agents.startRun(db.alpha, { limits })
  await spend(run, spent)
  expect((await agents.beginAction(db.alpha, run)).decision).toBe('hold')
  return run
}

describe.each(budgets)('of %s nothing is left', (_, limits, spent, why, more) => {
  test('no action and no step begins; the run is held and says why', async () => {
    const run = await agents.startRun(db.alpha, { limits })
    await spend(run, spent)
    const hold = { decision: 'hold', stopReason: 'BUDGET_EXCEEDED', why }
    expect(await agents.beginAction(db.alpha, run)).toEqual(hold)
    expect(await operators.runOf(db.admin, run)).toMatchObject({
      status: 'paused',
      heldBy: ['budget'],
      stopReason: 'BUDGET_EXCEEDED',
      stopDetail: why,
      lastEvent: { kind: 'run.paused', actor: 'holdpoint' },
    })
    expect((await agents.beginStep(db.alpha, run, 1, 'next')).decision).toBe('hold')
    expect(
      (await db.admin.query('select from actions where workflow_id = $1', [run])).rowCount,
    ).toBe(0)
    expect(await faultsOf(db.owner, run)).toEqual([])
  })

  test('what was confirmed before still answers: it begins nothing', async () => {
    const run = await agents.startRun(db.alpha)
    const action = await agents.allowedAction(db.alpha, run)
    await agents.endAction(db.alpha, run, action, { state: 'confirmed', response: 7 })
    await spend(run, spent)
    await operators.raise(db.server, run, limits)
    expect(await agents.beginAction(db.alpha, run)).toMatchObject({ decision: 'done', response: 7 })
    expect((await operators.runOf(db.admin, run)).status).toBe('running')
    expect((await agents.beginAction(db.alpha, run, 1, { key: 'key-2' })).decision).toBe('hold')
  })

  test('a step asks as well', async () => {
    const run = await agents.startRun(db.alpha, { limits })
    await spend(run, spent)
    expect(await agents.beginStep(db.alpha, run, 1, 'next')).toMatchObject({
      decision: 'hold',
      why,
    })
  })

  test('resuming is refused until the limit is raised; raising lets it go on', async () => {
    const run = await usedUp(limits, spent)
    const refusal = await refusalOf(operators.resume(db.server, run))
    expect([refusal.code, refusal.hint]).toEqual(['HP001', 'Raise its limit; that lets it go on.'])
    expect(refusal.message).toContain(why)
    expect(await operators.raise(db.server, run, more)).toMatchObject({
      status: 'running',
      heldBy: [],
      stopReason: null,
      limits: 'deadline' in more ? {} : more,
    })
    expect((await agents.beginAction(db.alpha, run)).decision).toBe('allow')
    expect(await faultsOf(db.owner, run)).toEqual([])
  })

  test('taking the limit away lets it go on as well', async () => {
    const run = await usedUp(limits, spent)
    const none = Object.fromEntries(Object.keys(limits).map((name) => [name, null]))
    expect((await operators.raise(db.server, run, none)).status).toBe('running')
  })
})

describe('of steps', () => {
  test('no more begin than the limit says; actions of the last one still may', async () => {
    const run = await agents.startRun(db.alpha, { step: null, limits: { steps: 2 } })
    for (const step of ['one', 'two']) {
      expect((await agents.beginStep(db.alpha, run, 1, step)).decision).toBe('allow')
    }
    const action = await agents.allowedAction(db.alpha, run)
    await agents.endAction(db.alpha, run, action, { state: 'confirmed' })
    await agents.endStep(db.alpha, run, 1, 'two', { result: 2 })
    const answer = await agents.beginStep(db.alpha, run, 1, 'three')
    expect(answer).toMatchObject({ stopReason: 'BUDGET_EXCEEDED', why: '2 of 2 steps are taken' })
    expect(await outcomeOf(operators.resume(db.server, run))).toBe('HP001')
    expect((await operators.raise(db.server, run, { steps: 3 })).status).toBe('running')
    expect((await agents.beginStep(db.alpha, run, 1, 'three')).decision).toBe('allow')
    expect(await faultsOf(db.owner, run)).toEqual([])
  })

  test('that are done answer without counting', async () => {
    const run = await agents.startRun(db.alpha, { step: null, limits: { steps: 1 } })
    await agents.beginStep(db.alpha, run, 1, 'one')
    await agents.endStep(db.alpha, run, 1, 'one', { result: 1 })
    expect((await agents.beginStep(db.alpha, run, 1, 'one')).decision).toBe('done')
    expect((await operators.runOf(db.admin, run)).status).toBe('running')
  })
})

describe('plain SQL', () => {
  const overs: [string, string, string][] = [
    ['tokens', 'limit_tokens', 'tokens_in = 10'],
    ['money', 'limit_cost_usd', 'cost_usd = 10'],
  ]
  test.each(overs)(
    'goes over its limit of %s once: that is kept, and then it is held',
    async (_, limit, set) => {
      const { rows } = await db.alpha.query<{ workflow_id: string }>(
        `insert into workflow_checkpoints (agent_id, ${limit}) values ('alpha', 10) returning workflow_id`,
      )
      const run = rows[0]?.workflow_id ?? ''
      await agents.writeStep(db.alpha, run, 'step_2')
      await db.alpha.query(`update workflow_checkpoints set ${set} where workflow_id = $1`, [run])
      const state = await operators.runOf(db.admin, run)
      expect(state).toMatchObject({
        status: 'paused',
        heldBy: ['budget'],
        stopReason: 'BUDGET_EXCEEDED',
      })
      expect(state.spend.tokensIn + state.spend.costUsd).toBe(10)
      expect(await outcomeOf(agents.writeStep(db.alpha, run, 'step_3'))).toBe('HP001')
      expect(await outcomeOf(agents.setStatus(db.alpha, run, 'running'))).toBe('HP001')
      expect(await outcomeOf(agents.writeTask(db.alpha, run))).toBe('HP001')
      expect(await outcomeOf(operators.resume(db.server, run))).toBe('HP001')
      const raised = await operators.raise(db.server, run, { tokens: 20, costUsd: 20 })
      expect(raised.status).toBe('running')
      expect(await outcomeOf(agents.writeStep(db.alpha, run, 'step_3'))).toBe('accepted')
      expect(await faultsOf(db.owner, run)).toEqual([])
    },
  )

  test('takes one step too many, and is held at it', async () => {
    const run = await agents.startPlain(db.alpha, { limits: { steps: 2 } })
    await agents.writeStep(db.alpha, run, 'step_2')
    expect((await operators.runOf(db.admin, run)).status).toBe('running')
    await agents.writeStep(db.alpha, run, 'step_3')
    expect(await operators.runOf(db.admin, run)).toMatchObject({
      step: 'step_3',
      heldBy: ['budget'],
      stopDetail: 'step 3 began, the limit is 2',
    })
    expect(await faultsOf(db.owner, run)).toEqual([])
  })

  test('is held as well while it never says that it runs, and goes back to where it was', async () => {
    const queued = await agents.startPlain(db.alpha, { status: 'queued', limits: { steps: 1 } })
    const approved = await agents.startPlain(db.alpha, { limits: { steps: 1 } })
    await operators.decide(db.server, await agents.requestApproval(db.alpha, approved))
    for (const [run, status] of [
      [queued, 'queued'],
      [approved, 'approved'],
    ] as const) {
      await agents.writeStep(db.alpha, run, 'step_2')
      expect((await operators.runOf(db.admin, run)).heldBy).toEqual(['budget'])
      expect(await outcomeOf(agents.writeStep(db.alpha, run, 'step_3'))).toBe('HP001')
      expect((await operators.raise(db.server, run, { steps: 9 })).status).toBe(status)
      expect(await faultsOf(db.owner, run)).toEqual([])
    }
  })

  test('past its deadline, and after an approval, is held at its next write', async () => {
    const { rows } = await db.alpha.query<{ workflow_id: string }>(
      `insert into workflow_checkpoints (agent_id, deadline_at) values ('alpha', $1) returning workflow_id`,
      [past],
    )
    const run = rows[0]?.workflow_id ?? ''
    await operators.decide(db.server, await agents.requestApproval(db.alpha, run))
    await agents.setStatus(db.alpha, run, 'running')
    expect((await operators.runOf(db.admin, run)).heldBy).toEqual(['budget'])
    expect(await faultsOf(db.owner, run)).toEqual([])
  })

  test('that asks the gate is answered by it', async () => {
    const run = await agents.startPlain(db.alpha, { limits: { tokens: 0 } })
    expect((await agents.beginAction(db.alpha, run, 0)).stopReason).toBe('BUDGET_EXCEEDED')
  })

  test('still ends, and records what happened, while it is held', async () => {
    const run = await agents.startPlain(db.alpha, { limits: { tokens: 0 } })
    await agents.beginAction(db.alpha, run, 0)
    expect(await outcomeOf(agents.writeAudit(db.alpha, run))).toBe('accepted')
    expect(await outcomeOf(agents.setStatus(db.alpha, run, 'complete'))).toBe('accepted')
    expect(await faultsOf(db.owner, run)).toEqual([])
  })
})
