-- An action of which nobody knows whether it landed waits for a person.

-- A person says whether an action landed of which nobody knew: once, with how they know. Landed: it is confirmed, and
-- its agent is given `response`. Not landed: it failed, and may be tried again. Of a run that has ended only the
-- ledger is put right.
create or replace function settle_action(action uuid, actor text, landed boolean, why text, response jsonb default null) returns jsonb
language plpgsql security definer set search_path from current as $$
declare
  a actions;
  r workflow_checkpoints;
begin
  perform check_actor(actor, why), check_size('response', response, 262144);
  if landed is null or coalesce(btrim(why), '') = '' then
    raise exception 'say whether it landed, and how you know: nothing was done' using errcode = 'HP010';
  end if;
  select * into a from actions where action_id = action;
  if not found then
    raise exception 'no action %: nothing was done', action using errcode = 'HP013';
  end if;
  r := lock_run(a.workflow_id);
  update actions set state = case when landed then 'confirmed' else 'failed' end,
      response = case when landed then settle_action.response end,
      error = case when not landed then left('did not land: ' || why, 4000) end,
      settled_by = actor, settled_at = clock_timestamp(), settled_why = why
    where action_id = action and state = 'unknown';
  if not found then
    select * into a from actions where action_id = action;
    raise exception 'action % is %: nothing was done', action,
        a.state || coalesce(' (' || a.settled_by || ' said so)', '') using errcode = 'HP015';
  end if;
  -- A run whose worker was lost keeps the name of its tool for as long as nobody knows what became of it.
  update workflow_checkpoints set
    current_tool = case when engine = 'sql' or is_final(status) or exists (select from actions
      where workflow_id = r.workflow_id and state in ('intended', 'accepted', 'unknown')) then current_tool end,
    event_hint = jsonb_build_object('kind', 'action.settled', 'actor', actor, 'detail',
      jsonb_build_object('actionId', action, 'tool', a.tool, 'landed', landed, 'why', why))
    where workflow_id = r.workflow_id;
  perform audit_operator(r, actor, 'action.settle', jsonb_build_object('action', action, 'state', 'unknown'),
    jsonb_build_object('action', action, 'state', case when landed then 'confirmed' else 'failed' end, 'why', why));
  if not is_final(r.status) then
    perform clear_outcome_hold(r.workflow_id, action, actor, case when landed then 'it landed' else 'it did not land' end);
    perform wake_workers(r.workflow_id);
  end if;
  select * into r from workflow_checkpoints where workflow_id = r.workflow_id;
  return run_state(r);
end $$;

-- It is known now what became of the action; the run goes on unless something else holds it.
create or replace function clear_outcome_hold(run uuid, action uuid, by_whom text, how text) returns void
language plpgsql as $$
begin
  update run_holds set cleared_at = clock_timestamp(), cleared_by = by_whom, cleared_why = how
    where workflow_id = run and action_id = action and cleared_at is null;
  if found then
    perform settle_run(run, jsonb_build_object('actor', by_whom, 'otherwise', 'hold.cleared', 'detail',
      jsonb_build_object('hold', 'outcome', 'why', how, 'actionId', action)));
  end if;
end $$;

grant execute on function settle_action(uuid, text, boolean, text, jsonb) to holdpoint_server;
