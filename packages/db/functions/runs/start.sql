-- A run that starts: what its row may say, whatever wrote it, and its first event.

-- Rules for a row that starts. An agent starts it queued, running or paused (or records one that ended).
create or replace function guard_new_run(r workflow_checkpoints) returns workflow_checkpoints
language plpgsql as $$
declare
  parent workflow_checkpoints;
begin
  if r.agent_id is null or r.agent_id = '' then
    raise exception 'agent_id is missing: nothing was written' using errcode = 'HP010';
  end if;
  if r.event_hint is null and r.status not in ('queued', 'running', 'paused', 'complete', 'failed') then
    raise exception 'a run cannot start as %: nothing was written', r.status using errcode = 'HP003';
  end if;
  if not is_operator() and not may_act_as(r.agent_id) then
    raise exception 'login "%" may not act as agent "%": nothing was written', session_user, r.agent_id
      using errcode = 'HP004';
  end if;
  -- A connection of an isolated agent that has not ended yet starts nothing new.
  if exists (select from agent_logins where login = session_user and isolated_at is not null) then
    raise exception 'agent "%" is isolated: nothing was written', r.agent_id using errcode = 'HP001';
  end if;
  r.root_id := r.workflow_id;
  if r.parent_id is not null then
    -- The parent's row is locked against a kill that would not see this child.
    select * into parent from workflow_checkpoints where workflow_id = r.parent_id for share;
    -- The same words for another agent's run: its id is not confirmed.
    if not found or not (is_operator() or may_act_as(parent.agent_id)) then
      raise exception 'no parent run %: nothing was written', r.parent_id using errcode = 'HP005';
    end if;
    perform check_may_go_on(parent);
    r.root_id := coalesce(parent.root_id, parent.workflow_id);
  end if;
  if r.status = 'paused' then
    r.held_by := '{self}';
    r.resume_to := 'approved';
    r.stop_reason := 'AWAITING_APPROVAL';
    r.stop_detail := 'started paused by its agent; no approval asked for yet';
  end if;
  r.status_since := clock_timestamp();
  r.step_since := case when r.current_step is not null then clock_timestamp() end;
  r.steps := case when r.current_step is not null then 1 else 0 end;
  r.tool_since := case when r.current_tool is not null then clock_timestamp() end;
  return r;
end $$;

-- A run that starts. The row may yet turn out to exist (ON CONFLICT), so its event is written afterwards.
create or replace function guard_run_insert() returns trigger
language plpgsql security definer set search_path from current set timezone to 'UTC' as $$
declare
  hint jsonb := new.event_hint;
begin
  -- No run is ever removed: this row will meet the one that is there, as an upsert or as an error. The rules for
  -- a new run (its parent may have ended since) are not its rules.
  if exists (select from workflow_checkpoints where workflow_id = new.workflow_id) then return new; end if;
  new := guard_new_run(new);
  -- Quoted: to PL/pgSQL the bare word is a keyword.
  perform check_sizes(new), check_text('loop', new."loop", 200);
  new.enqueued_at := case when new.status = 'queued' then clock_timestamp() end;
  new.event_hint := null;
  new.seq := 1;
  new.last_event := jsonb_build_object('kind', coalesce(hint ->> 'kind', 'run.started'),
    'actor', coalesce(hint ->> 'actor', writer(new.agent_id)), 'at', clock_timestamp());
  return new;
end $$;

-- Its first event, the firing of its loop, and the log's row. `last_event` says whose hand it was, as the run's event
-- does.
create or replace function record_run_insert() returns trigger
language plpgsql security definer set search_path from current set timezone to 'UTC' as $$
begin
  insert into run_events (workflow_id, seq, kind, actor, at, state)
    values (new.workflow_id, new.seq, new.last_event ->> 'kind', new.last_event ->> 'actor',
      (new.last_event ->> 'at')::timestamptz, run_state(new));
  if new.status = 'paused' then
    insert into run_holds (workflow_id, kind, stop_reason, opened_by, why)
      values (new.workflow_id, 'self', 'AWAITING_APPROVAL', 'agent:' || new.agent_id, 'started paused by its agent');
  end if;
  if new."loop" is not null then perform record_firing(new); end if;
  insert into agent_audit_log (agent_id, workflow_id, action, target_table, target_row_id, data_after, data_timestamp, actor)
    values (new.agent_id, new.workflow_id, 'run.start', 'workflow_checkpoints', new.workflow_id::text,
      jsonb_strip_nulls(jsonb_build_object('status', new.status, 'step', left(new.current_step, 500),
        'goal', left(new.goal, 500), 'skill', left(new.skill, 200), 'parent', new.parent_id, 'loop', new."loop")),
      clock_timestamp(), new.last_event ->> 'actor');
  return null;
end $$;
