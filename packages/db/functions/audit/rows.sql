-- Audit rows carry what the database itself saw, whatever their writer claims.

-- An audit row is never refused for its run's state: it is evidence. What the writer claims (credentials,
-- logged_at) stays beside what the database saw (login, seen_at).
create or replace function guard_audit_row() returns trigger
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

-- Its event. Written after the statement, so that one statement may record and change the same run. The event names
-- the row: what a plain-SQL agent says it did is what its drift is told by.
create or replace function record_audit_row() returns trigger
language plpgsql security definer set search_path from current as $$
begin
  update workflow_checkpoints set event_hint = jsonb_build_object('kind', 'audit.recorded', 'detail',
      jsonb_strip_nulls(jsonb_build_object('action', left(new.action, 200), 'table', left(new.target_table, 200),
        'row', left(new.target_row_id, 200), 'late', nullif(new.late, false), 'logId', new.log_id)))
    where workflow_id = new.workflow_id;
  return null;
end $$;

-- One row for an act that is about no run (invariant 7: same transaction, or it did not happen). `agent` null: about none.
create or replace function audit_act(agent text, actor text, act text, tab text, id text, before jsonb, after jsonb) returns void
language sql as $$
  insert into agent_audit_log (agent_id, action, target_table, target_row_id, data_before, data_after, data_timestamp, actor)
    values (agent, act, tab, id, before, after, clock_timestamp(), actor)
$$;
