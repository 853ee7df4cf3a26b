import type { Policy, PolicySpec, PreviewedCall } from '@holdpoint/protocol'
import { afterEach, describe, expect, test } from 'vitest'

import { askServer } from '../../test/ask.ts'

// What a draft is said to do is what it then does: the database decides both, by the same functions.
const { db, operator, startRun } = await askServer()

const made: Policy[] = []
afterEach(async () => {
  for (const { id } of made.splice(0)) await operator.policies.retire({ id })
})

async function save(spec: PolicySpec, of?: Policy): Promise<Policy> {
  const policy = await operator.policies.save({
    ...(of !== undefined && { of: { id: of.id, version: of.version } }),
    spec: spec as never,
  })
  if (of === undefined) made.push(policy)
  return policy
}

const preview = async (spec: PolicySpec, of?: Policy) =>
  operator.policies.preview({ spec: spec as never, ...(of !== undefined && { of: of.id }) })

let named = 0
/** A tool that no other test calls. */
const fresh = (): string => `tool-${(named += 1)}`

/** A call at the gate. @returns its run, and what the gate said */
async function call(
  tool: string,
  eur: number,
  columns: Record<string, unknown> = {},
): Promise<{ run: string; said: string }> {
  const run = await startRun(columns)
  const { rows } = await db.trial.query<{ said: string }>(
    `select begin_action($1, 0, jsonb_build_object('tool', $2::text, 'key', 'k', 'request', jsonb_build_object('eur', $3::int),
      'digest', encode(sha256(convert_to('{"eur":' || $3 || '}', 'utf8')), 'hex'))) ->> 'decision' as said`,
    [run, tool, eur],
  )
  return { run, said: rows[0]?.said ?? '' }
}

/** A request that the agent itself makes. @returns its run */
async function ask(
  tool: string,
  eur: number,
  more: Record<string, unknown> = {},
  columns: Record<string, unknown> = {},
): Promise<string> {
  const run = await startRun(columns)
  const row: Record<string, unknown> = {
    workflow_id: run,
    requested_by: 'a',
    tool,
    arguments: JSON.stringify({ eur }),
    ...more,
  }
  const names = Object.keys(row)
  await db.trial.query(
    `insert into approval_queue (${names.join(', ')}) values (${names.map((_, n) => `$${n + 1}`).join(', ')})`,
    Object.values(row),
  )
  return run
}

const change = { what: 'skill', name: 'answer', from: '3', to: '4' }

