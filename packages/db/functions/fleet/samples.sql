-- How many runs were in which state, now and then.

-- Only what lives and what has ended since is counted: that does not grow with history. Nothing is sampled twice
-- within a second. Kept for 31 days.
create or replace function record_fleet_sample() returns void
language plpgsql security definer set search_path from current as $$
declare
  now_at timestamptz;
  before timestamptz;
begin
  perform assert_operator();
  -- One at a time, or two would count the same ends.
  lock table fleet_samples in share row exclusive mode;
  now_at := clock_timestamp();
  select max(at) into before from fleet_samples;
  if before > now_at - interval '1 second' then return; end if;
  insert into fleet_samples (at, counts, ended)
    select now_at,
      (select coalesce(jsonb_object_agg(state, n), '{}') from (
        select shown_state(w) as state, count(*) as n from workflow_checkpoints w
        where w.status in ('queued', 'running', 'paused', 'approved', 'lost') group by 1) s),
      (select jsonb_object_agg(s.status, (select count(*) from workflow_checkpoints w
          where w.status = s.status and w.status_since > coalesce(before, now_at - interval '15 seconds') and w.status_since <= now_at))
        from unnest('{complete,failed,killed}'::text[]) s(status));
  delete from fleet_samples where at < now_at - interval '31 days';
end $$;

grant execute on function record_fleet_sample() to holdpoint_server;
