import type { FleetAt, Run, RunStatus } from '@holdpoint/protocol'
import { z } from 'zod'

import { must } from '../database/must.ts'
import { query } from '../trpc/procedure.ts'
import { aliveAt, lastEventAt, openApprovals } from './as-of.ts'
import { instant, past, wireTime } from './moment.ts'

const mostAlive = 10_000
const mostEnded = 500

const at = past('$1')

// One statement: whatever is committed meanwhile, its parts agree.
const fleet = `
  with alive as materialized (
    select a.workflow_id, a.began_at, e.state, e.state ->> 'status' as status,
      row_number() over (order by a.began_at desc, a.workflow_id) as place
    from ${aliveAt(at)} a cross join lateral ${lastEventAt('a', at)} e
  ), ended as (
    select l.workflow_id, l.began_at, l.ended_at from run_lives l
    where l.ended_at <= ${at} order by l.ended_at desc, l.workflow_id limit ${mostEnded}
  ), counts as (
    select status, count(*) as n from alive group by status
    union all
    select status, count(*) from run_lives where ended_at <= ${at} group by status
  ), waiting as (
    -- One that was adopted while it waited has no event of its request.
    select coalesce(sum(greatest(1, (select count(*) from ${openApprovals('a', 'a.state', at)} q))), 0)::float8 as n
    from alive a where a.state -> 'heldBy' ? 'approval'
  )
  select ${wireTime(at)} as at, (select coalesce(jsonb_object_agg(status, n), '{}') from counts) as counts,
    (select n from waiting) as waiting, (select count(*) > ${mostAlive} from alive) as truncated,
    (select coalesce(jsonb_agg(state order by place), '[]') from alive where place <= ${mostAlive}) as alive,
    (select coalesce(jsonb_agg(e.state order by l.ended_at desc, l.workflow_id), '[]')
      from ended l cross join lateral ${lastEventAt('l', at)} e) as ended`

interface Row {
  at: string
  counts: Partial<Record<RunStatus, number>>
  waiting: number
  truncated: boolean
  alive: Run[]
  ended: Run[]
}

/** The fleet exactly as it was at an instant. */
export const fleetAt = query
  .input(z.object({ at: instant }))
  .query(async ({ ctx, input }): Promise<FleetAt> => {
    const [row] = await ctx.database.read<Row>(fleet, [input.at])
    const { alive, ended, waiting, ...rest } = must(row, 'the fleet')
    return { ...rest, runs: [...alive, ...ended], approvalsWaiting: waiting }
  })
