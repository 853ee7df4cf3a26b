-- Which runs lived when: the fleet as of any second is found by it.

create or replace function begin_life() returns trigger
language plpgsql security definer set search_path from current as $$
declare
  began timestamptz := (new.last_event ->> 'at')::timestamptz;
  ended boolean := is_final(new.status);
begin
  insert into run_lives (workflow_id, agent_id, began_at, ended_at, ended_seq, status, stop_reason)
    values (new.workflow_id, new.agent_id, began, case when ended then began end, case when ended then new.seq end,
      case when ended then new.status end, case when ended then new.stop_reason end);
  return null;
end $$;

-- A clock that was set back must not make an agent's write fail: no life ends before it began.
create or replace function end_life() returns trigger
language plpgsql security definer set search_path from current as $$
begin
  update run_lives set ended_at = greatest(began_at, (new.last_event ->> 'at')::timestamptz), ended_seq = new.seq,
      status = new.status, stop_reason = new.stop_reason
    where workflow_id = new.workflow_id and ended_at is null;
  return null;
end $$;
