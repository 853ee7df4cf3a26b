-- Takes the place of 5201a358443edbabcf25163fbc75ae06ffb06568e354b659de4be84c8b3b1a83
-- which failed where a run was under way, and did the same where none was.

-- When each run lived: from its first event to the one that ended it. The fleet as of any second is found here, at a cost
-- that follows from how many lived then, not from how long the history is; what is shown comes from run_events.

create table run_lives (
  workflow_id uuid primary key,
  agent_id text,
  began_at timestamptz not null,
  -- Of the event that ended the run, with its sequence and what it said; null while the run has not ended.
  ended_at timestamptz,
  ended_seq bigint,
  status text,
  stop_reason text,
  check ((ended_at is null) = (ended_seq is null) and (ended_at is null) = (status is null) and ended_at >= began_at)
);

create index lives_open on run_lives (began_at) where ended_at is null;
-- A life is [began, ended): at the instant of its last event a run has ended.
create index lives_ended on run_lives using gist (tstzrange(began_at, ended_at)) where ended_at is not null;
create index lives_by_end on run_lives (ended_at desc, workflow_id) where ended_at is not null;
create index lives_by_agent on run_lives (agent_id, ended_at);

create function begin_life() returns trigger
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
create function end_life() returns trigger
language plpgsql security definer set search_path from current as $$
begin
  update run_lives set ended_at = greatest(began_at, (new.last_event ->> 'at')::timestamptz), ended_seq = new.seq,
      status = new.status, stop_reason = new.stop_reason
    where workflow_id = new.workflow_id and ended_at is null;
  return null;
end $$;

-- Written in the transaction of the event itself. An agent's step pays for a comparison, its start and its end for a row.
create trigger begin_life after insert on workflow_checkpoints
  for each row execute function begin_life();
create trigger end_life after update on workflow_checkpoints
  for each row when (new.status in ('complete', 'failed', 'killed') and old.status not in ('complete', 'failed', 'killed'))
  execute function end_life();

-- The triggers keep writers away until this has committed, so no life is missed between here and there.
insert into run_lives (workflow_id, agent_id, began_at, ended_at, ended_seq, status, stop_reason)
  -- greatest() passes over a null: where no event ended the run, its life has no end.
  select w.workflow_id, w.agent_id, first.at, case when last.seq is not null then greatest(first.at, last.at) end, last.seq,
    last.status, last.stop_reason
  from workflow_checkpoints w
  cross join lateral (
    select e.at from run_events e where e.workflow_id = w.workflow_id order by e.seq limit 1) first
  left join lateral (
    select e.at, e.seq, e.state ->> 'status' as status, e.state ->> 'stopReason' as stop_reason from run_events e
    where e.workflow_id = w.workflow_id and is_final(w.status) and is_final(e.state ->> 'status')
    order by e.seq limit 1) last on true;

create trigger lives_are_kept before delete or truncate on run_lives
  for each statement execute function refuse_removal();

grant select on run_lives to holdpoint_server;
