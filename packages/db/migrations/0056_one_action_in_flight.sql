-- As before; one action is one action, and several are actions.
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
