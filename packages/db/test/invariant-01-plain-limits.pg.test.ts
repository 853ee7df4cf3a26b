import { describe, expect, test } from 'vitest'

import * as agents from './support/agents.ts'
import { openContract } from './support/contract.ts'
import { faultsOf } from './support/history.ts'
import * as operators from './support/operators.ts'
import { one, outcomeOf } from './support/refusal.ts'

// Invariant 1, limits: a plain-SQL agent that never writes its run's row is held all the same.
const db = await openContract()

const over: [string, string][] = [
  ['deadline', `deadline_at) values ('alpha', '2001-02-03Z')`],
  ['budget, from the start', `limit_tokens, tokens_in) values ('alpha', 10, 1000)`],
]

describe.each(over)('past its %s, plain SQL', (_, columns) => {
  const start = async (): Promise<string> =>
    one<{ id: string }>(
      db.alpha,
      `insert into workflow_checkpoints (agent_id, ${columns} returning workflow_id as id`,
    ).then(({ id }) => id)

  const writes: [string, (run: string) => Promise<unknown>][] = [
    ['a task', async (run) => agents.writeTask(db.alpha, run)],
    ['an audit row', async (run) => agents.writeAudit(db.alpha, run)],
    [
      'progress',
      async (run) => db.alpha.query(`select report_progress($1, 0, '{"goal": "on"}')`, [run]),
    ],
  ]
  test.each(writes)('that writes only %s is held at it: it is kept', async (__, write) => {
    const run = await start()
    expect(await outcomeOf(write(run))).toBe('accepted')
    expect(await operators.runOf(db.admin, run)).toMatchObject({
      status: 'paused',
      heldBy: ['budget'],
      stopReason: 'BUDGET_EXCEEDED',
    })
    expect(await outcomeOf(agents.writeTask(db.alpha, run))).toBe('HP001')
    expect(await faultsOf(db.owner, run)).toEqual([])
  })
})

test('numbers whose sum does not fit are more than any limit', async () => {
  const most = 9_000_000_000_000_000_000n
  const run = await agents.startRun(db.alpha, { limits: { tokens: 10 } })
  const plain = await agents.startPlain(db.alpha, { limits: { tokens: 10 } })
  for (const each of [run, plain]) {
    await db.alpha.query(
      'update workflow_checkpoints set tokens_in = $2, tokens_out = $2 where workflow_id = $1',
      [each, most],
    )
    expect(await operators.runOf(db.admin, each)).toMatchObject({
      heldBy: ['budget'],
      stopDetail: '18000000000000000000 of 10 tokens are used',
    })
    expect((await operators.raise(db.server, each, { tokens: null })).status).toBe('running')
  }
  expect((await agents.beginAction(db.alpha, run)).decision).toBe('allow')
})
