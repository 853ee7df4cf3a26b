-- There is always room for more events.

-- Makes the partitions of this month and the next `months`; returns how many it made. A month whose rows
-- already fell into the default partition stays there.
create or replace function make_event_partitions(months integer) returns integer
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

grant execute on function make_event_partitions(integer) to holdpoint_server;
