-- A worker holds a run by a lease with an epoch, by the database's clock; with an older epoch it is fenced off.

create or replace function check_worker(worker_name text) returns void
language plpgsql immutable as $$
begin
  if coalesce(worker_name, '') = '' then
    raise exception 'worker is missing: nothing was written' using errcode = 'HP010';
  end if;
  perform check_text('worker', worker_name, 200);
end $$;

-- A lease is 1 s to 1 h long: a worker cannot make itself one that never runs out.
create or replace function lease_length(lease_ms integer) returns interval
language sql immutable as
$$ select make_interval(secs => least(greatest(lease_ms, 1000), 3600000) / 1000.0) $$;

create or replace function lease_run(run uuid, run_epoch integer, worker_name text, lease_ms integer) returns void
language sql as $$
  insert into run_leases (workflow_id, epoch, worker, login, heartbeat_at, lease_until)
    values (run, run_epoch, worker_name, session_user, clock_timestamp(), clock_timestamp() + lease_length(lease_ms))
    on conflict (workflow_id) do update set epoch = excluded.epoch, worker = excluded.worker, login = excluded.login,
      heartbeat_at = excluded.heartbeat_at, lease_until = excluded.lease_until
$$;

-- Renews every lease of one worker in one statement; makes no events. Returns what the worker must know of its
-- runs: those it asked about that are held, ended, taken over, or have a request it has not acknowledged.
-- `leased`: the lease is this worker's. A run without one must be claimed again.
create or replace function heartbeat(worker_name text, runs uuid[], lease_ms integer default 15000)
returns table (run_id uuid, status text, held_by text[], stop_reason text, run_epoch integer, control jsonb, leased boolean)
language plpgsql security definer set search_path from current as $$
begin
  update run_leases l set heartbeat_at = clock_timestamp(), lease_until = clock_timestamp() + lease_length(lease_ms)
    where l.worker = worker_name and l.login = session_user and l.workflow_id = any (runs);
  return query
    select w.workflow_id, w.status, w.held_by, w.stop_reason, w.epoch, w.control, l.workflow_id is not null
    from workflow_checkpoints w
      left join run_leases l on l.workflow_id = w.workflow_id and l.worker = worker_name
    where w.workflow_id = any (runs) and may_act_as(w.agent_id)
      and (w.status <> 'running' or w.control ->> 'acknowledgedAt' is null and w.control is not null or l.workflow_id is null);
end $$;

-- Marks runs as lost whose lease ran out by the database's clock; called each second by the server's leader. Returns
-- how many. A run or a lease that someone has locked is left for the next sweep (a heartbeat locks the lease: that
-- worker lives) and does not count towards `most`, so that no agent keeps the sweep from the others.
create or replace function sweep_lost_runs(most integer default 500) returns integer
language plpgsql security definer set search_path from current as $$
declare
  l run_leases;
  in_flight integer;
  swept integer := 0;
begin
  perform assert_operator();
  for l in
    select e.* from run_leases e join workflow_checkpoints w on w.workflow_id = e.workflow_id
    where e.lease_until < clock_timestamp() order by e.lease_until limit most
    for no key update of w skip locked for update of e skip locked
  loop
    delete from run_leases where workflow_id = l.workflow_id;
    in_flight := settle_actions_in_flight(l.workflow_id);
    update workflow_checkpoints set
      status = case when status in ('running', 'approved') then 'lost' else status end,
      stop_reason = case when status in ('running', 'approved') then 'WORKER_LOST' else stop_reason end,
      stop_detail = case when status in ('running', 'approved') then
        format('worker %s last seen %s%s', l.worker, to_char(l.heartbeat_at at time zone 'utc', 'HH24:MI:SS"Z"'),
          case in_flight when 0 then '' else format('; %s action%s in flight, outcome unknown', in_flight, case when in_flight > 1 then 's' end) end)
        else stop_detail end,
      worker = null,
      control = case when control ->> 'quiescedAt' is null and control ->> 'verb' <> 'resume'
        then control_reached(control, 'none') || jsonb_build_object('quiescedAt', clock_timestamp(),
          'deliveredAt', control -> 'deliveredAt') else control end,
      event_hint = jsonb_build_object('kind', 'run.lost', 'actor', 'holdpoint',
        'detail', jsonb_build_object('inFlight', in_flight, 'outcome', l.worker))
      where workflow_id = l.workflow_id;
    swept := swept + 1;
  end loop;
  return swept;
end $$;

grant execute on function heartbeat(text, uuid[], integer) to agent_worker;

grant execute on function sweep_lost_runs(integer) to holdpoint_server;
