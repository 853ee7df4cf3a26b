import { Client } from 'pg'

export interface Past {
  /** The window that is full, and one of the same length that has next to nothing in it. */
  readonly full: Window
  readonly calm: Window
  readonly events: number
}

interface Window {
  readonly from: string
  readonly to: string
}

const day = 86_400_000
const runs = 20_000
const eventsOfARun = 50
const agents = 40
const batches = 20

// Written by sets and without the rules: by them it would take an hour. Every run is of one agent in forty, lives some
// minutes, and one in fifty fails or is killed.
const write = `
  insert into bench_lives
    select gen_random_uuid() as id, 'agent-' || lpad((n % ${agents})::text, 2, '0') as agent,
      $1::timestamptz + (n * 4.14 * interval '1 second') as began, make_interval(secs => 300 + n * 7919 % 1500) as lasted,
      case when n % 50 = 0 then 'failed' when n % 50 = 1 then 'killed' else 'complete' end as status, n
    from generate_series($2::integer, $3::integer) n;
`
const copyRuns = `
  insert into workflow_checkpoints (workflow_id, root_id, agent_id, goal, engine, epoch, seq, status, status_since, created_at)
    select id, id, agent, 'Answer customer ' || n, 'sdk', 1, ${eventsOfARun}, status, began + lasted, began from bench_lives;
  insert into run_lives (workflow_id, agent_id, began_at, ended_at, ended_seq, status, stop_reason)
    select id, agent, began, began + lasted, ${eventsOfARun}, status, case status when 'killed' then 'USER_KILLED' when 'failed'
      then 'TOOL_FAILURE' end from bench_lives;
  insert into run_events (workflow_id, seq, kind, actor, login, at, detail, state)
    select id, e, case when e = 1 then 'run.started' when e = ${eventsOfARun} then 'run.' || status
        else (array['run.step', 'action.intended', 'action.confirmed', 'step.completed'])[1 + e % 4] end,
      case when e = ${eventsOfARun} and status = 'killed' then 'operator:bench' else 'agent:' || agent end, 'bench',
      began + lasted * ((e - 1) / ${eventsOfARun - 1}.0), null,
      jsonb_build_object('id', id, 'agentId', agent, 'status', case when e = ${eventsOfARun} then status else 'running' end,
        'seq', e, 'goal', 'Answer customer ' || n, 'step', 'step ' || e / 4, 'steps', e / 4, 'heldBy', '[]'::jsonb,
        'tool', case when e % 4 = 1 and e < ${eventsOfARun} then 'send_email' end, 'toolTarget', 'mailbox',
        'stopReason', case when e = ${eventsOfARun} then case status when 'killed' then 'USER_KILLED' when 'failed' then 'TOOL_FAILURE' end end,
        'spend', jsonb_build_object('tokensIn', e * 900, 'tokensOut', e * 120, 'costUsd', e * 0.004))
    from bench_lives, generate_series(1, ${eventsOfARun}) e;
  truncate bench_lives;
`

const iso = (ms: number): string => new Date(ms).toISOString()

/** A day with a million events of 20,000 runs of 40 agents, counted as the leading server counts, and a calm one before. */
export async function fillPast(adminUrl: string): Promise<Past> {
  const client = new Client({ connectionString: adminUrl })
  await client.connect()
  const ends = Math.floor(Date.now() / 60_000) * 60_000 - 3_600_000
  const full = { from: iso(ends - day), to: iso(ends) }
  const calm = { from: iso(ends - 4 * day), to: iso(ends - 3 * day) }
  try {
    await client.query(
      'set search_path = holdpoint; set session_replication_role = replica; set synchronous_commit = off',
    )
    await client.query(
      'create temporary table bench_lives (id uuid, agent text, began timestamptz, lasted interval, status text, n integer)',
    )
    const some = async (begins: string, first: number, last: number) => {
      await client.query(write, [begins, first, last])
      await client.query(copyRuns)
    }
    await some(calm.from, 10_000, 10_000)
    for (let batch = 0; batch < batches; batch += 1) {
      const size = runs / batches
      await some(full.from, batch * size + 1, (batch + 1) * size)
    }
    for (const table of ['run_events', 'workflow_checkpoints', 'run_lives'])
      await client.query(`vacuum (analyze) ${table}`)
    while (await countedSome(client)) await client.query('select 1')
    await client.query('vacuum (analyze) event_counts')
  } finally {
    await client.end()
  }
  return { full, calm, events: runs * eventsOfARun }
}

async function countedSome(client: Client): Promise<boolean> {
  const { rows } = await client.query<{ n: number }>('select count_history(100000) as n')
  return (rows[0]?.n ?? 0) > 0
}
