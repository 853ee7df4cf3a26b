-- Killing a run, and all that it started: final at once.

-- Ends one run for good. The caller holds its lock and has seen that it has not ended.
create or replace function kill_one(r workflow_checkpoints, actor text, why text) returns workflow_checkpoints
language plpgsql as $$
declare
  before jsonb := held_state(r);
  request jsonb := control_requested(r, 'kill', actor, why);
  in_flight integer := close_run(r.workflow_id, actor, 'the run was killed');
begin
  update workflow_checkpoints set status = 'killed', held_by = '{}', resume_to = null, stop_reason = 'USER_KILLED',
    stop_detail = why, waiting_on = null, current_tool = null, control = request,
    event_hint = jsonb_build_object('kind', 'run.killed', 'actor', actor,
      'detail', jsonb_build_object('why', why, 'inFlight', in_flight))
    where workflow_id = r.workflow_id returning * into r;
  perform audit_operator(r, actor, 'run.kill', before, held_state(r) || jsonb_build_object('why', why));
  perform wake_workers(r.workflow_id);
  return r;
end $$;

-- Ends a run and all below it for good. Returns the states of the runs it killed, the named one first.
-- Level by level, because an agent could nest runs deeper than a stack; through runs that ended before, because
-- what they started may still run. A level is read when the locks above it are held, or its parents have ended:
-- no child can be added meanwhile. `most` bounds one transaction, because an agent could start more runs than can
-- be killed in any patience; named again, a killed run's call goes on with what is left below it.
create or replace function kill_run(run uuid, actor text, why text default null, most integer default null) returns setof jsonb
language plpgsql security definer set search_path from current as $$
declare
  r workflow_checkpoints;
  level uuid[] := array[run];
  living uuid[];
  below uuid;
  named workflow_checkpoints;
  killed integer := 0;
begin
  perform check_actor(actor, why);
  named := lock_run(run);
  if not is_final(named.status) then
    return next run_state(kill_one(named, actor, why));
    killed := 1;
  elsif named.status <> 'killed' then
    perform raise_ended(named);
  end if;
  loop
    select array_agg(workflow_id), array_agg(workflow_id order by workflow_id) filter (where not is_final(status))
      into level, living from workflow_checkpoints where parent_id = any (level);
    exit when level is null;
    foreach below in array coalesce(living, '{}') loop
      if killed >= most then return; end if;
      r := lock_run(below);
      continue when is_final(r.status);
      return next run_state(kill_one(r, actor, left('its parent was killed: ' || coalesce(why, 'no reason given'), 2000)));
      killed := killed + 1;
    end loop;
  end loop;
  if killed = 0 then perform raise_ended(named); end if;
end $$;

grant execute on function kill_run(uuid, text, text, integer) to holdpoint_server;
