-- Limits of tokens, money, steps and time: what is used up holds the run until a person gives more.

-- Which limit leaves nothing for another action, in words; null: none.
create or replace function used_up(r workflow_checkpoints) returns text
language sql stable as $$
  select case
    -- Not their sum: two numbers that each fit may have one that does not.
    when r.tokens_in >= r.limit_tokens - r.tokens_out then
      format('%s of %s tokens are used', r.tokens_in::numeric + r.tokens_out, r.limit_tokens)
    when r.cost_usd >= r.limit_cost_usd then
      format('%s of %s USD are spent', trim_scale(r.cost_usd), trim_scale(r.limit_cost_usd))
    when r.deadline_at <= clock_timestamp() then
      format('its deadline was %s', shown_time(r.deadline_at))
  end
$$;

-- The same for another step.
create or replace function steps_used_up(r workflow_checkpoints) returns text
language sql stable as $$
  select coalesce(used_up(r), case when r.steps >= r.limit_steps then format('%s of %s steps are taken', r.steps, r.limit_steps) end)
$$;

-- Holds the run when nothing is left for another action; null: something is. The caller holds the run's lock.
create or replace function hold_used_up(run uuid) returns jsonb
language plpgsql as $$
declare
  r workflow_checkpoints;
begin
  select * into r from workflow_checkpoints where workflow_id = run;
  return case when used_up(r) is not null then hold_at_gate(run, 'budget', 'BUDGET_EXCEEDED', used_up(r)) end;
end $$;

-- A plain write that goes over a limit has happened and is kept; the run is held from then on.
create or replace function hold_over_budget(r workflow_checkpoints) returns workflow_checkpoints
language plpgsql as $$
declare
  why text := coalesce(used_up(r),
    case when r.steps > r.limit_steps then format('step %s began, the limit is %s', r.steps, r.limit_steps) end);
begin
  if why is null then return r; end if;
  insert into run_holds (workflow_id, kind, stop_reason, opened_by, why)
    values (r.workflow_id, 'budget', 'BUDGET_EXCEEDED', 'holdpoint', why);
  r.resume_to := r.status;
  r.status := 'paused';
  r.held_by := '{budget}';
  r.paused_at := clock_timestamp();
  r.stop_reason := 'BUDGET_EXCEEDED';
  r.stop_detail := why;
  return r;
end $$;

-- A limit is only raised: what stops a run is a pause or a kill.
create or replace function check_not_lower(what text, now_is numeric, wanted numeric) returns void
language plpgsql immutable as $$
begin
  if wanted < now_is then
    raise exception '% of % is less than the limit now, %: nothing was done', what, wanted, now_is
      using errcode = 'HP010', hint = 'A limit is only raised. Pause or kill the run to stop it.';
  end if;
end $$;

-- Gives a run more to go on with: {tokens?, costUsd?, steps?, deadline?}, null for no limit. A run that was held for
-- its budget goes on when nothing is used up any more.
create or replace function raise_limits(run uuid, actor text, limits jsonb, why text default null) returns jsonb
language plpgsql security definer set search_path from current set timezone to 'UTC' as $$
declare
  r workflow_checkpoints;
  before jsonb;
begin
  perform check_actor(actor, why);
  if jsonb_typeof(limits) is distinct from 'object' or limits = '{}' or limits - '{tokens,costUsd,steps,deadline}'::text[] <> '{}' then
    raise exception 'limits are {tokens, costUsd, steps, deadline}: nothing was done' using errcode = 'HP010';
  end if;
  r := lock_run(run);
  if is_final(r.status) then perform raise_ended(r); end if;
  perform check_not_lower('a limit of tokens', r.limit_tokens, (limits ->> 'tokens')::numeric),
    check_not_lower('a limit of USD', r.limit_cost_usd, (limits ->> 'costUsd')::numeric),
    check_not_lower('a limit of steps', r.limit_steps, (limits ->> 'steps')::numeric),
    check_not_lower('a deadline', extract(epoch from r.deadline_at), extract(epoch from (limits ->> 'deadline')::timestamptz));
  before := run_state(r) -> 'limits';
  update workflow_checkpoints set
    limit_tokens = case when limits ? 'tokens' then (limits ->> 'tokens')::bigint else limit_tokens end,
    limit_cost_usd = case when limits ? 'costUsd' then (limits ->> 'costUsd')::numeric else limit_cost_usd end,
    limit_steps = case when limits ? 'steps' then (limits ->> 'steps')::integer else limit_steps end,
    deadline_at = case when limits ? 'deadline' then (limits ->> 'deadline')::timestamptz else deadline_at end,
    event_hint = jsonb_build_object('kind', 'limits.raised', 'actor', actor, 'detail',
      jsonb_strip_nulls(jsonb_build_object('why', why)))
    where workflow_id = run returning * into r;
  perform audit_operator(r, actor, 'run.raise_limits', before, (run_state(r) -> 'limits') || jsonb_build_object('why', why));
  if 'budget' = any (r.held_by) and steps_used_up(r) is null then
    update run_holds set cleared_at = clock_timestamp(), cleared_by = actor, cleared_why = 'its limit was raised'
      where workflow_id = run and kind = 'budget' and cleared_at is null;
    r := finish_control(r, 'resume', 'run.resume', actor, coalesce(why, 'its limit was raised'), 'budget');
  end if;
  return run_state(r);
end $$;

grant execute on function raise_limits(uuid, text, jsonb, text) to holdpoint_server;
