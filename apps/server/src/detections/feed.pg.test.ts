import { randomUUID } from 'node:crypto'

import { beforeEach, expect, test } from 'vitest'

import { askServer, refusal } from '../../test/ask.ts'
import {
  act,
  follow,
  pointsOf,
  policyOf,
  repeat,
  runOf,
  startWorking,
} from '../../test/drifting.ts'

const { as, db, operator } = await askServer()
const loops = { loopAt: 1 }
let agent = ''

// Each test has an agent, and so a policy, of its own.
beforeEach(async () => {
  agent = `agent-${randomUUID()}`
  await follow(db.server)
})

const holds = async (run: string): Promise<string[]> => {
  const { rows } = await db.owner.query<{ reason: string }>(
    `select stop_reason as reason from run_holds where workflow_id = $1 and kind = 'detection'`,
    [run],
  )
  return rows.map(({ reason }) => reason)
}

test('a run that asks the same and is told the same drifts, and its row and its history say so', async () => {
  const run = await startWorking(db.trial, agent)
  await act(db.trial, run, { request: { q: 'other' }, response: { hits: ['a house by the sea'] } })
  await follow(db.server)
  expect(await runOf(db.server, run)).toMatchObject({ drift: null, status: 'running' })
  for (let before = 0, n = 0; n < 4; n++) {
    await act(db.trial, run)
    await follow(db.server)
    const { drift } = await runOf(db.server, run)
    if (n > 0) expect(drift).toBeGreaterThan(before)
    before = drift ?? 0
  }
  const points = await pointsOf(db.server, run)
  expect(points).toHaveLength(5)
  const { rows } = await db.server.query(
    `select actor, (state ->> 'drift')::float8 as drift from run_events where workflow_id = $1 and kind = 'run.drift' order by seq`,
    [run],
  )
  expect(rows.at(-1)).toMatchObject({ actor: 'holdpoint', drift: points.at(-1)?.score })
  // Nobody asked for more: nothing is held, and nothing is called found.
  expect(await operator.detections.ofRun({ runId: run })).toEqual([])
})

test('a loop is held once where the policy asks for it, and goes on when a person says it was wrong', async () => {
  await policyOf(db.server, agent, loops)
  const run = await startWorking(db.trial, agent)
  await repeat(db.trial, run, 5)
  await follow(db.server)
  expect(await runOf(db.server, run)).toMatchObject({
    status: 'paused',
    stopReason: 'LOOP_DETECTED',
    heldBy: ['detection'],
    stopDetail: expect.stringContaining('5 times') as string,
  })
  expect(await act(db.trial, run)).toBe('hold')
  await follow(db.server)
  expect(await holds(run)).toHaveLength(1)

  const reader = as('operator:guest', ['read'])
  expect((await refusal(reader.runs.resume({ id: run, verdict: 'wrong' }))).code).toBe('FORBIDDEN')
  await operator.runs.resume({ id: run, verdict: 'wrong', reason: 'the queue was empty' })
  const [found] = await operator.detections.ofRun({ runId: run })
  expect(found).toMatchObject({
    finding: 'LOOP_DETECTED',
    held: true,
    open: false,
    verdict: 'wrong',
    verdictBy: 'operator:maria',
    verdictWhy: 'the queue was empty',
  })
  const { rows: audit } = await db.server.query(
    `select action, actor from agent_audit_log where workflow_id = $1 and action in ('run.detect', 'detection.judge', 'run.resume')
     order by seen_at`,
    [run],
  )
  expect(audit).toEqual([
    { action: 'run.detect', actor: 'holdpoint' },
    { action: 'detection.judge', actor: 'operator:maria' },
    { action: 'run.resume', actor: 'operator:maria' },
  ])

  // What the rules held against it is forgotten: it takes a whole loop to be held again.
  await follow(db.server)
  expect(await runOf(db.server, run)).toMatchObject({ status: 'running', drift: 0 })
  await repeat(db.trial, run, 4)
  await follow(db.server)
  expect((await runOf(db.server, run)).status).toBe('running')
  await act(db.trial, run)
  await follow(db.server)
  expect((await runOf(db.server, run)).stopReason).toBe('LOOP_DETECTED')
  expect(await holds(run)).toHaveLength(2)
})

test('a verdict needs something that was found', async () => {
  const run = await startWorking(db.trial, agent)
  await operator.runs.pause({ id: run, reason: null })
  expect((await refusal(operator.runs.resume({ id: run, verdict: 'right' }))).code).toBe(
    'NOTHING_TO_DO',
  )
  expect((await runOf(db.server, run)).status).toBe('paused')
})

test.each([
  ['no policy at all', undefined],
  ['a policy without thresholds', {}],
  ['thresholds of null', { loopAt: null, driftAt: null }],
])('%s: a run that goes in circles is scored and never held', async (_, settings) => {
  if (settings !== undefined) await policyOf(db.server, agent, settings)
  const run = await startWorking(db.trial, agent)
  await repeat(db.trial, run, 20)
  await follow(db.server)
  expect(await runOf(db.server, run)).toMatchObject({ status: 'running', heldBy: [] })
  expect((await runOf(db.server, run)).drift).toBeGreaterThan(0.8)
})

