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

describe('raising a limit', () => {
  test('clears the budget and nothing else, and what is still used up keeps it', async () => {
    const run = await usedUp({ tokens: 0, costUsd: 0 }, {})
    await operators.pause(db.server, run)
    expect((await operators.raise(db.server, run, { tokens: 9 })).heldBy).toEqual([
      'operator_pause',
      'budget',
    ])
    expect((await operators.raise(db.server, run, { costUsd: 9 })).heldBy).toEqual([
      'operator_pause',
    ])
    expect(await faultsOf(db.owner, run)).toEqual([])
  })

  test('of a run without a worker leaves it waiting for one', async () => {
    const run = await usedUp({ tokens: 0 }, {})
    await agents.letGo(db.alpha, run)
    expect((await operators.raise(db.server, run, { tokens: 9 })).status).toBe('queued')
    await operators.kill(db.server, run)
  })

  test('leaves who did it, with what was before and after', async () => {
    const run = await agents.startRun(db.alpha, { limits: { tokens: 5 } })
    await operators.raise(db.server, run, { tokens: 50 }, operators.BO)
    const { rows } = await db.admin.query(
      `select actor, action, data_before ->> 'tokens' as was, data_after ->> 'tokens' as is
         from agent_audit_log where workflow_id = $1 and actor like 'operator:%'`,
      [run],
    )
    expect(rows).toEqual([{ actor: operators.BO, action: 'run.raise_limits', was: '5', is: '50' }])
    expect((await operators.runOf(db.admin, run)).lastEvent).toMatchObject({
      kind: 'limits.raised',
      actor: operators.BO,
    })
    expect(await faultsOf(db.owner, run)).toEqual([])
  })

  const limits = { tokens: 100, costUsd: 10, steps: 100, deadline: '2090-01-01T00:00:00Z' }
  const bad: [string, object, string][] = [
    ['fewer tokens', { tokens: 99 }, 'HP010'],
    ['less money', { costUsd: 9.999 }, 'HP010'],
    ['fewer steps, though more tokens', { tokens: 200, steps: 99 }, 'HP010'],
    ['an earlier deadline', { deadline: '2089-12-31T23:59:59Z' }, 'HP010'],
    ['less than nothing', { tokens: -1 }, 'HP010'],
    ['no number', { costUsd: 'NaN' }, '23514'],
    ['no end of time', { deadline: 'infinity' }, '23514'],
    ['a year that no screen can show', { deadline: '20000-01-01' }, '23514'],
    ['more money than can be counted', { costUsd: 1e12 }, '22003'],
    ['more tokens than can be counted', { tokens: 1e19 }, '22003'],
    ['words', { tokens: 'many' }, '22P02'],
    ['a limit that there is not', { money: 5 }, 'HP010'],
    ['nothing', {}, 'HP010'],
    ['a list', [], 'HP010'],
  ]
  test.each(bad)('by %s is refused, and nothing is changed', async (_, given, code) => {
    const run = await agents.startRun(db.alpha, { limits })
    const before = await operators.runOf(db.admin, run)
    const raise = db.server.query(`select raise_limits($1, 'operator:ana', $2)`, [
      run,
      JSON.stringify(given),
    ])
    expect(await outcomeOf(raise)).toBe(code)
    expect(await operators.runOf(db.admin, run)).toEqual(before)
  })

  test('by as much as can be counted is taken', async () => {
    const run = await agents.startRun(db.alpha, { limits })
    const most = { tokens: 9_007_199_254_740_991, costUsd: 99_999_999, steps: 2_147_483_647 }
    const raised = await operators.raise(db.server, run, {
      ...most,
      deadline: '9998-12-31T00:00:00Z',
    })
    expect(raised.limits).toMatchObject(most)
    expect((await agents.beginAction(db.alpha, run)).decision).toBe('allow')
  })

  test('of a run that ended is refused', async () => {
    const run = await agents.startRun(db.alpha, { limits })
    await operators.kill(db.server, run)
    expect(await outcomeOf(operators.raise(db.server, run, { tokens: 200 }))).toBe('HP002')
  })
})
