-- What people say about drift: which policy an agent is under, and whether what was found was right.

-- Another version of an agent's policy; what was before is kept. `settings` are read by the rules, which refuse what they
-- do not know before it comes here.
create function save_drift_settings(agent text, settings jsonb, holds boolean, actor text, why text default null, expected integer default null)
returns integer
language plpgsql security definer set search_path from current as $$
declare
  before drift_settings;
begin
  perform check_actor(actor, why), check_text('agentId', agent, 200), check_size('settings', settings, 65536);
  if coalesce(agent, '') = '' or jsonb_typeof(settings) is distinct from 'object' or holds is null then
    raise exception 'a policy needs an agent, settings, and whether it holds: nothing was done' using errcode = 'HP010';
  end if;
  -- One at a time, so that versions stay dense and nobody writes over what they have not seen.
  lock table drift_settings in share row exclusive mode;
  select * into before from drift_settings where agent_id = agent order by version desc limit 1;
  if expected is not null and expected <> coalesce(before.version, 0) then
    raise exception 'the policy of "%" is at version % by now (by %): nothing was done', agent, before.version, before.author
      using errcode = 'HP015', hint = 'Look at it, then save again.';
  end if;
  insert into drift_settings (agent_id, version, settings, holds, author, why)
    values (agent, coalesce(before.version, 0) + 1, settings, holds, actor, save_drift_settings.why);
  insert into agent_audit_log (agent_id, action, target_table, target_row_id, data_before, data_after, data_timestamp, actor)
    values (agent, 'drift.settings', 'drift_settings', agent,
      case when before.version is not null then
        jsonb_build_object('version', before.version, 'holds', before.holds, 'settings', before.settings) end,
      jsonb_build_object('version', coalesce(before.version, 0) + 1, 'holds', holds, 'settings', settings, 'why', why),
      clock_timestamp(), actor);
  return coalesce(before.version, 0) + 1;
end $$;

-- A person says whether what a rule found was so. They may think better of it: the audit log has each word.
create function judge_detection(detection uuid, actor text, was_right boolean, why text default null) returns void
language plpgsql security definer set search_path from current as $$
declare
  d detections;
  r workflow_checkpoints;
  said text := case when was_right then 'right' else 'wrong' end;
begin
  perform check_actor(actor, why);
  if was_right is null then
    raise exception 'say whether it was right: nothing was done' using errcode = 'HP010';
  end if;
  select * into d from detections where detection_id = detection;
  if not found then
    raise exception 'no detection %: nothing was done', detection using errcode = 'HP015';
  end if;
  r := lock_run(d.workflow_id);
  select * into d from detections where detection_id = detection;
  update detections set verdict = said, verdict_by = actor, verdict_why = judge_detection.why, verdict_at = clock_timestamp(),
      over_at = case when hold_id is null then coalesce(over_at, clock_timestamp()) end
    where detection_id = detection;
  perform audit_operator(r, actor, 'detection.judge', jsonb_build_object('detection', detection, 'verdict', d.verdict),
    jsonb_build_object('detection', detection, 'finding', d.finding, 'verdict', said, 'why', why));
end $$;

-- Resumes a run that a rule holds and says whether the rule was right, in one transaction.
create function resume_judged(run uuid, actor text, was_right boolean, why text default null) returns jsonb
language plpgsql security definer set search_path from current as $$
declare
  r workflow_checkpoints;
  held uuid;
begin
  perform check_actor(actor, why);
  r := lock_run(run);
  select d.detection_id into held from detections d join run_holds h on h.hold_id = d.hold_id
    where d.workflow_id = run and h.cleared_at is null;
  if held is null and not is_final(r.status) then
    raise exception 'nothing that a rule found holds run %: nothing was done', run using errcode = 'HP015',
      hint = 'Resume it without a verdict.';
  end if;
  if held is not null then perform judge_detection(held, actor, was_right, why); end if;
  return resume_run(run, actor, why);
end $$;

-- Progress that is no step: {goal?, labels?, waitingOn?, tokensIn?, tokensOut?, costUsd?} (the last three are added), and
-- {closed?, of?}: how many items of its checklist the agent has closed, of how many. That stands in the history.
create or replace function report_progress(run uuid, caller_epoch integer, patch jsonb) returns jsonb
language plpgsql security definer set search_path from current as $$
declare
  r workflow_checkpoints;
begin
  r := lock_own_run(run);
  if is_final(r.status) then perform raise_ended(r); end if;
  perform check_epoch(r, caller_epoch);
  -- Of plain SQL this is a checkpoint change like any other: invariant 1.
  if r.engine = 'sql' then perform check_may_go_on(r); end if;
  perform check_text('goal', patch ->> 'goal', 4000), check_size('labels', patch -> 'labels', 4096),
    check_size('waitingOn', patch -> 'waitingOn', 4096), check_spend(patch),
    check_shapes(coalesce(patch -> 'labels', '{}'), nullif(patch -> 'waitingOn', 'null'));
  if (patch ->> 'closed')::integer not between 0 and 1000000 or (patch ->> 'of')::integer not between 0 and 1000000 then
    raise exception 'a checklist has 0 to 1000000 items: nothing was written' using errcode = 'HP010';
  end if;
  update workflow_checkpoints set
    goal = coalesce(patch ->> 'goal', goal),
    labels = coalesce(patch -> 'labels', labels),
    waiting_on = case when patch ? 'waitingOn' then nullif(patch -> 'waitingOn', 'null') else waiting_on end,
    tokens_in = tokens_in + coalesce((patch ->> 'tokensIn')::bigint, 0),
    tokens_out = tokens_out + coalesce((patch ->> 'tokensOut')::bigint, 0),
    cost_usd = cost_usd + coalesce((patch ->> 'costUsd')::numeric, 0),
    event_hint = jsonb_strip_nulls(jsonb_build_object(
      'kind', case when patch ? 'waitingOn' then 'run.waiting' else 'run.progress' end,
      'detail', case when patch ? 'closed' then
        jsonb_strip_nulls(jsonb_build_object('closed', (patch ->> 'closed')::integer, 'of', (patch ->> 'of')::integer)) end))
    where workflow_id = run returning * into r;
  return run_state(r);
end $$;

-- As before, and its event names the row: what a plain-SQL agent says it did is what its drift is told by.
create or replace function record_audit_row() returns trigger
language plpgsql security definer set search_path from current as $$
begin
  update workflow_checkpoints set event_hint = jsonb_build_object('kind', 'audit.recorded', 'detail',
      jsonb_strip_nulls(jsonb_build_object('action', left(new.action, 200), 'table', left(new.target_table, 200),
        'row', left(new.target_row_id, 200), 'late', nullif(new.late, false), 'logId', new.log_id)))
    where workflow_id = new.workflow_id;
  return null;
end $$;

grant execute on function save_drift_settings(text, jsonb, boolean, text, text, integer), judge_detection(uuid, text, boolean, text),
  resume_judged(uuid, text, boolean, text) to holdpoint_server;
