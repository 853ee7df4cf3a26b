import { type Position, postgresEngine } from '@holdpoint/db'
import { activeStatuses, finalStatuses, type RunId, type RunStatus } from '@holdpoint/protocol'
import type { Client } from 'pg'

import { inOneInstant } from '../database/database.ts'
import { must } from '../database/must.ts'

interface LoadedRun {
  readonly id: RunId
  readonly seq: number
  readonly status: RunStatus
  readonly openApprovals: readonly string[]
  /** A `Run` as JSON text; null for what is counted but too much to send. */
  readonly state: string | null
}

export interface FleetLoad {
  readonly history: Position
  readonly asOf: string
  readonly counts: Readonly<Partial<Record<RunStatus, number>>>
  /** Every run that has not ended, oldest first, then the latest that have, oldest first. */
  readonly runs: readonly LoadedRun[]
}

export const mostActive = 10_000
export const mostEnded = 500

const load = `
  with active as (
    select w.*, row_number() over (order by w.created_at desc, w.workflow_id) as place from workflow_checkpoints w
    where w.status in ('${activeStatuses.join(`', '`)}')
  ), ended as (
    select e.* from unnest(array['${finalStatuses.join(`', '`)}']) s(status), lateral (
      select w.* from workflow_checkpoints w where w.status = s.status order by w.status_since desc limit ${mostEnded}
    ) e order by e.status_since desc limit ${mostEnded}
  ), waiting as (
    select q.workflow_id, array_agg(q.approval_id::text) as approvals from approval_queue q
    where q.decision is null and q.closed_at is null group by q.workflow_id
  ), shown as (
    select 1 as part, a.place, a.workflow_id, a.seq, a.status,
      case when a.place <= ${mostActive} then (select run_state(w) from workflow_checkpoints w where w.workflow_id = a.workflow_id) end as state
    from active a
    union all
    select 2, row_number() over (order by e.status_since desc), e.workflow_id, e.seq, e.status,
      (select run_state(w) from workflow_checkpoints w where w.workflow_id = e.workflow_id)
    from ended e
  )
  select to_json(clock_timestamp()) #>> '{}' as at,
    (select coalesce(jsonb_object_agg(c.status, c.n), '{}')
      from (select status, count(*) as n from workflow_checkpoints group by status) c) as counts,
    r.workflow_id as id, r.seq::float8 as seq, r.status, r.state::text as state, coalesce(q.approvals, '{}') as approvals
  from (select) one left join shown r on true left join waiting q on q.workflow_id = r.workflow_id
  order by r.part, r.place desc`

interface LoadRow {
  at: string
  counts: Partial<Record<RunStatus, number>>
  id: RunId | null
  seq: number
  status: RunStatus
  state: string | null
  approvals: string[]
}

/** The fleet of one instant. Counting is the slow part, so it is done here and then kept by the tail. */
export async function loadFleet(client: Client): Promise<FleetLoad> {
  return inOneInstant(client, async () => {
    const { rows } = await client.query<LoadRow>({ text: load, values: [] })
    const first = must(rows[0], 'the clock of the database')
    return {
      history: await postgresEngine.position(client),
      asOf: first.at,
      counts: first.counts,
      runs: rows.flatMap((row) =>
        row.id === null
          ? []
          : [
              {
                id: row.id,
                seq: row.seq,
                status: row.status,
                openApprovals: row.approvals,
                state: row.state,
              },
            ],
      ),
    }
  })
}
