-- Who tries too often waits.

-- Whoever has an IPv6 address has 2^64 of them: one for each guess, and none had to wait. A network of 64 bits, the smallest
-- that is given out, counts as one address; an IPv4 address in whatever form counts as itself.
create or replace function failure_key(key text) returns text
language plpgsql stable as $$
declare
  said text := split_part(substr(key, 9), '%', 1);
  address inet;
begin
  if key not like 'address:%' or not pg_input_is_valid(said, 'inet') then return key; end if;
  address := said::inet;
  return case
    when family(address) = 4 then key
    when address <<= inet '::ffff:0:0/96' then 'address:' || host(inet '0.0.0.0' + (address - inet '::ffff:0:0'))
    else 'address:' || network(set_masklen(address, 64))
  end;
end $$;

-- Some tries are free: 5 for an account, 20 for an address, behind which many people may sit. After that each failure
-- doubles the wait, up to 15 minutes. The account is never locked for good: that would let a stranger lock it.
create or replace function refuse_too_many_tries(keys text[]) returns void
language plpgsql as $$
declare
  wait double precision;
begin
  select extract(epoch from max(blocked_until) - clock_timestamp()) into wait from sign_in_failures
    where key = any (array(select failure_key(k) from unnest(keys) k));
  if wait > 0 then
    raise exception 'too many tries: wait % s', ceil(wait) using errcode = 'HP032',
      hint = 'Or sign in with a link from an administrator.';
  end if;
end $$;

-- Counts one failure of a key; the next try waits the longer.
create or replace function count_failure(of_key text, free integer) returns void
language sql as $$
  insert into sign_in_failures as f values (failure_key(of_key), 1, clock_timestamp(), clock_timestamp())
    on conflict (key) do update set (failures, last_at, blocked_until) = (
      select n, clock_timestamp(), clock_timestamp()
        + case when n < free then interval '0' else least(900, 2 ^ least(n - free, 20)) * interval '1 second' end
      from (select case when f.last_at < clock_timestamp() - interval '1 day' then 1 else f.failures + 1 end) counted(n))
$$;

-- Who has to wait now after too many tries, the longest first.
create or replace function sign_in_waits() returns table (key text, failures integer, until timestamptz)
language sql stable security definer set search_path from current as $$
  select f.key, f.failures, f.blocked_until from sign_in_failures f where f.blocked_until > clock_timestamp()
    order by f.blocked_until desc limit 100
$$;

grant execute on function sign_in_waits() to holdpoint_server;
