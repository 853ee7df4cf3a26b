-- What a worker says of its run between steps.

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

grant execute on function report_progress(uuid, integer, jsonb) to agent_worker;
