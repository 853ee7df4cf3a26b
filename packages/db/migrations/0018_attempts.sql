-- What an earlier attempt of a step or an action came to. Kept apart, because a retry is rare and the gate is not.

create table step_attempts (
  workflow_id uuid not null,
  name text not null,
  occurrence integer not null,
  attempt integer not null,
  epoch integer not null,
  state text not null,
  input jsonb,
  result jsonb,
  error text,
  started_at timestamptz not null,
  ended_at timestamptz,
  primary key (workflow_id, name, occurrence, attempt)
);

create table action_attempts (
  action_id uuid not null,
  attempt integer not null,
  epoch integer not null,
  state text not null,
  response jsonb,
  error text,
  error_class text,
  external_ref text,
  late jsonb,
  intended_at timestamptz not null,
  ended_at timestamptz,
  primary key (action_id, attempt)
);

-- A step that begins again: what it was before is an attempt of its own.
create function keep_step_attempt() returns trigger
language plpgsql as $$
begin
  insert into step_attempts (workflow_id, name, occurrence, attempt, epoch, state, input, result, error, started_at, ended_at)
    values (old.workflow_id, old.name, old.occurrence, old.attempt, old.epoch, old.state, old.input, old.result, old.error,
      old.started_at, old.ended_at);
  return null;
end $$;
create trigger keep_step_attempt after update on run_steps
  for each row when (new.attempt > old.attempt) execute function keep_step_attempt();

create function keep_action_attempt() returns trigger
language plpgsql as $$
begin
  insert into action_attempts (action_id, attempt, epoch, state, response, error, error_class, external_ref, late,
      intended_at, ended_at)
    values (old.action_id, old.attempt, old.epoch, old.state, old.response, old.error, old.error_class, old.external_ref,
      old.late, old.intended_at, old.ended_at);
  return null;
end $$;
create trigger keep_action_attempt after update on actions
  for each row when (new.attempt > old.attempt) execute function keep_action_attempt();

grant select on step_attempts, action_attempts to holdpoint_server;
