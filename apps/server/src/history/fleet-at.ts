import type { FleetAt, Run, RunStatus } from '@holdpoint/protocol'
import { z } from 'zod'

import { must } from '../database/must.ts'
import { query } from '../trpc/procedure.ts'
import { aliveAt, lastEventAt, openApprovals } from './as-of.ts'
import { instant, past, wireTime } from './moment.ts'

const mostAlive = 10_000
const mostEnded = 500

const at = past('$1')

const hour = `date_bin('1 hour', ${at}, timestamptz 'epoch')`

/**
 * One statement: whatever is committed meanwhile, its parts agree. States are not gathered or sorted there, since they
 * are most of its bytes. Of those who lived every status is told, of the first ones the state.
 */
const fleet = `
  select 'alive' as part, a.place::integer, e.state ->> 'status' as status,
    case when a.place <= ${mostAlive} then e.state end as state,
    -- One that was adopted while it waited has no event of its request.
    case when e.state -> 'heldBy' ? 'approval'
      then greatest(1, (select count(*) from ${openApprovals('a', 'e')} q)) else 0 end::integer as n
  from (select *, row_number() over (order by began_at desc, workflow_id) as place from ${aliveAt(at)} l) a
  cross join lateral ${lastEventAt('a', at)} e
  union all
  select 'ended', l.place::integer, e.state ->> 'status', e.state, 0
  from (
    select l.workflow_id, l.began_at, row_number() over (order by l.ended_at desc, l.workflow_id) as place
    from run_lives l where l.ended_at <= ${at} order by l.ended_at desc, l.workflow_id limit ${mostEnded}) l
  cross join lateral ${lastEventAt('l', at)} e
  union all
  -- By whole hours, then one by one; those that have ended and are not counted yet on top.
  select 'count', 0, status, null, sum(n)::integer from (
    select status, runs as n from end_counts where agent = 0 and hour < ${hour}
    union all
    select status, 1 from run_lives where ended_at >= ${hour} and ended_at <= ${at}
    union all
    select ended_as, 1 from fresh_events('-infinity', 'infinity') where ended_at < ${hour}) ends
  group by status
  union all
  select 'now', 0, ${wireTime(at)}, null, 0`

interface Row {
  part: 'alive' | 'ended' | 'count' | 'now'
  place: number
  status: string
  state: Run | null
  n: number
}

/** The fleet exactly as it was at an instant. */
export const fleetAt = query
  .input(z.object({ at: instant }))
  .query(async ({ ctx, input }): Promise<FleetAt> => {
    const rows = await ctx.database.read<Row>(fleet, [input.at])
    const part = (name: Row['part']): Row[] => rows.filter(({ part }) => part === name)
    const alive = part('alive')
    return {
      at: must(part('now')[0], 'the instant').status,
      runs: [...inOrder(alive), ...inOrder(part('ended'))],
      counts: countsOf(alive, part('count')),
      approvalsWaiting: alive.reduce((sum, { n }) => sum + n, 0),
      truncated: alive.length > mostAlive,
    }
  })

const inOrder = (rows: readonly Row[]): Run[] =>
  rows.toSorted((a, b) => a.place - b.place).flatMap(({ state }) => (state === null ? [] : [state]))

function countsOf(alive: readonly Row[], ended: readonly Row[]): FleetAt['counts'] {
  const counts: Partial<Record<RunStatus, number>> = {}
  for (const { status } of alive)
    counts[status as RunStatus] = (counts[status as RunStatus] ?? 0) + 1
  for (const { status, n } of ended) counts[status as RunStatus] = n
  return counts
}
