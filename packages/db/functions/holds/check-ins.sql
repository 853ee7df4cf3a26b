-- Nobody has looked for a long time: the run pauses until somebody does.

-- Whether so many steps without a look are enough.
create or replace function steps_up(p approval_policies, since integer) returns boolean
language sql immutable as $$ select coalesce(since >= p.check_in_steps, false) $$;

-- When so many hours without a look are over; null: its policy names none. Stable, as the sum of an instant and an
-- interval is, so that it can be taken into a query.
create or replace function hours_up(p approval_policies, looked timestamptz) returns timestamptz
language sql stable as $$ select looked + make_interval(secs => (p.check_in_hours * 3600)::double precision) $$;

-- Why a check-in is due under a policy, in words; null: it is not. A run that its agent dates ahead is as old as its
-- history says.
create or replace function check_in_due(r workflow_checkpoints, p approval_policies) returns text
language sql stable as $$
  select case
    when hours_up(p, coalesce(r.looked_at,
        least(r.created_at, (select l.began_at from run_lives l where l.workflow_id = r.workflow_id)))) <= clock_timestamp()
      then format('nobody has looked for %s hours', trim_scale(p.check_in_hours))
    when steps_up(p, r.steps - r.looked_steps) then format('nobody has looked for %s steps', r.steps - r.looked_steps)
  end
$$;

-- The supervisor's part: holds the runs whose check-in is due, `most` a call; returns how many. Resuming a run is a look.
-- A run that someone else has locked comes next time and does not count towards `most`.
create or replace function hold_for_check_in(most integer default 200) returns integer
language plpgsql security definer set search_path from current as $$
declare
  due record;
  r workflow_checkpoints;
  done integer := 0;
begin
  perform assert_operator();
  for due in
    select w.workflow_id, p.policy_id, p.version from approval_policies p join workflow_checkpoints w
      on w.status in ('queued', 'running', 'approved') and (p.agent_id is null or p.agent_id = w.agent_id)
        and (p.skill is null or p.skill = w.skill)
    where p.current and (p.check_in_hours is not null or p.check_in_steps is not null) and check_in_due(w, p) is not null
    limit most for no key update of w skip locked
  loop
    select * into r from workflow_checkpoints where workflow_id = due.workflow_id;
    continue when r.status not in ('queued', 'running', 'approved');
    perform hold_at_gate(r.workflow_id, 'check_in', 'CHECK_IN_DUE', check_in_due(r, p))
      from approval_policies p where p.policy_id = due.policy_id and p.version = due.version and check_in_due(r, p) is not null;
    if found then
      perform audit_operator(r, 'holdpoint', 'run.check_in', null, jsonb_build_object('policy', due.policy_id, 'version', due.version));
      done := done + 1;
    end if;
  end loop;
  return done;
end $$;

-- A person has looked at a run: its check-in counts from now on. Once a minute is enough to say so.
create or replace function look_at_run(run uuid, actor text) returns jsonb
language plpgsql security definer set search_path from current as $$
declare
  r workflow_checkpoints;
begin
  perform check_actor(actor, null);
  r := lock_run(run);
  if is_final(r.status) or r.looked_by = actor and r.looked_at > clock_timestamp() - interval '1 minute' then
    return run_state(r);
  end if;
  update workflow_checkpoints set looked_at = clock_timestamp(), looked_by = actor, looked_steps = steps,
      event_hint = jsonb_build_object('kind', 'run.looked', 'actor', actor)
    where workflow_id = run returning * into r;
  perform audit_operator(r, actor, 'run.look', null, jsonb_build_object('steps', r.steps));
  return run_state(r);
end $$;

grant execute on function hold_for_check_in(integer), look_at_run(uuid, text) to holdpoint_server;
