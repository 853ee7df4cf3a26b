import { describe, expect, test } from 'vitest'

import * as agents from './support/agents.ts'
import { openContract } from './support/contract.ts'
import { faultsOf } from './support/history.ts'
import * as operators from './support/operators.ts'
import { outcomeOf } from './support/refusal.ts'

// Invariant 1, limits: what a person gives a run that is held because nothing was left.
const db = await openContract()

async function usedUp(limits: object): Promise<string> {
  const run = await agents.startRun(db.alpha, { limits })
  expect((await agents.beginAction(db.alpha, run)).decision).toBe('hold')
  return run
}

describe('raising a limit', () => {
  test('clears the budget and nothing else, and what is still used up keeps it', async () => {
    const run = await usedUp({ tokens: 0, costUsd: 0 })
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
    const run = await usedUp({ tokens: 0 })
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
