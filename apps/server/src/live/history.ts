import type { EventKind, RunId, RunStatus } from '@holdpoint/protocol'
import type { Client } from 'pg'

import { must } from '../database/must.ts'
import { type ClusterIdentity, parseSnapshot, type Snapshot } from './snapshot.ts'

/** An event as the tail reads it. What goes on to browsers stays the text that the database wrote. */
export interface TailEvent {
  readonly runId: RunId
  readonly seq: number
  readonly kind: EventKind
  readonly status: RunStatus
  readonly approvalId: string | null
  /** A `Run` as JSON text. */
  readonly state: string
  /** A `RunEvent` as JSON text. */
  readonly text: string
  /** Milliseconds between the event and this read, by the database's clock. */
  readonly ageMs: number
}

export interface Reading {
  readonly snapshot: Snapshot
  /** The database's clock. */
  readonly asOf: string
  readonly asOfMs: number
  readonly events: readonly TailEvent[]
  /** More came than one read may hold; `events` is not complete. */
  readonly tooMany: boolean
}

export interface EventRow {
  id: RunId
  seq: string
  kind: EventKind
  status: RunStatus
  approval: string | null
  state: string
  text: string
  age: number | string
}

// Timestamps are written as jsonb writes them, like all that comes from run_state.
export const eventColumns = `
  e.workflow_id as id, e.seq, e.kind, e.state ->> 'status' as status, e.detail ->> 'approvalId' as approval,
  e.state::text as state,
  '{"runId":"' || e.workflow_id || '","seq":' || e.seq || ',"kind":' || to_json(e.kind) || ',"actor":' || to_json(e.actor)
    || ',"login":' || to_json(e.login) || ',"at":' || to_json(e.at) || ',"detail":' || coalesce(e.detail::text, 'null')
    || ',"state":' || e.state::text || '}' as text`

/**
 * Invariant 4: the difference of two snapshots. What is new are the visible rows of transactions that the
 * last read could not see: those that began after it, and those that were open then. Read together with
 * the snapshot of this very statement, so nothing is read twice, missed or waited for.
 */
const readSince = `
  select s.snapshot, s.at, extract(epoch from s.now) * 1000 as ms,
    extract(epoch from s.now - e.at) * 1000 as age, ${eventColumns}
  from (select pg_current_snapshot()::text as snapshot, to_json(clock_timestamp()) #>> '{}' as at, clock_timestamp() as now) s
  left join lateral (
    select * from run_events e where e.xid >= $1::xid8 or e.xid = any ($2::xid8[]) limit $3
  ) e on true
  order by e.workflow_id, e.seq`

interface SinceRow extends Omit<EventRow, 'id'> {
  snapshot: string
  at: string
  ms: string
  id: RunId | null
}

export async function readEventsSince(
  client: Client,
  last: Snapshot,
  mostEvents: number,
): Promise<Reading> {
  const { rows } = await client.query<SinceRow>({
    name: 'tail',
    text: readSince,
    values: [String(last.xmax), last.xip, mostEvents + 1],
  })
  const first = must(rows[0], 'the snapshot of the tail')
  return {
    snapshot: must(parseSnapshot(first.snapshot), 'a snapshot'),
    asOf: first.at,
    asOfMs: Number(first.ms),
    events: first.id === null ? [] : rows.map((row) => tailEvent(row as EventRow)),
    tooMany: rows.length > mostEvents,
  }
}

export const tailEvent = (row: EventRow): TailEvent => ({
  runId: row.id,
  seq: Number(row.seq),
  kind: row.kind,
  status: row.status,
  approvalId: row.approval,
  state: row.state,
  text: row.text,
  ageMs: Number(row.age),
})

/**
 * Which database this is. A failover or a restore to a point in time starts a new timeline; the timeline
 * of the control file lags behind, that of the WAL does not.
 */
export async function readClusterIdentity(client: Client): Promise<ClusterIdentity> {
  const { rows } = await client.query<{ identity: string }>(
    `select (select system_identifier from pg_control_system()) || '/' || left(pg_walfile_name(pg_current_wal_lsn()), 8)
        || '/' || (select oid from pg_database where datname = current_database()) as identity`,
  )
  return must(rows[0], 'the identity of the cluster').identity
}