describe('the calls of a week', () => {
  test('wait, pass, are free, or are another policy’s, each as it would be', async () => {
    const tool = fresh()
    const other = await save({ name: 'of b', agentId: 'b', tool, gate: false })
    const free = await call(tool, 10)
    const asked = await ask(tool, 30)
    const cheap = await ask(tool, 10)
    const output = await ask(tool, 10, { kind: 'output' })
    const skill = await ask(tool, 0, { kind: 'change', arguments: JSON.stringify(change) })
    const theirs = await call(tool, 30, { agent_id: 'b' })
    const old = await ask(tool, 30)
    await db.owner.query(
      `update approval_queue set asked_at = asked_at - interval '8 days' where workflow_id = $1`,
      [old],
    )
    const draft: PolicySpec = {
      name: 'draft',
      tool,
      gate: false,
      autoApprove: '$.eur <= 20',
      quorum: [{ name: 'on-call', count: 2 }],
      expiresAfterS: 600,
      onExpiry: 'escalate',
      escalation: [{ to: ['operator:eve'], afterS: 60 }],
    }
    const { calls, checkIn } = await preview(draft)
    expect(checkIn).toBeNull()
    expect(calls).toMatchObject({
      considered: 6,
      cut: false,
      counts: { wait: 3, pass: 1, free: 1, other: 1 },
      // The two that no policy asks about, before as after.
      unchanged: 2,
    })
    const would = new Map<string, PreviewedCall>(calls?.examples.map((each) => [each.runId, each]))
    expect(would.get(asked)).toMatchObject({
      asked: true,
      unchanged: false,
      meets: {
        would: 'wait',
        yeses: 2,
        quorum: [{ name: 'on-call', count: 2 }],
        withinS: 600,
        onExpiry: 'escalate',
        next: ['operator:eve'],
      },
    })
    expect(would.get(cheap)?.meets).toEqual({ would: 'pass' })
    // Nobody is spared a look at an output or at a change by a condition on its arguments.
    expect(would.get(output)).toMatchObject({ kind: 'output', meets: { would: 'wait' } })
    expect(would.get(skill)).toMatchObject({ kind: 'change', meets: { would: 'wait' } })
    expect(would.get(free.run)).toMatchObject({ asked: false, meets: { would: 'free' } })
    expect(would.get(theirs.run)?.meets).toEqual({ would: 'other', policy: other.name })
    expect(would.has(old)).toBe(false)
    // What changes comes first.
    expect(calls?.examples.map(({ unchanged }) => unchanged)).toEqual([
      false,
      false,
      false,
      false,
      true,
      true,
    ])
    expect((await operator.policies.list()).map(({ id }) => id)).toEqual([other.id])
  })

  test('that the gate asked about are free where it asks no more; what the agent asked itself still waits', async () => {
    const tool = fresh()
    const policy = await save({ name: 'gated', tool })
    const gated = await call(tool, 30)
    const own = await ask(tool, 30)
    expect(gated.said).toBe('hold')
    const { calls } = await preview({ name: 'gated', tool, gate: false }, policy)
    const would = new Map<string, string>(
      calls?.examples.map((each) => [each.runId, each.meets.would]),
    )
    expect([would.get(gated.run), would.get(own)]).toEqual(['free', 'wait'])
    // As it stands it changes nothing.
    expect((await preview({ name: 'gated', tool }, policy)).calls).toMatchObject({
      considered: 2,
      unchanged: 2,
      examples: [
        { meets: { withinS: null, onExpiry: null, next: null } },
        { meets: { withinS: null, onExpiry: null, next: null } },
      ],
    })
  })

  test('that a policy was about and would be about no more are told, too', async () => {
    const tool = fresh()
    const policy = await save({ name: 'gated', tool: `${tool}*` })
    const call1 = await call(`${tool}.pay`, 30)
    const { calls } = await preview({ name: 'gated', tool: `${tool}.refund` }, policy)
    expect(calls).toMatchObject({ considered: 1, counts: { free: 1 }, unchanged: 0 })
    expect(calls?.examples[0]?.runId).toBe(call1.run)
    // Nor is a draft for no tool about any call, but for those of the version that it takes the place of.
    const none = { name: 'looks', checkInSteps: 3 }
    expect((await preview(none)).calls).toBeNull()
    expect((await preview(none, policy)).calls).toMatchObject({ counts: { free: 1 } })
  })

  test('that a standing approval let pass would wait: it ends with its version', async () => {
    const tool = fresh()
    const policy = await save({ name: 'gated', tool })
    const run = await ask(tool, 30)
    const { rows } = await db.server.query<{ id: string }>(
      'select approval_id as id from approval_queue where workflow_id = $1',
      [run],
    )
    await operator.approvals.decide({
      id: rows[0]?.id ?? '',
      version: 1,
      decision: 'approved',
      further: {
        scope: 'agent',
        condition: '$.eur <= 30',
        maxUses: 5,
        until: new Date(Date.now() + 3_600_000).toISOString(),
      },
    })
    const passed = await call(tool, 20)
    expect(passed.said).toBe('allow')
    const { calls } = await preview({ name: 'gated', tool }, policy)
    expect(calls?.examples[0]).toMatchObject({
      runId: passed.run,
      unchanged: false,
      meets: { would: 'wait' },
    })
  })

  test('of others take nothing’s place, however many they are', async () => {
    const tool = fresh()
    const { run } = await call(tool, 1, { skill: 'pay', agent_id: 'b' })
    const mine = [run, await ask(tool, 2, {}, { skill: 'pay', agent_id: 'b' })]
    for (const eur of [3, 4, 5]) {
      await call(tool, eur)
      await ask(tool, eur)
    }
    for (const whose of [{ skill: 'pay' }, { agentId: 'b' }]) {
      const { rows } = await db.server.query<{ call: PreviewedCall }>(
        'select call from preview_calls(null, $1, 7, 2)',
        [{ name: 'of few', tool, ...whose }],
      )
      expect(rows.map(({ call: { runId } }) => runId).toSorted()).toEqual(mine.toSorted())
    }
  })

  test('are counted by what they would meet, and the agent’s own nearer deadline stays', async () => {
    const tool = fresh()
    const soon = await ask(tool, 30, {
      expires_at: new Date(Date.now() + 60_000),
      on_expiry: 'reject',
    })
    const { calls } = await preview({ name: 'd', tool, expiresAfterS: 600, onExpiry: 'hold' })
    const found = calls?.examples.find(({ runId }) => runId === soon)
    expect(found?.meets).toMatchObject({ would: 'wait', onExpiry: 'hold' })
    const within = found?.meets.would === 'wait' ? found.meets.withinS : null
    expect(within).toBeGreaterThan(0)
    expect(within).toBeLessThanOrEqual(60)
    const without = await preview({ name: 'd', tool })
    expect(without.calls?.examples[0]).toMatchObject({
      unchanged: true,
      meets: { onExpiry: 'reject' },
    })
  })

  test('meet the same when the draft is put in force', async () => {
    const tool = fresh()
    await save({ name: 'of b', agentId: 'b', tool, gate: false })
    const draft: PolicySpec = { name: 'draft', tool, autoApprove: '$.eur <= 20' }
    const kinds = [
      { eur: 10, agent: 'a' },
      { eur: 30, agent: 'a' },
      { eur: 30, agent: 'b' },
    ]
    for (const { eur, agent } of kinds) await call(tool, eur, { agent_id: agent })
    const { calls } = await preview(draft)
    const would = calls?.examples.map(({ meets }) => meets.would).toSorted()
    await save(draft)
    const said: string[] = []
    for (const { eur, agent } of kinds) said.push((await call(tool, eur, { agent_id: agent })).said)
    expect(would).toEqual(['other', 'pass', 'wait'])
    expect(said).toEqual(['allow', 'hold', 'allow'])
  })

  test('are not made to fail by what an agent writes in the log and in its arguments', async () => {
    const run = await startRun()
    await db.trial.query(
      `insert into agent_audit_log (agent_id, workflow_id, action, target_table, target_row_id)
         select agent_id, workflow_id, 'action.begin book', 'actions', 'none' from workflow_checkpoints where workflow_id = $1`,
      [run],
    )
    await db.trial.query(
      `select begin_action($1, 0, jsonb_build_object('tool', 'book', 'key', 'k', 'digest', repeat('0', 64),
         'request', '{"on": "2025-12-31 23:30:00-05"}'::jsonb))`,
      [run],
    )
    const autoApprove = '$.on.datetime() < "2026-01-01".datetime()'
    const { calls } = await preview({ name: 'book', tool: 'book', autoApprove })
    expect(calls).toMatchObject({ considered: 1, counts: { wait: 1 } })
  })
})
