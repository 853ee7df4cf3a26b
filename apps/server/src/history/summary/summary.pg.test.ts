import { afterAll, beforeAll, expect, test } from 'vitest'

import { askServer } from '../../../test/ask.ts'
import { openDatabase } from '../../database/database.ts'
import { readSummary } from './read-summary.ts'

const { db, operator, startRun } = await askServer()
const database = openDatabase(db.serverUrl, () => undefined)
afterAll(async () => database.close())

const agents = ['alpha', 'beta', 'gamma']
const day = 86_400_000

/** Runs that stop, ask, spend and end, one each five hours of the last ninety days. */
async function aQuarter(): Promise<void> {
  for (let n = 0; n < 24; n += 1) {
    const run = await startRun({ agent_id: agents[n % 3] ?? 'alpha' })
    const spend = async (tokens: number) =>
      db.trial.query(
        `update workflow_checkpoints set tokens_in = $2, tokens_out = 1, cost_usd = 0.5 where workflow_id = $1`,
        [run, tokens],
      )
    await spend(100 + n)
    if (n % 4 === 0) {
      await operator.runs.pause({ id: run })
      await operator.runs.resume({ id: run })
    }
    if (n % 3 === 0) await ask(run)
    await spend(200 + n).catch(() => undefined)
    if (n % 5 !== 0) await operator.runs.kill({ id: run })
    await moveBack(run, n)
  }
}

async function ask(run: string): Promise<void> {
  const { rows } = await db.trial.query<{ id: string }>(
    `insert into approval_queue (workflow_id, requested_by, tool) values ($1, 'a', 'refund') returning approval_id as id`,
    [run],
  )
  await operator.approvals.decide({
    id: rows[0]?.id ?? '',
    version: 1,
    decision: 'approved',
    reason: 'fine',
  })
  await db.trial.query(
    `update workflow_checkpoints set status = 'running' where workflow_id = $1`,
    [run],
  )
}

/** As if it had been then: its first event the longest ago, and each next one seven hours nearer. */
async function moveBack(run: string, n: number): Promise<void> {
  const back = `interval '88 days' - $2 * interval '83 hours 17 minutes'`
  const client = await db.pool(db.superUrl).connect()
  try {
    await client.query('begin; set local session_replication_role = replica')
    await client.query(
      `update run_events set at = at - (${back}) + seq * interval '7 hours' where workflow_id = $1`,
      [run, n],
    )
    await client.query(
      `update run_lives set began_at = (select min(at) from run_events where workflow_id = $1),
         ended_at = (select at from run_events where workflow_id = $1 and seq = ended_seq) where workflow_id = $1`,
      [run],
    )
    await client.query('commit')
  } finally {
    client.release()
  }
}

/** Each event of the window looked at by itself. */
async function truth(from: string, to: string, agent: string | null): Promise<unknown> {
  const { rows } = await db.owner.query(
    `with e as (
       select *, state ->> 'agentId' as agent, state ->> 'status' as status,
         lag(state ->> 'status') over run as before,
         coalesce(lag((state -> 'spend' ->> 'tokensIn')::numeric) over run, 0) as spent
       from run_events window run as (partition by workflow_id order by seq)
     )
     select count(*)::float8 as events,
       (count(*) filter (where status in ('paused', 'lost', 'failed', 'killed') and status is distinct from before))::float8 as stops,
       (count(*) filter (where status = 'killed' and before is distinct from 'killed'))::float8 as killed,
       coalesce(sum((state -> 'spend' ->> 'tokensIn')::numeric - spent), 0)::float8 as tokens,
       count(distinct detail ->> 'approvalId') filter (where kind in ('approval.requested', 'approval.decided'))::float8 as asked
     from e where at > $1 and at <= $2 and ($3::text is null or agent = $3)`,
    [from, to, agent],
  )
  return rows[0]
}

const windows = (): [string, string][] => {
  const now = Date.now()
  const at = (ago: number): string => new Date(now - ago * day).toISOString()
  return [
    [at(90), at(0)],
    [at(60.3), at(20.1)],
    [at(45.013), at(44.2)],
    [at(30.01), at(30.009)],
  ]
}

async function expectTruth(): Promise<void> {
  for (const [from, to] of windows()) {
    for (const agent of [null, 'beta']) {
      const window = { from, to, agents: agent === null ? null : [agent] }
      const facts = await readSummary(database, window, { rows: 500, runs: 500 })
      expect({
        window,
        events: facts.events,
        stops: facts.stopReasons.reduce((sum, { stops }) => sum + stops, 0),
        killed: facts.ended.killed,
        tokens: facts.spend.tokensIn,
        asked: facts.approvals.length,
      }).toEqual({ window, ...((await truth(from, to, agent)) as object) })
      expect(facts.stopped).toHaveLength(
        facts.stopReasons.reduce((sum, { stops }) => sum + stops, 0),
      )
      expect(facts.busiest.reduce((sum, { events }) => sum + events, 0)).toBe(facts.events)
      expect(facts.leftOut).toMatchObject({ stopped: 0, approvals: 0, spend: 0 })
    }
  }
}

beforeAll(aQuarter)

test('of a quarter, a month, a day or a minute it says what was, however much is counted', async () => {
  await expectTruth()
  await db.server.query('select count_history(60)')
  await expectTruth()
  for (;;) {
    const { rows } = await db.server.query<{ n: number }>('select count_history() as n')
    if (rows[0]?.n === 0) break
  }
  await expectTruth()
})

test('a list that is cut has the newest, and says how many it leaves out', async () => {
  const [window] = windows()
  const [from = '', to = ''] = window ?? []
  const whole = await readSummary(database, { from, to, agents: null }, { rows: 500, runs: 500 })
  const cut = await readSummary(database, { from, to, agents: null }, { rows: 3, runs: 500 })
  const troubles = whole.stopped.filter(({ reason }) => reason !== 'AWAITING_APPROVAL')
  expect(cut.stopped).toEqual(troubles.slice(-3))
  expect(cut.leftOut.stopped).toBe(whole.stopped.length - 3)
  expect(cut.operatorActions).toEqual(whole.operatorActions.slice(-3))
  expect(cut.leftOut.operatorActions).toBe(whole.operatorActions.length - 3)
  expect(cut.leftOut.approvals).toBe(whole.approvals.length - 3)
  expect(cut.stopReasons).toEqual(whole.stopReasons)
  expect([cut.events, cut.ended, cut.spend]).toEqual([whole.events, whole.ended, whole.spend])
})
