-- A transaction that has written to runs keeps their rows until it ends: a pause or a kill waits behind it, and so do the
-- leader's sweeps. This says which are open, the oldest first. Holdpoint's own are left out: they end by themselves.
create function open_run_transactions(most integer default 10)
returns table (pid integer, login name, transaction_age double precision, is_agent boolean)
language plpgsql stable security definer set search_path from current as $$
begin
  perform assert_operator();
  return query
    select a.pid, a.usename, extract(epoch from clock_timestamp() - a.xact_start)::double precision,
      exists (select from agent_logins l where l.login = a.usename)
    from pg_stat_activity a
    where a.datname = current_database() and a.pid <> pg_backend_pid()
      and not exists (
        select from pg_auth_members m where m.member = a.usesysid and m.roleid = 'holdpoint_server'::regrole)
      -- Writing a row, or locking it to write, leaves such a lock on the table until the end.
      and exists (
        select from pg_locks k
        where k.pid = a.pid and k.granted and k.locktype = 'relation' and k.relation = 'workflow_checkpoints'::regclass
          and k.mode in ('RowShareLock', 'RowExclusiveLock', 'ShareRowExclusiveLock', 'ExclusiveLock', 'AccessExclusiveLock'))
    -- Of a login that the owner does not administer the age is not to be seen; it comes last.
    order by a.xact_start nulls last limit most;
end $$;

grant execute on function open_run_transactions(integer) to holdpoint_server;
