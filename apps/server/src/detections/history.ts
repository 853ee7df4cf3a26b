import type { Told } from './observe.ts'

/** Whoever can answer one question: a pool, or a page's reads. */
export type Ask = (sql: string, params: readonly unknown[]) => Promise<readonly unknown[]>

/** What an event tells: `Told` with what was asked and answered, read by what is never changed again. */
const columns = `
  e.seq::float8 as seq, extract(epoch from e.at)::float8 * 1000 as at, e.kind, e.detail, e.state ->> 'engine' = 'sql' as "plainSql",
  coalesce(e.state -> 'heldBy' ? 'detection', false) as held, is_final(e.state ->> 'status') as over,
  case
    when e.kind like 'action.%' then jsonb_build_object('target', a.target, 'request', coalesce(a.request, to_jsonb(a.digest)))
    when e.kind = 'audit.recorded' then jsonb_build_object('table', l.target_table, 'row', l.target_row_id)
    else s.input end as asked,
  case e.kind when 'action.confirmed' then a.response when 'step.completed' then s.result
    when 'audit.recorded' then l.data_after end as answered`

// A request stays with its key, a confirmed answer and a done step stay as they are; of a failed step the input of that
// attempt is asked for, by when it ended.
// Each is looked up by its key: with LIMIT the planner cannot turn a look-up into a join that reads the whole table.
const about = `
  left join lateral (select a.target, a.request, a.digest, a.response from actions a
    where e.kind in ('action.confirmed', 'action.failed', 'action.unknown')
      and a.action_id = (e.detail ->> 'actionId')::uuid limit 1) a on true
  left join lateral (select l.target_table, l.target_row_id, l.data_after from agent_audit_log l
    where e.kind = 'audit.recorded' and l.log_id = (e.detail ->> 'logId')::uuid limit 1) l on true
  left join lateral (
    select t.input, t.result from (
      select attempt, input, result, ended_at from run_steps where workflow_id = e.workflow_id
        and name = e.detail ->> 'step' and occurrence = (e.detail ->> 'occurrence')::integer
      union all
      select attempt, input, result, ended_at from step_attempts where workflow_id = e.workflow_id
        and name = e.detail ->> 'step' and occurrence = (e.detail ->> 'occurrence')::integer) t
    where e.kind in ('step.completed', 'step.failed') and t.ended_at <= e.at order by t.attempt desc limit 1) s on true`

const after = `
  select ${columns} from (select * from run_events where workflow_id = $1 and seq > $2 order by seq limit $3) e ${about}
  order by e.seq`

const these = `
  select ${columns}, to_json(e.at) #>> '{}' as instant
  from run_events e ${about} where e.workflow_id = $1 and e.seq = any ($2::bigint[]) order by e.seq`

/** A run's next events, in order. */
export const eventsAfter = async (
  ask: Ask,
  run: string,
  seq: number,
  most: number,
): Promise<readonly Told[]> => (await ask(after, [run, seq, most])) as readonly Told[]

/** Some events of a run, with their instants as the database writes them. */
export const eventsAt = async (
  ask: Ask,
  run: string,
  seqs: readonly number[],
): Promise<readonly (Told & { readonly instant: string })[]> =>
  (await ask(these, [run, seqs])) as readonly (Told & { readonly instant: string })[]
