-- A control waits behind an agent's open transaction. These say which, and end it.

-- A transaction that has written to runs keeps their rows until it ends: a pause or a kill waits behind it, and so do the
-- leader's sweeps. This says which are open, the oldest first. Holdpoint's own are left out: they end by themselves.
create or replace function open_run_transactions(most integer default 10)
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

-- Sessions that keep the given backend waiting: what a control waits behind.
create or replace function blocking_sessions(waiting integer)
returns table (pid integer, login name, transaction_age double precision, is_agent boolean)
language plpgsql security definer set search_path from current as $$
begin
  perform assert_operator();
  return query
    select a.pid, a.usename, extract(epoch from clock_timestamp() - a.xact_start)::double precision,
      exists (select from agent_logins l where l.login = a.usename)
    from pg_stat_activity a where a.pid = any (pg_blocking_pids(waiting));
end $$;

-- Ends one session of an agent's login, so that a control can go through; its open transaction rolls back.
create or replace function end_session(session_pid integer, actor text, why text default null) returns boolean
language plpgsql security definer set search_path from current as $$
declare
  a record;
begin
  perform check_actor(actor, why);
  select s.pid, s.usename, l.agent_id into a from pg_stat_activity s
    join agent_logins l on l.login = s.usename where s.pid = session_pid;
  if not found then
    raise exception 'no agent session with pid %: nothing was done', session_pid using errcode = 'HP011';
  end if;
  perform audit_act(a.agent_id, actor, 'session.end', 'pg_stat_activity', session_pid::text, null,
    jsonb_build_object('login', a.usename, 'why', why));
  return pg_terminate_backend(session_pid, 2000);
end $$;

grant execute on function
  open_run_transactions(integer), blocking_sessions(integer), end_session(integer, text, text)
  to holdpoint_server;
