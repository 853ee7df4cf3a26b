import type { Instant, RunId, RunSpan } from '@holdpoint/protocol'
import { z } from 'zod'

import { id, query } from '../trpc/procedure.ts'
import { sequences } from './queries.ts'

// A worker that died leaves its attempt unended: it was over when the next one began.
const stepOf = `
  select s.occurrence, s.attempt, s.state, s.ended_at from run_steps s
    where (s.workflow_id, s.name, s.occurrence, s.attempt) = (e.workflow_id, e.name, e.occurrence, e.attempt)
  union all
  select t.occurrence, t.attempt, t.state, coalesce(t.ended_at, (
      select min(n.started_at) from (
        select started_at from step_attempts n where (n.workflow_id, n.name, n.occurrence, n.attempt)
          = (t.workflow_id, t.name, t.occurrence, t.attempt + 1)
        union all
        select started_at from run_steps n where (n.workflow_id, n.name, n.occurrence, n.attempt)
          = (t.workflow_id, t.name, t.occurrence, t.attempt + 1)) n))
    from step_attempts t
    where (t.workflow_id, t.name, t.occurrence, t.attempt) = (e.workflow_id, e.name, e.occurrence, e.attempt)`

const actionOf = `
  select a.state, a.ended_at from actions a where a.action_id = e.action_id and a.attempt = e.attempt
  union all
  select t.state, t.ended_at from action_attempts t where t.action_id = e.action_id and t.attempt = e.attempt`

const spansOf = `
  select case e.kind when 'action.intended' then
      jsonb_build_object('kind', 'action', 'seq', e.seq, 'name', e.tool, 'target', e.target, 'actionId', e.action_id,
        'attempt', e.attempt, 'state', coalesce(a.state, 'unknown'), 'endedAt', a.ended_at)
    else
      jsonb_build_object('kind', 'step', 'seq', e.seq, 'name', e.name, 'kept', case when s.state is not null then
        jsonb_build_object('occurrence', s.occurrence, 'attempt', s.attempt, 'state', s.state, 'endedAt', s.ended_at) end)
    end as span
  from (
    select workflow_id, seq, kind, coalesce(detail ->> 'step', state ->> 'step', 'step') as name,
      (detail ->> 'occurrence')::integer as occurrence, coalesce((detail ->> 'attempt')::integer, 1) as attempt,
      (detail ->> 'actionId')::uuid as action_id, detail ->> 'tool' as tool, detail ->> 'target' as target
    from run_events where workflow_id = $1 and seq = any ($2::bigint[])) e
  left join lateral (${stepOf}) s on e.kind = 'run.step'
  left join lateral (${actionOf}) a on e.kind = 'action.intended'
  order by e.seq`

/** What began with these events and how it ended: the rows of the waterfall that are on screen. */
export const spans = query
  .input(z.object({ id: id<RunId>(), seqs: sequences }))
  .query(async ({ ctx, input }): Promise<{ rows: readonly RunSpan[] }> => {
    const rows = await ctx.database.read<{ span: RunSpan }>(spansOf, [input.id, input.seqs])
    return { rows: rows.map(({ span }) => span) }
  })

/** What is under way at one instant is few; an agent could write otherwise. */
const mostUnder = 200

const underWay = `
  select 'step' as kind, started_at as "startedAt" from (
    select started_at, ended_at from run_steps where workflow_id = $1
    union all
    select started_at, ended_at from step_attempts where workflow_id = $1 and ended_at is not null) s
  where started_at < $2 and (ended_at is null or ended_at >= $2)
  union all
  select 'action', intended_at from (
    select intended_at, ended_at from actions where workflow_id = $1) a
  where intended_at < $2 and (ended_at is null or ended_at >= $2)
  order by "startedAt" desc limit ${mostUnder}`

export interface UnderWay {
  readonly kind: 'step' | 'action'
  readonly startedAt: Instant
}

/** Steps and actions that had begun at an instant and not ended: they reach into a window that begins there. */
export const under = query
  .input(z.object({ id: id<RunId>(), at: z.iso.datetime({ offset: true }) }))
  .query(async ({ ctx, input }): Promise<{ rows: readonly UnderWay[] }> => ({
    rows: await ctx.database.read<UnderWay>(
      `select kind, to_json("startedAt") as "startedAt" from (${underWay}) u`,
      [input.id, input.at],
    ),
  }))
