import type { FleetChanges, RunChange } from '@holdpoint/protocol'
import { z } from 'zod'

import { must } from '../database/must.ts'
import { query } from '../trpc/procedure.ts'
import { aliveAt, lastEventAt } from './as-of.ts'
import { past, requireWindow, windowOf, wireTime } from './moment.ts'

const mostRows = 500

const from = past('$1')
const to = past('$2')

/** What each event changes, whatever else it does. */
const still = (state: string): string => `(${state} - '{seq,lastEvent}'::text[])`

/** More runs are not compared: those that ended first, of a window of weeks, are left out. */
const mostCompared = 20_000

// Only what lived in the window can have changed, and what was told of a run after its end.
const changes = `
  with late as (
    select m.workflow_id from event_marks m where m.late and m.at > ${from} and m.at <= ${to}
    union
    select f.workflow_id from fresh_events(${from}, ${to} + interval '1 microsecond') f where f.late and f.at > ${from}
  ), lived as (
    select l.workflow_id, l.began_at, l.ended_at from run_lives l where l.ended_at > ${from} and l.ended_at <= ${to}
    union all
    select a.workflow_id, a.began_at, null from ${aliveAt(to)} a
    union all
    select l.workflow_id, l.began_at, l.ended_at from late join run_lives l using (workflow_id) where l.ended_at <= ${from}
  ), compared as (
    select *, count(*) over () > ${mostCompared} as more from lived order by ended_at desc nulls first limit ${mostCompared}
  ), changed as materialized (
    select a.at, l.workflow_id, b.state as before, a.state as after
    from compared l cross join lateral ${lastEventAt('l', to)} a
    left join lateral ${lastEventAt('l', from)} b on true
    where a.seq is distinct from b.seq and ${still('a.state')} is distinct from ${still('b.state')}
  )
  select ${wireTime(from)} as from, ${wireTime(to)} as to, (select count(*)::float8 from changed) as total,
    coalesce((select more from compared limit 1), false) as more,
    (select coalesce(jsonb_agg(jsonb_build_object('before', c.before, 'after', c.after) order by c.at desc, c.workflow_id), '[]')
      from (select * from changed order by at desc, workflow_id limit ${mostRows}) c) as rows`

interface Row {
  from: string
  to: string
  total: number
  more: boolean
  rows: RunChange[]
}

/** Which runs are not what they were: the fleet of one instant beside that of another. */
export const changed = query
  .input(z.object(windowOf))
  .query(async ({ ctx, input }): Promise<FleetChanges> => {
    requireWindow(input)
    const [row] = await ctx.database.read<Row>(changes, [input.from, input.to])
    const { more, ...answer } = must(row, 'the changes')
    return { ...answer, truncated: more || answer.total > answer.rows.length }
  })
