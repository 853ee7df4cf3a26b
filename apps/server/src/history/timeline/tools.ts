import type { RunId, TimelineTool } from '@holdpoint/protocol'

import type { Database } from '../../database/database.ts'
import { lastEventAt } from '../as-of.ts'
import { past, wireTime } from '../moment.ts'

const mostTools = 6_000

const from = past('$1')
const to = past('$2')

/**
 * A run's state names the tool at work and since when, whoever wrote it. Where that changes, a stretch ends: what the
 * event there says of an action is its outcome. The state at the window's beginning begins the first one.
 */
const tools = `
  with told as (
    select e.workflow_id, e.seq, e.at, e.kind, e.state ->> 'tool' as tool, e.state ->> 'toolTarget' as target,
      (e.state ->> 'toolSince')::timestamptz as since
    from run_events e
    where e.workflow_id = any ($3::uuid[]) and e.at > ${from} and e.at <= ${to}
    union all
    select l.workflow_id, e.seq, e.at, 'before', e.state ->> 'tool', e.state ->> 'toolTarget',
      (e.state ->> 'toolSince')::timestamptz
    from run_lives l cross join lateral ${lastEventAt('l', from)} e
    where l.workflow_id = any ($3::uuid[])
  ), turns as (
    select *, since is distinct from lag(since) over run as turns from told window run as (partition by workflow_id order by seq)
  ), stretches as (
    select *, lead(at) over run as ended, lead(kind) over run as ended_by
    from turns where turns window run as (partition by workflow_id order by seq)
  )
  select workflow_id as "runId", tool, target, ${wireTime('since')} as from, ${wireTime('ended')} as to,
    case when ended_by in ('action.confirmed', 'action.failed', 'action.unknown', 'action.cancelled')
      then substr(ended_by, 8) end as outcome
  from stretches where tool is not null and since is not null
  order by since limit ${mostTools}`

/** What tools these runs used within a window, in the order in which they began. */
export const toolsOf = async (
  database: Database,
  window: { readonly from: string; readonly to: string },
  runs: readonly RunId[],
): Promise<TimelineTool[]> => database.read<TimelineTool>(tools, [window.from, window.to, runs])
