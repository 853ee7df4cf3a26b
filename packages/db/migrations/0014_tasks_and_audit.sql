-- Task writes that name a run obey it; audit rows carry what the database itself saw.

-- Invariant 1 for plain SQL: the run's row is locked first, so a pause or kill that committed is seen.
create function guard_task(run uuid) returns void
language plpgsql as $$
begin
  perform check_may_go_on(lock_run_to_write(run));
end $$;

create function note_task(run uuid, task uuid, status text) returns void
language sql as $$
  update workflow_checkpoints set event_hint = jsonb_build_object('kind', 'task.written', 'detail',
    jsonb_build_object('taskId', task, 'taskStatus', left(status, 100))) where workflow_id = run
$$;

create function guard_task_write() returns trigger
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
create trigger guard_task_write before insert or update on tasks
  for each row execute function guard_task_write();

create function record_task_write() returns trigger
language plpgsql security definer set search_path from current as $$
begin
  perform note_task(new.workflow_id, new.id, new.status);
  return null;
end $$;
create trigger record_task_insert after insert on tasks
  for each row when (new.workflow_id is not null) execute function record_task_write();
create trigger record_task_update after update on tasks
  for each row when (new.workflow_id is not null and new.* is distinct from old.*) execute function record_task_write();

create function guard_task_result() returns trigger
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
create trigger guard_task_result before insert or update on task_results
  for each row execute function guard_task_result();

-- An audit row is never refused for its run's state: it is evidence. What the writer claims (credentials,
-- logged_at) stays beside what the database saw (login, seen_at).
create function guard_audit_row() returns trigger
language plpgsql security definer set search_path from current as $$
declare
  r workflow_checkpoints;
begin
  new.login := session_user;
  new.seen_at := clock_timestamp();
  new.actor := case when is_operator() then 'login:' || session_user else 'agent:' || new.agent_id end;
  perform check_size('data_before', new.data_before, 262144), check_size('data_after', new.data_after, 262144),
    check_text('action', new.action, 500), check_text('credentials', new.credentials, 1000),
    check_text('target_table', new.target_table, 500), check_text('target_row_id', new.target_row_id, 500);
  if new.workflow_id is null then return new; end if;
  select * into r from workflow_checkpoints where workflow_id = new.workflow_id for no key update;
  if not found then return new; end if;
  if not is_operator() and not may_act_as(r.agent_id) then
    raise exception 'no run %: nothing was written', new.workflow_id using errcode = 'HP005';
  end if;
  new.late := is_final(r.status);
  return new;
end $$;

-- A row with an actor was written by one of our functions: no one else may set that column.
create trigger guard_audit_row before insert on agent_audit_log
  for each row when (new.actor is null) execute function guard_audit_row();

-- Its event. Written after the statement, so that one statement may record and change the same run.
create function record_audit_row() returns trigger
language plpgsql security definer set search_path from current as $$
begin
  update workflow_checkpoints set event_hint = jsonb_build_object('kind', 'audit.recorded', 'detail',
      jsonb_strip_nulls(jsonb_build_object('action', left(new.action, 200), 'table', left(new.target_table, 200),
        'row', left(new.target_row_id, 200), 'late', nullif(new.late, false))))
    where workflow_id = new.workflow_id;
  return null;
end $$;
-- Inside our functions, whose own events say more, current_user is the owner.
create trigger record_audit_row after insert on agent_audit_log
  for each row when (new.workflow_id is not null and current_user = session_user) execute function record_audit_row();
