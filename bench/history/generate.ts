import { Client } from 'pg'

import { copyIn, line } from './copy.ts'
import { goOn, hasEnded, idOf, type Life, newLife, stateOf } from './lives.ts'
import { chance, type Plan, runOf, timeOf } from './plan.ts'

/** Events of one transaction. */
const batch = 20_000
const auditEvery = 5
/** Few come after their run had ended. */
const lateEvery = 2_500
const tables = ['run_events', 'workflow_checkpoints', 'run_lives', 'run_words', 'agent_audit_log']

interface Batch {
  readonly events: string[]
  readonly audit: string[]
}

/**
 * Writes a history as it would have come about, in the order of time, with the rules bypassed: this is the benchmark's
 * own database, and by the rules it would take hours.
 */
export async function generate(adminUrl: string, plan: Plan): Promise<void> {
  const client = new Client({ connectionString: adminUrl })
  await client.connect()
  try {
    await client.query(
      'set search_path = holdpoint; set session_replication_role = replica; set synchronous_commit = off',
    )
    await makePartitions(client, plan)
    const lives = await writeEvents(client, plan)
    // A row is written when its run begins: those of one time lie together.
    await writeRuns(
      client,
      lives.filter((life) => life !== undefined).toSorted((a, b) => (a.began < b.began ? -1 : 1)),
    )
    // As the trigger does at each run's end, which was bypassed.
    await client.query(
      `insert into run_words select k.* from workflow_checkpoints w cross join lateral words_row(w) k where is_final(w.status)`,
    )
    for (const table of tables) {
      await client.query(`vacuum (analyze) ${table}`)
    }
    await client.query('checkpoint')
  } finally {
    await client.end()
  }
}

/** As `make_event_partitions` does ahead of time, for the time that was. */
async function makePartitions(client: Client, plan: Plan): Promise<void> {
  for (
    const at = new Date(plan.begins);
    at.getTime() < plan.ends;
    at.setUTCMonth(at.getUTCMonth() + 1)
  ) {
    at.setUTCDate(1)
    const month = at.toISOString().slice(0, 7)
    const next = new Date(at)
    next.setUTCMonth(at.getUTCMonth() + 1)
    await client.query(
      `create table if not exists run_events_${month.replace('-', '_')} partition of run_events
         for values from ('${month}-01Z') to ('${next.toISOString().slice(0, 7)}-01Z')`,
    )
  }
}

async function writeEvents(client: Client, plan: Plan): Promise<Life[]> {
  const lives: Life[] = []
  const random = chance(11)
  let under = Promise.resolve()
  let next: Batch = { events: [], audit: [] }
  for (let n = 0; n < plan.moments.length; n++) {
    const moment = plan.moments[n] ?? 0
    writeEvent(next, plan, lives, { moment, n }, random)
    if (next.events.length < batch) continue
    await under
    under = writeBatch(client, next)
    next = { events: [], audit: [] }
  }
  await under
  await writeBatch(client, next)
  return lives
}

function writeEvent(
  { events, audit }: Batch,
  plan: Plan,
  lives: Life[],
  { moment, n }: { readonly moment: number; readonly n: number },
  random: () => number,
): void {
  const run = runOf(moment)
  const ms = timeOf(plan.begins, moment)
  // Each at an instant of its own, as of one clock.
  const at = `${new Date(ms).toISOString().slice(0, 23)}${String(n % 1000).padStart(3, '0')}+00:00`
  const old = ms < plan.begins + (plan.ends - plan.begins) / 10
  const life = (lives[run] ??= newLife(run, plan.agents, at, old))
  const told = goOn(life, at, ms >= (plan.to[run] ?? 0), random)
  events.push(
    line([
      life.id,
      life.seq,
      told.kind,
      told.actor,
      'bench',
      at,
      told.detail,
      stateOf(life, told, at),
    ]),
  )
  if (n % auditEvery !== 0) return
  const action = told.kind === 'action.intended' ? `action.begin ${life.tool ?? ''}` : told.kind
  audit.push(
    line([
      idOf(n, 4),
      life.agent,
      life.id,
      action,
      'actions',
      idOf(n, 5),
      'bench',
      at,
      told.actor,
      n % lateEvery === 0 ? 't' : 'f',
    ]),
  )
}

async function writeBatch(client: Client, { events, audit }: Batch): Promise<void> {
  await copyIn(
    client,
    'run_events (workflow_id, seq, kind, actor, login, at, detail, state)',
    events,
  )
  await copyIn(
    client,
    'agent_audit_log (log_id, agent_id, workflow_id, action, target_table, target_row_id, login, seen_at, actor, late)',
    audit,
  )
}

async function writeRuns(client: Client, lives: readonly Life[]): Promise<void> {
  for (let from = 0; from < lives.length; from += batch) {
    const some = lives.slice(from, from + batch)
    await copyIn(
      client,
      'workflow_checkpoints (workflow_id, root_id, agent_id, goal, engine, worker, epoch, seq, status, status_since, current_step, step_since, steps, current_tool, tool_since, stop_reason, held_by, tokens_in, created_at, skill)',
      some.map((life) =>
        line(
          [
            [
              life.id,
              life.id,
              life.agent,
              life.goal,
              'sdk',
              'worker-7',
              1,
              life.seq,
              life.status,
              life.since,
            ],
            [
              `step ${life.step}`,
              life.stepSince,
              life.step,
              life.tool,
              life.toolSince,
              life.stopReason,
            ],
            [life.status === 'paused' ? '{approval}' : '{}', life.tokens, life.began, life.skill],
          ].flat(),
        ),
      ),
    )
    await copyIn(
      client,
      'run_lives (workflow_id, agent_id, began_at, ended_at, ended_seq, status, stop_reason)',
      some.map((life) => {
        const ended = hasEnded(life)
        return line(
          [
            [life.id, life.agent, life.began, ended ? life.since : null, ended ? life.seq : null],
            [ended ? life.status : null, ended ? life.stopReason : null],
          ].flat(),
        )
      }),
    )
  }
}
