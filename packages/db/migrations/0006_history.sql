-- The history and the log are kept: nothing of them is changed or removed, and there is always room for more.

-- Nobody removes a run while Holdpoint watches it.
create function refuse_removal() returns trigger
language plpgsql as $$
begin
  raise exception '% on % is refused: this record is kept', lower(tg_op), tg_table_name using errcode = 'HP009';
end $$;
create trigger runs_are_kept before delete or truncate on workflow_checkpoints
  for each statement execute function refuse_removal();

-- Invariant 8: events and audit rows are append-only, for the owner too.
-- Row triggers are cloned to every partition, so naming a partition does not go round them.
create trigger events_are_kept before update or delete on run_events
  for each row execute function refuse_removal();
create trigger events_are_not_truncated before truncate on run_events
  for each statement execute function refuse_removal();
create trigger events_are_not_truncated before truncate on run_events_default
  for each statement execute function refuse_removal();
create trigger audit_is_kept before update or delete or truncate on agent_audit_log
  for each statement execute function refuse_removal();

-- Makes the partitions of this month and the next `months`; returns how many it made. A month whose rows
-- already fell into the default partition stays there.
create function make_event_partitions(months integer) returns integer
language plpgsql security definer set search_path from current as $$
declare
  m date;
  part text;
  made integer := 0;
begin
  for i in 0..months loop
    m := date_trunc('month', now() at time zone 'utc')::date + make_interval(months => i);
    part := 'run_events_' || to_char(m, 'YYYY_MM');
    continue when to_regclass(part) is not null;
    continue when exists (
      select from run_events_default
      where at >= m::timestamp at time zone 'utc' and at < (m + interval '1 month') at time zone 'utc');
    execute format('create table %I partition of run_events for values from (%L) to (%L)', part,
      m::timestamp at time zone 'utc', (m + interval '1 month') at time zone 'utc');
    execute format('create trigger events_are_not_truncated before truncate on %I
      for each statement execute function refuse_removal()', part);
    made := made + 1;
  end loop;
  return made;
end $$;
select make_event_partitions(3);
