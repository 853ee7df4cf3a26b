import { expect, test } from 'vitest'

import { askServer } from '../../../test/ask.ts'

const { db, operator, startRun } = await askServer()
const from = new Date(Date.now() - 60_000).toISOString()

const timeline = async (agents?: readonly string[]) =>
  operator.history.timeline({
    from,
    to: new Date(Date.now() + 60_000).toISOString(),
    width: 900,
    ...(agents !== undefined && { agents: [...agents] }),
  })

const words = (acts: readonly { action: string; actor: string; text: string }[]) =>
  acts.map(({ action, actor, text }) => [action, actor, text])

async function found(run: string, agent: string): Promise<string> {
  const { rows } = await db.owner.query<{ id: string }>(
    `insert into detections (workflow_id, agent_id, rule, finding, seq, score, why, evidence, policy_version)
     values ($1, $2, 'repeats', 'LOOP_DETECTED', 1, 1, 'the same again', '{1}', 1) returning detection_id as id`,
    [run, agent],
  )
  return rows[0]?.id ?? ''
}

const near = (a: string, b: string) => Math.abs(Date.parse(a) - Date.parse(b)) < 1000

/** All that people can do about a run, its agent and the fleet. */
async function everything(): Promise<void> {
  const { runs, approvals, detections, policies, agents, views } = operator
  const run = await startRun({ agent_id: 'busy' })
  await runs.pause({ id: run, reason: 'look' })
  await runs.look({ id: run })
  await runs.raiseLimits({ id: run, limits: { tokens: 900 }, reason: 'more' })
  await runs.resume({ id: run, reason: 'seen' })
  await detections.judge({ id: await found(run, 'busy'), verdict: 'wrong', reason: 'it waits' })
  const { rows } = await db.trial.query<{ id: string }>(
    `insert into approval_queue (workflow_id, requested_by, tool) values ($1, 'busy', 'refund') returning approval_id as id`,
    [run],
  )
  const id = rows[0]?.id ?? ''
  const until = new Date(Date.now() + 3_600_000).toISOString()
  await approvals.extend({ id, version: 1, until, reason: 'lunch' })
  await approvals.decide({ id, version: 2, decision: 'rejected', reason: 'no' })
  await detections.savePolicy({
    agentId: 'busy',
    settings: { loopAt: 1 },
    holds: true,
    reason: 'loops',
    expected: 0,
  })
  const own = { name: 'refunds of busy', tool: 'refund', agentId: 'busy' }
  await policies.save({ spec: own, reason: 'too many' })
  const all = await policies.save({
    spec: { name: 'all mail', tool: 'mail.*' },
    reason: 'it was read',
  })
  await policies.retire({ id: all.id, reason: 'back' })
  await db.addAgent('busy')
  await agents.isolate({ agentId: 'busy', reason: 'deletes' })
  await agents.release({ agentId: 'busy', reason: 'mended' })
  await views.save({ name: 'mine', search: 'state=running' })
  await runs.kill({ id: run, reason: 'enough' })
}

test('whatever people do has its mark: at the run, at the agent, or at the whole fleet', async () => {
  await everything()
  const { lanes, fleet } = await timeline()
  const marks = lanes.flatMap((lane) => lane.marks)
  const acts = [...fleet.acts, ...lanes.flatMap((lane) => lane.acts)]
  const { rows: log } = await db.server.query<{
    id: string
    action: string
    run: string
    actor: string
    at: string
  }>(
    `select log_id as id, action, workflow_id as run, actor, to_json(seen_at) #>> '{}' as at from agent_audit_log
     where actor not like 'agent:%' order by seen_at`,
  )
  const without = log.filter(
    (row) =>
      !acts.some(({ id }) => id === row.id) &&
      !marks.some(
        ({ runId, actor, at }) => runId === row.run && actor === row.actor && near(at, row.at),
      ),
  )
  expect(without.map(({ action }) => action)).toEqual([])
  expect(log.length).toBeGreaterThan(12)
  // What a run's own history tells is not told twice.
  expect(new Set(acts.filter(({ runId }) => runId !== null).map(({ action }) => action))).toEqual(
    new Set(['detection.judge']),
  )

  const by = 'operator:maria'
  expect(words(lanes.find(({ agentId }) => agentId === 'busy')?.acts ?? [])).toEqual([
    ['detection.judge', by, 'Loop detected, it was wrong, it waits'],
    ['drift.policy', by, 'version 1, loops'],
    ['policy.save', by, 'refunds of busy, refund, version 1, too many'],
    ['agent.isolate', by, expect.stringMatching(/deletes$/)],
    ['agent.end_sessions', by, expect.stringMatching(/deletes$/)],
    ['agent.release', by, expect.stringMatching(/mended$/)],
  ])
  expect(words(fleet.acts)).toEqual([
    ['policy.save', by, 'all mail, mail.*, version 1, it was read'],
    ['policy.retire', by, 'back'],
    ['view.save', by, 'mine'],
  ])
  expect(fleet.moreActs).toBe(0)
})

test('an agent that did nothing has a lane for what was done about it; a policy for all is told with each', async () => {
  await operator.policies.save({
    spec: { name: 'quiet', tool: 'x', agentId: 'never ran' },
    reason: 'ahead of time',
  })
  await operator.policies.save({ spec: { name: 'everyone', tool: 'y' }, reason: 'all of them' })
  const { lanes, fleet } = await timeline(['never ran'])
  expect(
    lanes.map(({ agentId, runsInWindow, acts }) => [agentId, runsInWindow, acts.length]),
  ).toEqual([['never ran', 0, 1]])
  expect(words(fleet.acts).at(-1)).toEqual([
    'policy.save',
    'operator:maria',
    'everyone, y, version 1, all of them',
  ])
  const { operatorActions } = await operator.history.summary({
    from,
    to: new Date().toISOString(),
    agents: ['never ran'],
  })
  expect(operatorActions.map(({ action, why }) => [action, why]).slice(-2)).toEqual([
    ['policy.save', 'ahead of time'],
    ['policy.save', 'all of them'],
  ])
  expect(operatorActions.map(({ action }) => action)).not.toContain('view.save')
})
