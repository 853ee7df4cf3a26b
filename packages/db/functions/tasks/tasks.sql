-- Writes of tasks that name a run obey it.

-- Invariant 1 for plain SQL: the run's row is locked first, so a pause or kill that committed is seen.
create or replace function guard_task(run uuid) returns void
language plpgsql as $$
begin
  perform check_may_go_on(lock_run_to_write(run));
end $$;

create or replace function guard_task_write() returns trigger
language plpgsql security definer set search_path from current as $$
begin
  if tg_op = 'UPDATE' and old.workflow_id is not null then
    if new.workflow_id is distinct from old.workflow_id then
      raise exception 'task % keeps its run: nothing was written', old.id using errcode = 'HP003';
    end if;
    if new *= old then return new; end if;
  end if;
  if new.workflow_id is not null then
    perform guard_task(new.workflow_id);
  end if;
  return new;
end $$;

create or replace function guard_task_result() returns trigger
language plpgsql security definer set search_path from current as $$
declare
  t tasks;
begin
  select * into t from tasks where id = new.task_id;
  if found and not is_operator() and not may_act_as(t.agent_id) then
    raise exception 'no task %: nothing was written', new.task_id using errcode = 'HP004';
  end if;
  if t.workflow_id is not null then perform guard_task(t.workflow_id); end if;
  return new;
end $$;

create or replace function note_task(run uuid, task uuid, status text) returns void
language sql as $$
  update workflow_checkpoints set event_hint = jsonb_build_object('kind', 'task.written', 'detail',
    jsonb_build_object('taskId', task, 'taskStatus', left(status, 100))) where workflow_id = run
$$;

create or replace function record_task_write() returns trigger
language plpgsql security definer set search_path from current as $$
begin
  perform note_task(new.workflow_id, new.id, new.status);
  return null;
end $$;
