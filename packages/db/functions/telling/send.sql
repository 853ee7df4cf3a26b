-- Messages on their way to receivers.

-- Hands due messages to a sender, each to one: at most `most`, and of one channel no more than `per_channel` at a time
-- over all servers, so that a receiver that hangs keeps nothing from the others. A claim is a lease: a sender that
-- dies is replaced, and its message is sent again under the same id. An attempt counts when it begins.
create or replace function claim_notifications(most integer, per_channel integer, lease_seconds integer, most_attempts integer)
returns table (notification_id uuid, claim uuid, class text, channel_id uuid, kind text, address text, sealed bytea)
language plpgsql security definer set search_path from current as $$
begin
  perform assert_operator();
  update notifications n set state = 'failed', claim = null, lease_until = null, failed_at = clock_timestamp(),
      last_error = 'the server stopped while it was sending'
    where n.state = 'sending' and n.lease_until <= clock_timestamp() and n.attempts >= most_attempts;
  return query
    with due as (
      select d.notification_id from notification_channels c cross join lateral (
        select n.notification_id from notifications n
        where n.channel_id = c.channel_id and (c.enabled or n.class = 'test')
          and (n.state = 'pending' and n.next_attempt_at <= clock_timestamp()
            or n.state = 'sending' and n.lease_until <= clock_timestamp())
        order by n.next_attempt_at
        limit greatest(0, per_channel - (select count(*) from notifications b
          where b.channel_id = c.channel_id and b.state = 'sending' and b.lease_until > clock_timestamp()))
        for update of n skip locked) d
      -- No channel is always the last.
      order by random() limit most),
    taken as (
      update notifications n set state = 'sending', claim = gen_random_uuid(), attempts = n.attempts + 1,
          lease_until = clock_timestamp() + lease_seconds * interval '1 second'
        from due where n.notification_id = due.notification_id returning n.*)
    select t.notification_id, t.claim, t.class, t.channel_id, c.kind, c.address, s.sealed
    from taken t join notification_channels c on c.channel_id = t.channel_id
    left join notification_secrets s on s.channel_id = t.channel_id;
end $$;

-- What became of a claimed message; false where the claim is no longer this sender's. `failure` null: it was sent.
-- Tried again after 5 s, 15 s, 45 s and so on up to 4 h, less up to half of it at random; `give_up`: never again.
create or replace function settle_notification(notification uuid, held_claim uuid, failure text, give_up boolean, not_before_ms integer,
  most_attempts integer) returns boolean
language plpgsql security definer set search_path from current as $$
begin
  perform assert_operator();
  update notifications set claim = null, lease_until = null,
      state = case when failure is null then 'sent' when give_up or attempts >= most_attempts then 'failed' else 'pending' end,
      sent_at = case when failure is null then clock_timestamp() end,
      failed_at = case when failure is null then failed_at else clock_timestamp() end,
      last_error = coalesce(left(failure, 500), last_error),
      next_attempt_at = clock_timestamp() + greatest(coalesce(not_before_ms, 0) / 1000.0,
        least(14400, 5 * power(3, least(attempts, 12) - 1)) * (0.5 + random() / 2)) * interval '1 second'
    where notification_id = notification and state = 'sending' and claim = held_claim;
  return found;
end $$;

-- What was sent is kept for 30 days, what was given up for 90. Returns how many went.
create or replace function forget_old_notifications(most integer) returns integer
language plpgsql security definer set search_path from current as $$
declare
  gone integer;
begin
  perform assert_operator();
  delete from notifications where notification_id in (
    select o.notification_id from notifications o
    where o.state = 'sent' and o.sent_at < clock_timestamp() - interval '30 days'
      or o.state = 'failed' and o.failed_at < clock_timestamp() - interval '90 days' limit most);
  get diagnostics gone = row_count;
  return gone;
end $$;

-- What was given up is tried anew, as often as at first; what waits is tried at once.
create or replace function retry_notifications(channel uuid, actor text) returns integer
language plpgsql security definer set search_path from current as $$
declare
  again integer;
begin
  perform check_actor(actor, null);
  update notifications set state = 'pending', next_attempt_at = clock_timestamp(),
      attempts = case state when 'failed' then 0 else attempts end
    where channel_id = channel and state in ('failed', 'pending');
  get diagnostics again = row_count;
  if again = 0 then
    raise exception 'nothing of this channel waits to be sent: nothing was done' using errcode = 'HP015';
  end if;
  perform audit_channel(channel, 'channel.retry', actor, null, jsonb_build_object('messages', again));
  return again;
end $$;

-- A message that says it is a test, on the way of all others.
create or replace function test_channel(channel uuid, actor text) returns uuid
language plpgsql security definer set search_path from current as $$
declare
  made uuid := gen_random_uuid();
begin
  perform check_actor(actor, null);
  perform from notification_channels where channel_id = channel for key share;
  if not found then
    raise exception 'there is no such channel: nothing was done' using errcode = 'HP015';
  end if;
  insert into notifications (notification_id, channel_id, class, event_key, event_at, facts)
    values (made, channel, 'test', 'test:' || made, clock_timestamp(), jsonb_build_object('by', actor));
  perform audit_channel(channel, 'channel.test', actor, null, jsonb_build_object('notification', made));
  return made;
end $$;

grant execute on function
  claim_notifications(integer, integer, integer, integer),
  settle_notification(uuid, uuid, text, boolean, integer, integer), forget_old_notifications(integer),
  retry_notifications(uuid, text), test_channel(uuid, text)
  to holdpoint_server;
