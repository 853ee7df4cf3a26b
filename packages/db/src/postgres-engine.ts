import type { ClientBase } from 'pg'

import type { Engine, Position, RunEvent, RunTail, Tail } from './engine.ts'
import { eventJson } from './event-json.ts'

interface HereRow {
  snapshot: string
  timeline: string
}

/** An event, or nulls where there is none. */
type MaybeEvent = RunEvent | { workflow_id: null }

type TailRow = HereRow & { behind: boolean; now: string; now_ms: number } & MaybeEvent

// The timeline of what is being written now; the control file names an old one for a while after a promotion.
const TIMELINE = `substr(pg_walfile_name(pg_current_wal_lsn()), 1, 8)`

const COLUMNS = 'workflow_id, seq, kind, actor, login, at, detail, state'

// Sequences, ages and times leave as numbers and text whatever the reader's type parsers are.
const EVENT = `
         e.workflow_id, e.seq::float8 as seq, e.kind, e.state ->> 'status' as status,
         e.detail ->> 'approvalId' as approval_id,
         extract(epoch from clock_timestamp() - e.at)::float8 * 1000 as age_ms, e.state::text as state,
         ${eventJson('e')} as json`

/**
 * Exact without waiting for anyone: what is visible now and was not in the last snapshot. Both snapshots come from the
 * statements that read the rows. (Sequences skip late committers, and pg_snapshot_xmin waits for every open writer.)
 */
const READ_TAIL = `
  with here as (
    select pg_current_snapshot() as snapshot, ${TIMELINE} as timeline, clock_timestamp() as now)
  select here.snapshot::text as snapshot, here.timeline,
         pg_snapshot_xmax(here.snapshot) < pg_snapshot_xmax($1::pg_snapshot) as behind,
         to_json(here.now) #>> '{}' as now, extract(epoch from here.now)::float8 * 1000 as now_ms,${EVENT}
    from here
    left join lateral (
      select ${COLUMNS} from events_between($1::pg_snapshot, here.snapshot) limit $2) e on true
   order by e.workflow_id, e.seq`

const RUNS_SINCE = `
  select e.workflow_id, max(e.seen) as seen
    from (select workflow_id, row_number() over ()::float8 as seen
      from events_between($1::pg_snapshot, pg_current_snapshot()) limit $2) e
   group by e.workflow_id`

// Within a run the visible events are its first n, so those after the position follow on without a gap.
const RUN_SINCE = `
  select r.seq::float8 as last_seq,${EVENT}
    from workflow_checkpoints r
    left join lateral (
      select ${COLUMNS} from run_events
       where workflow_id = r.workflow_id
         and (xid >= pg_snapshot_xmax($2::pg_snapshot)
           or xid = any (array(select pg_snapshot_xip($2::pg_snapshot))))
       order by seq limit $3) e on true
   where r.workflow_id = $1
   order by e.seq`

// The planner knows nothing of the newest rows and guesses a third of the table; planning anew each
// time costs ten times what reading does.
const PLAN_ONCE_BY_INDEX = `set enable_seqscan = off; set plan_cache_mode = force_generic_plan; set jit = off`

/** The engine for Postgres 16 and later; clients need no state but their connection. */
export const postgresEngine: Engine = {
  async position(client) {
    const { rows } = await client.query<HereRow>(
      `select pg_current_snapshot()::text as snapshot, ${TIMELINE} as timeline`,
    )
    const [here] = rows
    if (here === undefined) throw new Error('the database did not say where it is')
    return { cluster: await clusterOf(client, here.timeline), snapshot: here.snapshot }
  },

  async tail(client, from, limit) {
    await prepare(client)
    const { rows } = await client.query<TailRow>({
      name: 'holdpoint_tail',
      text: READ_TAIL,
      values: [from.snapshot, limit + 1],
    })
    const [here] = rows
    if (here === undefined) throw new Error('the database did not say where it is')
    const cluster = await clusterOf(client, here.timeline)
    return judge(from, { cluster, snapshot: here.snapshot }, rows, limit)
  },

  async runsSince(client, from, limit) {
    await prepare(client)
    const { rows } = await client.query<{ workflow_id: string; seen: number }>({
      name: 'holdpoint_runs_since',
      text: RUNS_SINCE,
      values: [from.snapshot, limit + 1],
    })
    if (rows.some(({ seen }) => seen > limit)) return undefined
    return rows.map((row) => row.workflow_id)
  },

  async runSince(client, run, from, limit) {
    await prepare(client)
    const { rows } = await client.query<{ last_seq: number } & MaybeEvent>({
      name: 'holdpoint_run_since',
      text: RUN_SINCE,
      values: [run, from.snapshot, limit + 1],
    })
    const [first] = rows
    if (first === undefined || rows.length > limit) return undefined
    return { events: eventsOf(rows), lastSeq: first.last_seq } satisfies RunTail
  },

  async takeLease(pool, name, holder, seconds) {
    const { rows } = await pool.query<{ term: string | number }>(
      `insert into leader_leases (name, holder, expires_at)
       values ($1, $2, clock_timestamp() + $3 * interval '1 second')
       on conflict (name) do update
          set term = leader_leases.term + case when leader_leases.holder = excluded.holder then 0 else 1 end,
              holder = excluded.holder,
              expires_at = excluded.expires_at
        where leader_leases.holder = excluded.holder or leader_leases.expires_at <= clock_timestamp()
       returning term`,
      [name, holder, seconds],
    )
    return rows[0] === undefined ? undefined : { term: Number(rows[0].term) }
  },

  async dropLease(pool, name, holder) {
    await pool.query(
      'update leader_leases set expires_at = clock_timestamp() where name = $1 and holder = $2',
      [name, holder],
    )
  },
}

function judge(from: Position, position: Position, rows: TailRow[], limit: number): Tail {
  if (position.cluster !== from.cluster) return { kind: 'resync', why: 'another-cluster' }
  if (rows[0]?.behind === true) return { kind: 'resync', why: 'older-database' }
  if (rows.length > limit) return { kind: 'resync', why: 'too-many' }
  const { now = '', now_ms: nowMs = 0 } = rows[0] ?? {}
  return { kind: 'events', position, events: eventsOf(rows), now, nowMs }
}

const eventsOf = (rows: MaybeEvent[]): RunEvent[] =>
  rows.flatMap((row) => (row.workflow_id === null ? [] : [asEvent(row)]))

function asEvent(row: RunEvent): RunEvent {
  const { workflow_id, seq, kind, status, approval_id, age_ms, state, json } = row
  return { workflow_id, seq, kind, status, approval_id, age_ms, state, json }
}

async function prepare(client: ClientBase): Promise<void> {
  if (prepared.has(client)) return
  await client.query(PLAN_ONCE_BY_INDEX)
  prepared.add(client)
}

const prepared = new WeakSet<ClientBase>()

/** A connection stays with one database for its life, so only the timeline is read each time. */
const databases = new WeakMap<ClientBase, string>()

async function clusterOf(client: ClientBase, timeline: string): Promise<string> {
  const known = databases.get(client)
  if (known !== undefined) return `${known}.${timeline}`
  const { rows } = await client.query<{ id: string }>(
    `select system_identifier || '.' || (select oid from pg_database where datname = current_database()) as id
       from pg_control_system()`,
  )
  const id = rows[0]?.id ?? ''
  databases.set(client, id)
  return `${id}.${timeline}`
}
