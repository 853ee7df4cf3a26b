import { type FinalStatus, finalStatuses, type Spend } from '@holdpoint/protocol'

import type { Database } from '../../database/database.ts'
import { must } from '../../database/must.ts'
import { aliveAt, endingOf, lastEventAt } from '../as-of.ts'
import { past } from '../moment.ts'
import type { Window } from './window.ts'

export interface Ends {
  readonly ended: Readonly<Record<FinalStatus, number>>
  readonly spend: Spend
  /** Runs that were not compared, since too many lived. */
  readonly leftOut: number
}

const from = past('$1')
const to = past('$2')
const whole = `date_bin('1 hour', ${from} + interval '1 hour' - interval '1 microsecond', timestamptz 'epoch')`
const rest = `date_bin('1 hour', ${to}, timestamptz 'epoch')`

const asked = (agent: string): string => `($3::text[] is null or ${agent} = any ($3))`
const parts = ['tokensIn', 'tokensOut', 'costUsd'] as const
const spent = (spend: string, sign = ''): string =>
  parts.map((part) => `${sign}coalesce((${spend} ->> '${part}')::numeric, 0)`).join(', ')

/** One by one, those that ended beside the whole hours of the window. */
const endedOneByOne = (within: string): string => `
    select l.status, 1, ${spent(`e.state -> 'spend'`)} from run_lives l cross join lateral ${endingOf('l')} e
    where ${within} and ${asked('l.agent_id')}`

/** Of the runs that lived at an instant, the youngest `$4`: what they had spent by then. */
const spentBy = (at: string, sign: string): string => `
    select null, 0, ${spent(`e.state -> 'spend'`, sign)}
    from (select * from ${aliveAt(at)} l where ${asked('l.agent_id')} order by l.began_at desc, l.workflow_id limit $4) l
    cross join lateral ${lastEventAt('l', at)} e`

/**
 * How runs ended, by whole hours and the rest one by one. What was spent in a window is what those that ended in it had
 * spent and those that live at its end have, less what those that lived at its beginning had by then: spend only grows.
 */
const ends = `
  with told(status, runs, "tokensIn", "tokensOut", "costUsd") as (
    select c.status, c.runs, c.tokens_in, c.tokens_out, c.cost_usd from end_counts c
    where c.hour >= ${whole} and c.hour < ${rest} and c.agent = any (case when $3::text[] is null then '{0}'
      else array(select a.agent from history_agents a where a.agent_id = any ($3)) end)
    union all ${endedOneByOne(`l.ended_at > ${from} and l.ended_at <= ${to} and l.ended_at < ${whole}`)}
    union all ${endedOneByOne(`l.ended_at >= greatest(${whole}, ${rest}) and l.ended_at <= ${to}`)}
    union all
    select f.ended_as, 1, ${spent('f.spend')} from fresh_events('-infinity', 'infinity') f
    where f.ended_at >= ${whole} and f.ended_at < ${rest} and ${asked('f.agent_id')}
    union all ${spentBy(to, '')}
    union all ${spentBy(from, '-')}
  )
  select status, sum(runs)::float8 as runs, ${parts.map((part) => `sum("${part}")::float8 as "${part}"`).join(', ')}
  from told group by status`

/** Runs that are more than are compared. */
const tooMany = `
  select greatest((select count(*) from ${aliveAt(from)} l where ${asked('l.agent_id')}) - $4,
    (select count(*) from ${aliveAt(to)} l where ${asked('l.agent_id')}) - $4, 0)::float8 as n`

type Row = Spend & { readonly status: FinalStatus | null; readonly runs: number }

/** How many runs ended in a window, by how, and what the runs of it spent within it; `most` are compared at either end. */
export async function windowEnds(
  database: Database,
  { from: begins, to: until, agents }: Window,
  most: number,
): Promise<Ends> {
  const params = [begins, until, agents, most]
  const [rows, more] = await Promise.all([
    database.read<Row>(ends, params),
    database.read<{ n: number }>(tooMany, params),
  ])
  const runs = new Map(rows.map((row) => [row.status, row.runs]))
  const sum = (part: keyof Spend): number => rows.reduce((all, row) => all + row[part], 0)
  return {
    ended: Object.fromEntries(
      finalStatuses.map((status) => [status, runs.get(status) ?? 0]),
    ) as Ends['ended'],
    spend: {
      tokensIn: sum('tokensIn'),
      tokensOut: sum('tokensOut'),
      costUsd: sum('costUsd'),
    },
    leftOut: must(more[0], 'how many runs there were').n,
  }
}
