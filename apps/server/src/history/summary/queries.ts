import { past, wireTime } from '../moment.ts'

// Each is asked with the same parameters: $1 from, $2 to, $3 agents or null, $4 how many rows at most. A list that is cut
// has the newest; what it leaves out is counted: `all` is the same in each row.

const from = past('$1')
const to = past('$2')

export const clock = `select ${wireTime(from)} as from, ${wireTime(to)} as to`

/** Of what is counted and what is not yet: marks and events of the window, of the agents asked for. */
const ofMarks = `m.at > ${from} and m.at <= ${to}
  and ($3::text[] is null or m.agent = any (array(select a.agent from history_agents a where a.agent_id = any ($3))))`
const fresh = `fresh_events(${from}, ${to} + interval '1 microsecond') f`
const ofFresh = `f.at > ${from} and ($3::text[] is null or f.agent_id = any ($3))`

const newestStops = (reason: string): string => `
    (select m.workflow_id, m.seq, m.at, m.reason from event_marks m
     where m.stops and ${reason} and ${ofMarks} order by m.at desc limit $4)`

/** A run that paused in order to ask is told by what it asks: where not all have room, the others come first. */
export const stopped = `
  with listed as (
    select * from (
      ${newestStops(`m.reason is distinct from 'AWAITING_APPROVAL'`)}
      union all ${newestStops(`m.reason = 'AWAITING_APPROVAL'`)}
      union all
      select f.workflow_id, f.seq, f.at, f.reason from ${fresh} where f.stops and ${ofFresh}) m
    order by m.reason is not distinct from 'AWAITING_APPROVAL', m.at desc, m.workflow_id, m.seq limit $4
  )
  select jsonb_build_object('run', jsonb_build_object('id', e.workflow_id, 'agentId', e.state -> 'agentId',
      'goal', e.state -> 'goal', 'step', e.state -> 'step', 'status', e.state -> 'status'),
    'at', e.at, 'seq', e.seq, 'by', e.actor, 'reason', e.state -> 'stopReason',
    'detail', coalesce(e.state ->> 'stopDetail', e.detail ->> 'why', e.detail ->> 'error')) as row
  from listed m join run_events e using (workflow_id, seq, at)
  order by e.at, e.workflow_id, e.seq`

/** For what runs stopped, and how often. */
export const stopReasons = `
  select reason, sum(n)::float8 as stops from (
    select m.reason, count(*) as n from event_marks m where m.stops and ${ofMarks} group by m.reason
    union all
    select f.reason, 1 from ${fresh} where f.stops and ${ofFresh}) r
  where $4::integer is not null
  group by reason order by stops desc, reason`

const byPeople = `l.actor not like 'agent:%' and l.seen_at > ${from} and l.seen_at <= ${to}`

/** A policy for all agents is one for each of them. */
export const operatorActions = `
  with those as not materialized (
    select * from agent_audit_log l where ${byPeople} and ($3::text[] is null or l.agent_id = any ($3))
    union all
    select * from agent_audit_log l where ${byPeople} and l.workflow_id is null
      and $3::text[] is not null and l.agent_id is null and l.action in ('policy.save', 'policy.retire')
  ), listed as (
    select * from those order by seen_at desc, log_id desc limit $4
  )
  select jsonb_build_object('at', l.seen_at, 'actor', l.actor, 'action', l.action, 'runId', l.workflow_id,
    'agentId', l.agent_id, 'target', concat_ws(' ', l.target_table, l.target_row_id),
    'why', left(l.data_after ->> 'why', 2000)) as row, (select count(*) from those)::float8 as all
  from listed l order by l.seen_at, l.log_id`

/**
 * Requests that were made or answered in the window; one that was made before it has its request, too. Two events tell
 * of a request, so twice as many of them hold the newest requests.
 */
export const approvals = `
  with fresh_marks as materialized (
    select f.workflow_id, f.seq, f.at, f.agent_id, f.approval_id
    from fresh_events('-infinity', ${to} + interval '1 microsecond') f where f.approval_id is not null
  ), marked as not materialized (
    select m.at, m.approval_id, m.workflow_id from event_marks m where m.approval_id is not null and ${ofMarks}
    union all
    select f.at, f.approval_id, f.workflow_id from fresh_marks f where ${ofFresh}
  ), listed as materialized (
    select approval_id, workflow_id, max(at) as last
    from (select * from marked order by at desc limit 2 * $4::integer) m
    group by approval_id, workflow_id order by last desc, approval_id limit $4
  ), told as (
    select t.approval_id as id, t.workflow_id,
      min(e.at) filter (where e.kind = 'approval.requested') as requested_at,
      min(e.detail ->> 'tool') as tool, min(e.detail ->> 'target') as target,
      min(e.at) filter (where e.kind = 'approval.decided') as decided_at,
      min(e.detail ->> 'decision') as decision, min(e.detail ->> 'why') as why,
      min(e.actor) filter (where e.kind = 'approval.decided') as by, min(e.state ->> 'agentId') as agent_id
    from listed t cross join lateral (
      select m.seq, m.at from event_marks m
      where m.approval_id = t.approval_id and m.workflow_id = t.workflow_id and m.at <= ${to}
      union all
      select f.seq, f.at from fresh_marks f where f.approval_id = t.approval_id and f.workflow_id = t.workflow_id) m
    join run_events e on e.workflow_id = t.workflow_id and e.seq = m.seq and e.at = m.at
    group by t.approval_id, t.workflow_id
  )
  select jsonb_build_object('approvalId', id, 'runId', workflow_id, 'agentId', agent_id, 'tool', tool, 'target', target,
    'requestedAt', requested_at, 'decidedAt', decided_at, 'decision', decision, 'by', by, 'why', why) as row,
    (select count(*) from (select from marked group by approval_id, workflow_id) m)::float8 as all
  from told order by coalesce(requested_at, decided_at), id`
