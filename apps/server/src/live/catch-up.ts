import type { RunId } from '@holdpoint/protocol'

import type { Database } from '../database/database.ts'
import { must } from '../database/must.ts'
import { eventColumns, type EventRow, tailEvent, type TailEvent } from './history.ts'
import { parseSnapshot, type Snapshot } from './snapshot.ts'

/** More than this is not caught up on: a snapshot is cheaper. */
const mostCaughtUp = 2_000
/** The events that a run's snapshot carries; older ones are asked for by page. */
const newestEvents = 500

/** Runs with events that `since` could not see; undefined when they are too many. */
export async function runsChangedSince(
  database: Database,
  since: Snapshot,
): Promise<RunId[] | undefined> {
  const rows = await database.catchUp<{ id: RunId }>(
    `select distinct e.workflow_id as id from (
       select workflow_id from run_events where xid >= $1::xid8 or xid = any ($2::xid8[]) limit ${mostCaughtUp + 1}) e`,
    [String(since.xmax), since.xip],
  )
  return rows.length > mostCaughtUp ? undefined : rows.map(({ id }) => id)
}

/** What a run-viewer that stood at `since` has not seen; undefined when it is too much. */
export async function runEventsSince(
  database: Database,
  run: RunId,
  since: Snapshot,
): Promise<{ events: TailEvent[]; lastSeq: number } | undefined> {
  const rows = await database.catchUp<EventRow & { last: string; id: RunId | null }>(
    `select w.seq as last, 0 as age, ${eventColumns} from workflow_checkpoints w
     left join lateral (
       select * from run_events e where e.workflow_id = w.workflow_id
         and (e.xid >= $2::xid8 or e.xid = any ($3::xid8[])) order by e.seq limit ${mostCaughtUp + 1}
     ) e on true
     where w.workflow_id = $1 order by e.seq`,
    [run, String(since.xmax), since.xip],
  )
  const [first] = rows
  if (first === undefined || rows.length > mostCaughtUp) return undefined
  return { events: first.id === null ? [] : rows.map(tailEvent), lastSeq: Number(first.last) }
}

export interface LoadedRunPage {
  readonly snapshot: Snapshot
  readonly asOf: string
  readonly seq: number
  /** A `Run` as JSON text. */
  readonly run: string
  /** `RunEvent`s as JSON text, the newest, ascending. */
  readonly events: readonly string[]
}

/** A run with its newest events, of one instant; undefined when there is no such run. */
export async function loadRun(database: Database, run: RunId): Promise<LoadedRunPage | undefined> {
  const rows = await database.catchUp<LoadRow>(
    `select pg_current_snapshot()::text as snapshot, to_json(clock_timestamp()) #>> '{}' as now,
       w.seq as last, run_state(w)::text as run, 0 as age, ${eventColumns}
     from workflow_checkpoints w left join lateral (
       select * from run_events e where e.workflow_id = w.workflow_id order by e.seq desc limit ${newestEvents}
     ) e on true
     where w.workflow_id = $1 order by e.seq`,
    [run],
  )
  const [first] = rows
  if (first === undefined) return undefined
  return {
    snapshot: must(parseSnapshot(first.snapshot), 'a snapshot'),
    asOf: first.now,
    seq: Number(first.last),
    run: first.run,
    events: rows.flatMap(({ text }) => (text === null ? [] : [text])),
  }
}

interface LoadRow {
  snapshot: string
  now: string
  last: string
  run: string
  text: string | null
}
