import type { RunId, TimelineStretch } from '@holdpoint/protocol'

import type { Database } from '../../database/database.ts'
import { lastEventAt } from '../as-of.ts'
import { past, wireTime } from '../moment.ts'

/** Of more none is told: some without the others would say that a run stood still. */
const mostStretches = 10_000

const from = past('$1')
const to = past('$2')

/**
 * A run's state names its step and its tool, and since when, whoever wrote it. Where that changes, or the run ends, a
 * stretch ends, and what the event there says is its outcome. The state at the window's beginning begins the first one.
 * A step that is said to be over stays in the state until the next begins: it is over nevertheless.
 */
const stretches = `
  with told as (
    select e.workflow_id, e.seq, e.at, e.kind, e.state from run_events e
    where e.workflow_id = any ($3::uuid[]) and e.at > ${from} and e.at <= ${to}
    union all
    select l.workflow_id, e.seq, e.at, coalesce(e.state -> 'lastEvent' ->> 'kind', ''), e.state
    from run_lives l cross join lateral ${lastEventAt('l', from)} e
    where l.workflow_id = any ($3::uuid[])
  ), named as (
    select t.workflow_id, t.seq, t.at, t.kind, w.*,
      bool_or(t.state ->> 'status' in ('complete', 'failed', 'killed') or w.of = 'step' and t.kind in ('step.completed', 'step.failed'))
        over (partition by t.workflow_id, w.of, w.since order by t.seq) as is_over
    from told t cross join lateral (values
      ('step', t.state ->> 'step', null, (t.state ->> 'stepSince')::timestamptz),
      ('tool', t.state ->> 'tool', t.state ->> 'toolTarget', (t.state ->> 'toolSince')::timestamptz)) w(of, name, target, since)
  ), turns as (
    select *, (since, is_over) is distinct from (lag(since) over run, lag(is_over) over run) as turns from named
    window run as (partition by workflow_id, of order by seq)
  ), ended as (
    select *, lead(at) over run as until, lead(kind) over run as ended_by from turns where turns
    window run as (partition by workflow_id, of order by seq)
  )
  select of, workflow_id as "runId", name, target, ${wireTime('since')} as from, ${wireTime('until')} as to,
    case when of = 'tool' and ended_by in ('action.confirmed', 'action.failed', 'action.unknown', 'action.cancelled')
      or of = 'step' and ended_by in ('step.completed', 'step.failed', 'run.failed', 'run.killed')
      then split_part(ended_by, '.', 2) end as outcome
  from ended where name is not null and since is not null and not is_over
  order by since, of limit ${mostStretches + 1}`

/**
 * What steps these runs were at and what tools they used within a window, in the order in which they began; null: they
 * are too many.
 */
export async function stretchesOf(
  database: Database,
  window: { readonly from: string; readonly to: string },
  runs: readonly RunId[],
): Promise<TimelineStretch[] | null> {
  const told = await database.read<TimelineStretch>(stretches, [window.from, window.to, runs])
  return told.length > mostStretches ? null : told
}
