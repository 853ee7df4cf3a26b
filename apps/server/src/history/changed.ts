import type { FleetChanges, RunChange } from '@holdpoint/protocol'
import { z } from 'zod'

import { must } from '../database/must.ts'
import { query } from '../trpc/procedure.ts'
import { lastEventAt } from './as-of.ts'
import { past, requireWindow, windowOf, wireTime } from './moment.ts'

const mostRows = 500

const from = past('$1')
const to = past('$2')

/** What each event changes, whatever else it does. */
const still = (state: string): string => `(${state} - '{seq,lastEvent}'::text[])`

const changes = `
  with touched as (
    select distinct e.workflow_id from run_events e where e.at > ${from} and e.at <= ${to}
  ), changed as materialized (
    select a.at, l.workflow_id, b.state as before, a.state as after
    from touched t join run_lives l using (workflow_id)
    cross join lateral ${lastEventAt('l', to)} a
    left join lateral ${lastEventAt('l', from)} b on true
    where ${still('a.state')} is distinct from ${still('b.state')}
  )
  select ${wireTime(from)} as from, ${wireTime(to)} as to, (select count(*)::float8 from changed) as total,
    (select coalesce(jsonb_agg(jsonb_build_object('before', c.before, 'after', c.after) order by c.at desc, c.workflow_id), '[]')
      from (select * from changed order by at desc, workflow_id limit ${mostRows}) c) as rows`

/** Which runs are not what they were: the fleet of one instant beside that of another. */
export const changed = query
  .input(z.object(windowOf))
  .query(async ({ ctx, input }): Promise<FleetChanges> => {
    requireWindow(input)
    const [row] = await ctx.database.read<{
      from: string
      to: string
      total: number
      rows: RunChange[]
    }>(changes, [input.from, input.to])
    const answer = must(row, 'the changes')
    return { ...answer, truncated: answer.total > answer.rows.length }
  })
