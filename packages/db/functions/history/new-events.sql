-- What is new between two snapshots is said once: the counts, the outbox, drift and the live tail read it alike.

-- The same snapshot as it was before any transaction after `upto`.
create or replace function snapshot_up_to(whole pg_snapshot, upto xid8) returns pg_snapshot
language sql immutable as $$
  select case when upto is null or upto >= pg_snapshot_xmax(whole) then whole
    else format('%s:%s:%s', coalesce(open[1]::text::numeric, upto::text::numeric + 1), upto::text::numeric + 1,
      array_to_string(open, ','))::pg_snapshot end
  from (select array(select x from pg_snapshot_xip(whole) x where x <= upto order by x) as open) o
$$;

-- Exact without waiting for anyone: what `new` sees and `old` did not. That is what began after `old` was taken, and what
-- was in progress then. Two branches, since with OR the planner would read whole partitions. In plain SQL without settings
-- of its own, so that the planner puts it into the question that asks.
create or replace function events_between(old pg_snapshot, new pg_snapshot) returns setof run_events
language sql stable rows 100 as $$
  select e.* from run_events e
    where e.xid >= pg_snapshot_xmax(old) and e.xid < pg_snapshot_xmax(new) and pg_visible_in_snapshot(e.xid, new)
  union all
  select e.* from run_events e
    where e.xid = any (array(select pg_snapshot_xip(old))) and pg_visible_in_snapshot(e.xid, new)
$$;

grant execute on function events_between(pg_snapshot, pg_snapshot) to holdpoint_server;
