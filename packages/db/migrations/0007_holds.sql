-- Why a run may not go on, and what its status is because of that.

-- Where a run goes when its last hold is cleared. A run that stopped itself is only cleared to go on
-- (approved) and takes the last edge itself; a rejection sticks until the agent or a person goes on.
create function next_resume_to(r workflow_checkpoints, wanted text) returns text
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

-- Status and stop reason follow from the open holds; this is the one place that says how. Writes one event.
-- hint: {actor, detail, kind?, otherwise?}: `kind` names the event; without it the event is named after the
-- new status, or `otherwise` where the status stays. The caller holds the run's lock.
create function settle_run(run uuid, hint jsonb, control_now jsonb default null, resume_as text default null)
returns workflow_checkpoints
language plpgsql as $$
declare
  r workflow_checkpoints;
  top run_holds := top_hold(run);
  kinds text[];
  back_to text;
  next_status text;
begin
  select * into r from workflow_checkpoints where workflow_id = run;
  select coalesce(array_agg(k.kind order by hold_rank(k.kind)), '{}') into kinds
    from (select distinct h.kind from run_holds h where h.workflow_id = run and h.cleared_at is null) k;
  back_to := next_resume_to(r, resume_as);
  next_status := case
    when r.status = 'lost' then 'lost'
    when cardinality(kinds) > 0 or (back_to = 'rejected' and r.status = 'paused') then 'paused'
    when r.status = 'paused' then coalesce(back_to, 'running')
    else r.status
  end;
  update workflow_checkpoints set
    status = next_status,
    held_by = kinds,
    resume_to = case when next_status = 'paused' then back_to end,
    paused_at = case when next_status = 'paused' and status <> 'paused' then clock_timestamp() else paused_at end,
    resumed_at = case when next_status = 'running' and status <> 'running' then clock_timestamp() else resumed_at end,
    stop_reason = case
      when next_status = 'lost' then stop_reason
      when next_status <> 'paused' then null
      when cardinality(kinds) = 0 then 'APPROVAL_REJECTED'
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
