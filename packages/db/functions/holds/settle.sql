-- Why a run may not go on, and what its status is because of that.

-- How a hold ranks when several are open: the first gives the run its stop reason.
create or replace function hold_rank(kind text) returns integer
language sql immutable as $$
  select array_position(array['isolation', 'operator_pause', 'detection', 'budget', 'breaker', 'check_in', 'restore',
    'outcome', 'approval', 'self'], kind)
$$;

create or replace function top_hold(run uuid) returns run_holds
language sql stable as $$
  select * from run_holds h where h.workflow_id = run and h.cleared_at is null
    order by hold_rank(h.kind), h.opened_at limit 1
$$;

-- Where a run goes when its last hold is cleared. A run that stopped itself is only cleared to go on
-- (approved) and takes the last edge itself; a rejection sticks until the agent or a person goes on.
create or replace function next_resume_to(r workflow_checkpoints, wanted text) returns text
language sql immutable as $$
  select case
    when wanted = 'running' then 'running'
    -- A request made after the no, with nothing else open, is a new question.
    when r.status = 'paused' and r.resume_to = 'rejected' and not (wanted = 'approved' and r.held_by = '{}')
      then 'rejected'
    when wanted is not null then wanted
    when r.status in ('running', 'queued', 'approved') then r.status
    else r.resume_to
  end
$$;

-- What stopped a run that nothing holds: the last answer that was no yes. Expired is not rejected.
create or replace function last_no(run uuid) returns text
language sql stable as $$
  select coalesce((select case when q.expired_at is not null then 'APPROVAL_EXPIRED' else 'APPROVAL_REJECTED' end
    from approval_queue q where q.workflow_id = run and (q.decision = 'rejected' or q.expired_at is not null)
    order by coalesce(q.expired_at, q.decided_at) desc limit 1), 'APPROVAL_REJECTED')
$$;

-- Status and stop reason follow from the open holds; this is the one place that says how. Writes one event, keeps the
-- list of tools that people answered about (a change is bound like an action, an output is not), and notes that a
-- person who does something with a run has looked at it. A run that nobody has does not run when its last hold goes:
-- it waits for a worker. hint: {actor, detail, kind?, otherwise?}: `kind` names the event; without it the event is
-- named after the new status, or `otherwise` where the status stays. The caller holds the run's lock.
create or replace function settle_run(run uuid, hint jsonb, control_now jsonb default null, resume_as text default null)
returns workflow_checkpoints
language plpgsql as $$
declare
  r workflow_checkpoints;
  top run_holds := top_hold(run);
  kinds text[];
  back_to text;
  next_status text;
  someone boolean := is_someone(hint ->> 'actor');
begin
  select * into r from workflow_checkpoints where workflow_id = run;
  select coalesce(array_agg(k.kind order by hold_rank(k.kind)), '{}') into kinds
    from (select distinct h.kind from run_holds h where h.workflow_id = run and h.cleared_at is null) k;
  back_to := next_resume_to(r, resume_as);
  next_status := case
    when r.status = 'lost' then 'lost'
    when cardinality(kinds) > 0 or (back_to = 'rejected' and r.status = 'paused') then 'paused'
    when r.status = 'paused' and coalesce(back_to, 'running') = 'running' and r.worker is null and r.engine <> 'sql'
      then 'queued'
    when r.status = 'paused' then coalesce(back_to, 'running')
    else r.status
  end;
  update workflow_checkpoints set
    status = next_status,
    held_by = kinds,
    bound_tools = array(select distinct q.tool from approval_queue q where q.workflow_id = run and q.tool is not null
      and q.kind <> 'output' and (q.decision is not null or q.expired_at is not null)),
    looked_at = case when someone then clock_timestamp() else looked_at end,
    looked_by = case when someone then hint ->> 'actor' else looked_by end,
    looked_steps = case when someone then steps else looked_steps end,
    resume_to = case when next_status = 'paused' then back_to end,
    paused_at = case when next_status = 'paused' and status <> 'paused' then clock_timestamp() else paused_at end,
    resumed_at = case when next_status = 'running' and status <> 'running' then clock_timestamp() else resumed_at end,
    stop_reason = case
      when next_status = 'lost' then stop_reason
      when next_status <> 'paused' then null
      when cardinality(kinds) = 0 then last_no(run)
      else top.stop_reason end,
    stop_detail = case
      when next_status = 'lost' then stop_detail
      when next_status <> 'paused' then null
      when cardinality(kinds) = 0 then hint -> 'detail' ->> 'why'
      else top.why end,
    control = coalesce(control_now, control),
    event_hint = jsonb_set(hint - 'otherwise', '{kind}', to_jsonb(coalesce(hint ->> 'kind',
      case when next_status <> status then 'run.' || next_status end, hint ->> 'otherwise', 'run.progress')))
  where workflow_id = run returning * into r;
  return r;
end $$;