test('a policy that does not hold shows what it found, until the run has moved on or someone has looked', async () => {
  await policyOf(db.server, agent, loops, false)
  const run = await startWorking(db.trial, agent)
  await repeat(db.trial, run, 6)
  await follow(db.server)
  expect((await runOf(db.server, run)).status).toBe('running')
  const mine = async () => (await operator.detections.noted()).filter(({ runId }) => runId === run)
  expect(await mine()).toMatchObject([{ finding: 'LOOP_DETECTED', held: false, open: true }])
  await act(db.trial, run, { response: { hits: ['a lighthouse in the north'] } })
  await follow(db.server)
  expect(await mine()).toEqual([])

  await repeat(db.trial, run, 12)
  await follow(db.server)
  const [again] = await mine()
  expect(again).toMatchObject({ open: true })
  await operator.detections.judge({ id: again?.id ?? '', verdict: 'right', reason: null })
  expect(await mine()).toEqual([])
})

test('a run that closes an item of its checklist at each step is never held', async () => {
  await policyOf(db.server, agent, { loopAt: 0.2, driftAt: 0.2, driftAfter: 1 })
  const run = await startWorking(db.trial, agent)
  for (let n = 1; n <= 8; n++) {
    await db.trial.query('select report_progress($1, 1, $2)', [run, { closed: n, of: 8 }])
    await act(db.trial, run)
    await follow(db.server)
  }
  const { status, drift } = await runOf(db.server, run)
  expect(status).toBe('running')
  expect(drift).toBeNull()
})

test('a tool that is declared poll-like may give the same answer again', async () => {
  await policyOf(db.server, agent, { loopAt: 0.5, tools: { search: { poll: {} } } })
  const run = await startWorking(db.trial, agent)
  await repeat(db.trial, run, 12)
  await follow(db.server)
  expect(await runOf(db.server, run)).toMatchObject({ status: 'running', drift: null })
})

test('what a plain-SQL agent says in the log that it did is compared, too', async () => {
  const run = randomUUID()
  await db.trial.query('insert into workflow_checkpoints (workflow_id, agent_id) values ($1, $2)', [
    run,
    agent,
  ])
  for (let n = 0; n < 4; n++) {
    await db.trial.query(
      `insert into agent_audit_log (agent_id, workflow_id, action, target_table, target_row_id, data_after)
       values ($1, $2, 'look up', 'orders', '47', '{"state": "open"}')`,
      [agent, run],
    )
  }
  await follow(db.server)
  expect(await pointsOf(db.server, run)).toHaveLength(4)
  expect((await runOf(db.server, run)).drift).toBeGreaterThan(0.5)
})

test('a run that was over before it was looked at is scored, and holds nothing', async () => {
  await policyOf(db.server, agent, loops)
  const run = await startWorking(db.trial, agent)
  await repeat(db.trial, run, 6)
  await operator.runs.kill({ id: run, reason: 'enough' })
  await follow(db.server)
  expect(await pointsOf(db.server, run)).toHaveLength(6)
  expect(await holds(run)).toEqual([])
  const { rows } = await db.server.query('select memory from drift_runs where workflow_id = $1', [
    run,
  ])
  expect(rows).toEqual([{ memory: null }])
})

test('a leader that is cut off between two actions is followed by one that goes on from there', async () => {
  await policyOf(db.server, agent, loops)
  const run = await startWorking(db.trial, agent)
  for (let n = 0; n < 5; n++) {
    await act(db.trial, run)
    // What it had read and not written down is lost with it.
    const { rows } = await db.server.query('select memory from drift_runs where workflow_id = $1', [
      run,
    ])
    await follow(db.server, { events: 1 })
    expect(rows).toHaveLength(n === 0 ? 0 : 1)
  }
  expect(await pointsOf(db.server, run)).toHaveLength(5)
  expect(await holds(run)).toHaveLength(1)
})

test('an agent that keeps its row locked keeps no other run from being followed, and is held afterwards', async () => {
  await policyOf(db.server, agent, loops)
  const runs = [await startWorking(db.trial, agent), await startWorking(db.trial, agent)].toSorted()
  for (const run of runs) await repeat(db.trial, run, 5)
  const [first = '', second = ''] = runs
  const busy = await db.trial.connect()
  await busy.query('begin')
  await busy.query('select report_progress($1, 1, $2)', [first, { tokensIn: 1 }])
  await expect(follow(db.server)).rejects.toMatchObject({ code: '55P03' })
  expect((await runOf(db.server, second)).stopReason).toBe('LOOP_DETECTED')
  await busy.query('commit')
  busy.release()
  await follow(db.server)
  expect((await runOf(db.server, first)).stopReason).toBe('LOOP_DETECTED')
  expect(await pointsOf(db.server, first)).toHaveLength(5)
})

test('hostile payloads are followed like any other', async () => {
  await policyOf(db.server, agent, loops)
  const run = await startWorking(db.trial, agent)
  const deep = JSON.parse(`${'['.repeat(90)}${']'.repeat(90)}`) as unknown
  const payloads: unknown[] = [
    deep,
    { ['__proto__']: { constructor: null }, '\u202e': '\ud83d\ude00'.repeat(100) },
    'x'.repeat(250_000),
    Object.fromEntries(Array.from({ length: 5_000 }, (_, n) => [`k${n}`, n])),
    '<script>alert(1)</script>',
    `'; drop table drift_points; --`,
    -0.1e-300,
    null,
  ]
  for (const payload of payloads) {
    for (let n = 0; n < 2; n++) {
      await act(db.trial, run, { tool: `t "'\\ ${n}`, request: payload, response: payload })
    }
  }
  await follow(db.server)
  expect(await pointsOf(db.server, run)).toHaveLength(payloads.length * 2)
  expect((await runOf(db.server, run)).status).toBe('running')
})
