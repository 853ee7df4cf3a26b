import { beforeAll, expect, test } from 'vitest'

import { askServer } from '../../../test/ask.ts'

// More runs than can be drawn: what is drawn is some of them, chosen without looking at all, and the counts are exact.
const { db, operator } = await askServer()

const hours = 30
const runs = 12_000
const begins = Date.parse('2026-03-01T00:20:30Z')
const iso = (ms: number) => new Date(ms).toISOString()
const from = iso(begins)
const to = iso(begins + hours * 3_600_000)
const agents = ['crowd-a', 'crowd-b', 'crowd-c']

/** Every run as it was made: the n-th ended n steps after the beginning, each 97th failed, each 211th was killed. */
const made = `
  select md5('crowded' || n)::uuid as id, (array['crowd-a', 'crowd-b', 'crowd-c'])[1 + n % 3] as agent,
    $1::timestamptz + ($2::timestamptz - $1::timestamptz) / $3::integer * (n + 1) as ended,
    case when n % 97 = 0 then 'failed' when n % 211 = 0 then 'killed' else 'complete' end as status
  from generate_series(0, $3::integer - 1) n`

beforeAll(async () => {
  const client = await db.owner.connect()
  await client.query('begin')
  await client.query(
    `insert into run_lives (workflow_id, agent_id, began_at, ended_at, ended_seq, status)
       select id, agent, ended - interval '5 minutes', ended, 1, status from (${made}) m`,
    [from, to, runs],
  )
  await client.query(
    `insert into run_events (workflow_id, seq, kind, actor, login, at, state)
       select id, 1, 'run.' || status, 'agent:' || agent, 'made', ended,
         jsonb_build_object('agentId', agent, 'status', status, 'goal', 'one of many',
           'stopReason', case when status = 'failed' then 'TOOL_FAILURE' when status = 'killed' then 'USER_KILLED' end)
       from (${made}) m`,
    [from, to, runs],
  )
  await client.query('commit')
  client.release()
})

interface Truth {
  id: string
  agent: string
  ended: string
  status: string
}

const truth = async (since: string, until: string): Promise<Truth[]> =>
  (
    await db.owner.query<Truth>(
      `select workflow_id as id, agent_id as agent, to_json(ended_at) #>> '{}' as ended, status from run_lives
         where agent_id like 'crowd-%' and ended_at > $1 and ended_at <= $2`,
      [since, until],
    )
  ).rows

const countAll = async () => {
  for (;;) {
    const { rows } = await db.server.query<{ n: number }>('select count_history(5000) as n')
    if (rows[0]?.n === 0) return
  }
}

async function expectSubset(): Promise<void> {
  const timeline = await operator.history.timeline({ from, to, width: 1000, agents })
  const all = await truth(timeline.from, timeline.to)
  expect(all.length).toBeGreaterThan(10_000)
  expect(timeline.lanes.map(({ agentId }) => agentId).toSorted()).toEqual(agents)
  for (const lane of timeline.lanes) {
    const own = new Map(
      all.filter(({ agent }) => agent === lane.agentId).map((run) => [run.id, run]),
    )
    expect(lane.runsInWindow).toBe(own.size)
    expect(lane.runs.length).toBeLessThanOrEqual(500)
    expect(lane.moreRuns).toBe(own.size - lane.runs.length)
    expect(new Set(lane.runs.map(({ id }) => id)).size).toBe(lane.runs.length)
    for (const run of lane.runs) expect(run.state).toBe(own.get(run.id)?.status)
    expect(drawnIn(lane.runs, timeline)).toEqual(wantedIn([...own.values()], timeline))
  }
}

/** The stretch of the window in which a run ended. */
const stretchOf = (ended: string, window: { readonly from: string; readonly to: string }) => {
  const [a, b] = [Date.parse(window.from), Date.parse(window.to)]
  return Math.ceil(((Date.parse(ended) - a) / (b - a)) * 500)
}

type Window = Parameters<typeof stretchOf>[1]

const drawnIn = (
  drawn: readonly { readonly id: string; readonly to: string | null }[],
  window: Window,
) => new Set(drawn.map((run) => stretchOf(run.to ?? '', window)))

/** Something ended in each of these. */
const wantedIn = (all: readonly Truth[], window: Window) =>
  new Set(all.map(({ ended }) => stretchOf(ended, window)))

test('what is drawn is one run of each stretch of a lane, and the counts are exact, however much is counted', async () => {
  await expectSubset()
  await db.server.query('select count_history(5000) as n')
  await expectSubset()
  await countAll()
  await expectSubset()
})

test('in a stretch, one that failed is drawn before one that was killed, and that before one that was complete', async () => {
  const timeline = await operator.history.timeline({ from, to, width: 1000, agents })
  const all = await truth(timeline.from, timeline.to)
  const rank = ['failed', 'killed', 'complete']
  const cell = (agent: string, ended: string) => `${agent} ${stretchOf(ended, timeline)}`
  const there = Map.groupBy(all, ({ agent, ended }) => cell(agent, ended))
  for (const { agentId, runs: drawn } of timeline.lanes) {
    for (const run of drawn) {
      const others = there.get(cell(agentId, run.to ?? '')) ?? []
      const best = Math.min(...others.map(({ status }) => rank.indexOf(status)))
      expect(rank.indexOf(run.state)).toBe(best)
    }
  }
})
