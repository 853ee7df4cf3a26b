import { eventJson, type Position, postgresEngine, type RunTail } from '@holdpoint/db'
import type { RunId } from '@holdpoint/protocol'

import type { Database } from '../database/database.ts'

/** More than this is not caught up on: a snapshot is cheaper. */
const mostCaughtUp = 2_000
/** The events that a run's snapshot carries; older ones are asked for by page. */
const newestEvents = 500

/** Runs with events that a viewer at `since` has not seen; undefined when they are too many. */
export const runsChangedSince = async (
  database: Database,
  since: Position,
): Promise<RunId[] | undefined> =>
  database.instant(
    async (client) => postgresEngine.runsSince(client, since, mostCaughtUp) as Promise<RunId[]>,
  )

/** What a viewer of one run at `since` has not seen; undefined when it is too much. */
export const runEventsSince = async (
  database: Database,
  run: RunId,
  since: Position,
): Promise<RunTail | undefined> =>
  database.instant(async (client) => postgresEngine.runSince(client, run, since, mostCaughtUp))

export interface LoadedRunPage {
  readonly history: Position
  readonly asOf: string
  readonly seq: number
  /** A `Run` as JSON text. */
  readonly run: string
  /** `RunEvent`s as JSON text, the newest, ascending. */
  readonly events: string
}

const load = `
  select to_json(clock_timestamp()) #>> '{}' as "asOf", w.seq::float8 as seq, run_state(w)::text as run,
    (select '[' || coalesce(string_agg(${eventJson('e')}, ',' order by e.seq), '') || ']'
      from (select * from run_events where workflow_id = w.workflow_id order by seq desc limit ${newestEvents}) e) as events
  from workflow_checkpoints w where w.workflow_id = $1`

/** A run with its newest events, of one instant; undefined when there is no such run. */
export const loadRun = async (database: Database, run: RunId): Promise<LoadedRunPage | undefined> =>
  database.instant(async (client) => {
    const { rows } = await client.query<Omit<LoadedRunPage, 'history'>>(load, [run])
    return rows[0] && { ...rows[0], history: await postgresEngine.position(client) }
  })
