import { describe, expect, test } from 'vitest'

import * as agents from './support/agents.ts'
import { openContract } from './support/contract.ts'
import * as operators from './support/operators.ts'
import { outcomeOf, refusalOf } from './support/refusal.ts'

// Invariant 13: what an agent writes about itself cannot widen it, nor break whoever reads it.
const db = await openContract()

describe('an agent cannot widen its budget', () => {
  test.each(['tokens_in = 0', 'tokens_out = tokens_out - 1', 'cost_usd = 0'])('%s', async (set) => {
    const run = await agents.startPlain(db.alpha)
    await db.alpha.query(
      'update workflow_checkpoints set tokens_in = 100, tokens_out = 100, cost_usd = 5 where workflow_id = $1',
      [run],
    )
    const write = db.alpha.query(`update workflow_checkpoints set ${set} where workflow_id = $1`, [
      run,
    ])
    expect(await outcomeOf(write)).toBe('HP010')
  })

  test('nor give tokens back through the SDK', async () => {
    const run = await agents.startRun(db.alpha)
    const action = await agents.allowedAction(db.alpha, run)
    for (const spent of [
      { tokensIn: -5 },
      { tokensOut: -5 },
      { costUsd: -1 },
      { costUsd: 'NaN' },
    ]) {
      const progress = db.alpha.query('select report_progress($1, 1, $2)', [run, spent])
      expect(await outcomeOf(progress)).toBe('HP010')
      const report = agents.endAction(db.alpha, run, action, { state: 'confirmed', ...spent })
      expect(await outcomeOf(report)).toBe('HP010')
    }
  })

  test('nor give itself more, by any path', async () => {
    const run = await agents.startRun(db.alpha, { limits: { tokens: 0 } })
    await agents.beginAction(db.alpha, run)
    const held = await operators.runOf(db.admin, run)
    expect(held.heldBy).toEqual(['budget'])
    const more = { tokens: 1_000_000 }
    const ways: [string, () => Promise<unknown>, string][] = [
      ['by the verb', async () => operators.raise(db.alpha, run, more), '42501'],
      ['by the verb of another login', async () => operators.raise(db.trial, run, more), '42501'],
      ['by resuming', async () => operators.resume(db.alpha, run), '42501'],
      [
        'by update',
        async () =>
          db.alpha.query(
            'update workflow_checkpoints set limit_tokens = 9 where workflow_id = $1',
            [run],
          ),
        '42501',
      ],
      [
        'by an upsert',
        async () =>
          db.alpha.query(
            `insert into workflow_checkpoints (workflow_id, agent_id, limit_tokens) values ($1, 'alpha', 9)
           on conflict (workflow_id) do update set limit_tokens = 9`,
            [run],
          ),
        '42501',
      ],
      [
        'by starting it again',
        async () => agents.startRun(db.alpha, { runId: run, limits: more }),
        'HP017',
      ],
      [
        'by leaving it in the queue again',
        async () => agents.enqueueRun(db.alpha, { runId: run, limits: more }),
        'HP017',
      ],
      ['by a status', async () => agents.setStatus(db.alpha, run, 'running'), 'HP001'],
    ]
    for (const [way, attempt, code] of ways) {
      expect([way, await outcomeOf(attempt())]).toEqual([way, code])
    }
    expect(await operators.runOf(db.admin, run)).toEqual(held)
    // Letting go and claiming gives a new epoch, and nothing else.
    await agents.letGo(db.alpha, run)
    expect((await agents.claimRun(db.alpha, run)).run.heldBy).toEqual(['budget'])
    expect((await agents.beginAction(db.alpha, run, 2)).decision).toBe('hold')
  })

  test('nor start a run with limits that are no amounts', async () => {
    for (const limits of [
      { tokens: -1 },
      { costUsd: 'NaN' },
      { steps: -1 },
      { deadline: 'infinity' },
    ]) {
      expect(await outcomeOf(agents.startRun(db.alpha, { limits }))).toBe('23514')
      expect(await outcomeOf(agents.enqueueRun(db.alpha, { limits }))).toBe('23514')
    }
  })

  test('nor say itself that an action landed whose outcome is unknown', async () => {
    const run = await agents.startRun(db.alpha)
    const action = await agents.allowedAction(db.alpha, run)
    await agents.endAction(db.alpha, run, action, { state: 'unknown' })
    for (const login of [db.alpha, db.beta, db.trial]) {
      expect(await outcomeOf(operators.settle(login, action, false))).toBe('42501')
    }
  })

  test('nor write a number or a time that poisons sums and screens', async () => {
    const values = {
      cost_usd: 'NaN',
      limit_cost_usd: 'NaN',
      created_at: 'infinity',
      deadline_at: 'infinity',
      tokens_in: '-1',
    }
    for (const [column, value] of Object.entries(values)) {
      const insert = `insert into workflow_checkpoints (agent_id, ${column}) values ('alpha', $1)`
      expect(await outcomeOf(db.alpha.query(insert, [value]))).toBe('23514')
    }
  })

  test('nor a time whose year a screen cannot write', async () => {
    const run = await agents.startPlain(db.alpha)
    for (const time of ['10000-01-01', '0044-03-15 BC']) {
      for (const column of ['created_at', 'deadline_at']) {
        const insert = `insert into workflow_checkpoints (agent_id, ${column}) values ('alpha', $1)`
        expect(await outcomeOf(db.alpha.query(insert, [time]))).toBe('23514')
      }
      for (const column of ['requested_at', 'expires_at']) {
        const ask = `insert into approval_queue (workflow_id, ${column}) values ($1, $2)`
        expect(await outcomeOf(db.alpha.query(ask, [run, time]))).toBe('23514')
      }
    }
  })

  test('nor write labels or waits of a shape that screens do not know', async () => {
    const values = [
      ['labels', '[]'],
      ['labels', '{"a": {"b": 1}}'],
      ['labels', '{"a": ["b"]}'],
      ['labels', '{"a": []}'],
      ['waiting_on', '"me"'],
      ['waiting_on', '{"kind": "nap"}'],
      ['waiting_on', '{"kind": "timer", "until": "soon"}'],
      ['waiting_on', '{"kind": "timer", "until": "infinity"}'],
      ['waiting_on', '{"kind": "timer", "until": "2030-13-01T00:00:00Z"}'],
      ['waiting_on', '{"kind": "timer", "until": "2030-01-01T00:00:00 BC"}'],
      ['waiting_on', '{"kind": "timer", "until": "2030-01-01T00:00 Europe/Paris"}'],
      ['waiting_on', '{"kind": "job", "what": {"nested": true}}'],
    ] as const
    for (const [column, value] of values) {
      const insert = `insert into workflow_checkpoints (agent_id, ${column}) values ('alpha', $1)`
      expect(await outcomeOf(db.alpha.query(insert, [value]))).toBe('HP010')
    }
    const fine = { kind: 'timer', what: null, until: '2030-01-31T12:00:00.123456+00:00' }
    await db.alpha.query(
      `insert into workflow_checkpoints (agent_id, waiting_on) values ('alpha', $1)`,
      [fine],
    )
  })

  test('a payload over its limit is refused, also when it comes out of a table compressed', async () => {
    const client = await db.alpha.connect()
    await client.query(
      `create temp table big as select jsonb_build_object('a', repeat('a', 3000000)) as value`,
    )
    const refusal = await refusalOf(
      client.query(
        `insert into workflow_checkpoints (agent_id, step_input) select 'alpha', value from big`,
      ),
    )
    expect(refusal.code).toBe('HP016')
    expect(refusal.message).toMatch(
      /step_input is 30\d+ bytes, the limit is 262144: nothing was written/,
    )
    client.release(true)
  })

  test('a few bytes that read as megabytes are refused', async () => {
    const run = await agents.startPlain(db.alpha)
    const numbers = `(select jsonb_agg('1e131071'::numeric) from generate_series(1, 20))`
    const writes = [
      `update workflow_checkpoints set waiting_on = jsonb_build_object('kind', 'job', 'x', ${numbers})
        where workflow_id = $1`,
      `insert into approval_queue (workflow_id, arguments) values ($1, ${numbers})`,
      `insert into agent_audit_log (agent_id, workflow_id, data_after) values ('alpha', $1, ${numbers})`,
    ]
    for (const write of writes) {
      expect(await outcomeOf(db.alpha.query(write, [run]))).toBe('HP016')
    }
  })

  test('a value that is nested too deep for its readers is refused', async () => {
    const run = await agents.startPlain(db.alpha)
    const ask = async (levels: number) =>
      outcomeOf(
        db.alpha.query('insert into approval_queue (workflow_id, arguments) values ($1, $2)', [
          run,
          '['.repeat(levels) + ']'.repeat(levels),
        ]),
      )
    expect(await ask(6000)).toBe('HP016')
    expect(await ask(102)).toBe('HP016')
    expect(await ask(100)).toBe('accepted')
  })

  test('a late report is bounded like one in time', async () => {
    const run = await agents.startRun(db.alpha)
    const action = await agents.allowedAction(db.alpha, run)
    await db.alpha.query(`select end_run($1, 1, 'complete')`, [run])
    const report = { state: 'confirmed', other: 'x'.repeat(400_000) }
    expect(await outcomeOf(agents.endAction(db.alpha, run, action, report))).toBe('HP016')
  })

  test('a long word of the agent does not swell the history', async () => {
    const run = await agents.startPlain(db.alpha)
    await db.alpha.query(
      `insert into tasks (agent_id, workflow_id, status) values ('alpha', $1, repeat('x', 1000000))`,
      [run],
    )
    const { rows } = await db.owner.query<{ size: number }>(
      `select max(length(detail::text))::int as size from run_events where workflow_id = $1`,
      [run],
    )
    expect(rows[0]?.size).toBeLessThan(1000)
  })
})
