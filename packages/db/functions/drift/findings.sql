-- What a rule found, and what people say about it: which policy for drift an agent is under, and whether it was so.

-- Writes down what was found and holds the run, where its agent's policy asks for that. Nothing is opened for a run that
-- has ended, or that a person resumed after what it stands on. The caller holds the run's lock.
create or replace function open_detection(r workflow_checkpoints, finding jsonb) returns void
language plpgsql as $$
declare
  hold uuid;
  policy drift_policies;
  why text := left(finding ->> 'why', 2000);
begin
  if is_final(r.status) or 'detection' = any (r.held_by) or exists (
      select from run_holds h where h.workflow_id = r.workflow_id and h.kind = 'detection'
        and h.cleared_at > (finding ->> 'at')::timestamptz) then
    return;
  end if;
  -- As the policy is now: one that was taken back meanwhile holds nothing.
  select * into policy from drift_policies where agent_id = r.agent_id order by version desc limit 1;
  if policy.version is distinct from (finding ->> 'version')::integer then return; end if;
  if policy.holds then
    insert into run_holds (workflow_id, kind, stop_reason, opened_by, why)
      values (r.workflow_id, 'detection', finding ->> 'finding', 'holdpoint', why) returning hold_id into hold;
  end if;
  insert into detections (workflow_id, agent_id, rule, finding, seq, score, why, evidence, policy_version, hold_id)
    values (r.workflow_id, r.agent_id, finding ->> 'rule', finding ->> 'finding', (finding ->> 'seq')::bigint,
      (finding ->> 'score')::float8, why,
      array(select value::bigint from jsonb_array_elements_text(finding -> 'evidence')), policy.version, hold);
  if hold is not null then
    perform finish_control(r, 'pause', 'run.detect', 'holdpoint', why, 'detection');
  end if;
end $$;

-- A person says whether what a rule found was so. They may think better of it: the audit log has each word.
create or replace function judge_detection(detection uuid, actor text, was_right boolean, why text default null) returns void
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
create or replace function resume_judged(run uuid, actor text, was_right boolean, why text default null) returns jsonb
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

-- Another version of an agent's policy; what was before is kept. `settings` are read by the rules, which refuse what they
-- do not know before it comes here.
create or replace function save_drift_policy(agent text, settings jsonb, holds boolean, actor text, why text default null, expected integer default null)
returns integer
language plpgsql security definer set search_path from current as $$
declare
  before drift_policies;
begin
  perform check_actor(actor, why), check_text('agentId', agent, 200), check_size('settings', settings, 65536);
  if coalesce(agent, '') = '' or jsonb_typeof(settings) is distinct from 'object' or holds is null then
    raise exception 'a policy needs an agent, settings, and whether it holds: nothing was done' using errcode = 'HP010';
  end if;
  -- One at a time, so that versions stay dense and nobody writes over what they have not seen.
  lock table drift_policies in share row exclusive mode;
  select * into before from drift_policies where agent_id = agent order by version desc limit 1;
  if expected is not null and expected <> coalesce(before.version, 0) then
    raise exception 'the policy of "%" is at version % by now (by %): nothing was done', agent, before.version, before.author
      using errcode = 'HP015', hint = 'Look at it, then save again.';
  end if;
  insert into drift_policies (agent_id, version, settings, holds, author, why)
    values (agent, coalesce(before.version, 0) + 1, settings, holds, actor, save_drift_policy.why);
  perform audit_act(agent, actor, 'drift.policy', 'drift_policies', agent,
    case when before.version is not null then
      jsonb_build_object('version', before.version, 'holds', before.holds, 'settings', before.settings) end,
    jsonb_build_object('version', coalesce(before.version, 0) + 1, 'holds', holds, 'settings', settings, 'why', why));
  return coalesce(before.version, 0) + 1;
end $$;

grant execute on function
  judge_detection(uuid, text, boolean, text), resume_judged(uuid, text, boolean, text),
  save_drift_policy(text, jsonb, boolean, text, text, integer)
  to holdpoint_server;
