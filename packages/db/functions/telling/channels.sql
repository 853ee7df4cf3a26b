-- Telling people outside the console: the channels. Their secrets are never in the log.

-- What an audit row keeps of a channel: never its secrets.
create or replace function channel_facts(c notification_channels) returns jsonb
language sql stable as $$
  select jsonb_build_object('name', c.name, 'kind', c.kind, 'address', c.address, 'classes', c.classes, 'reasons', c.reasons,
    'agents', c.agents, 'minimumRisk', c.minimum_risk, 'enabled', c.enabled)
$$;

create or replace function audit_channel(channel uuid, act text, actor text, before jsonb, after jsonb) returns void
language sql as $$
  select audit_act(null, actor, act, 'notification_channels', channel::text, before, after)
$$;

-- Makes a channel, or changes one: {name, kind, address, classes, reasons, agents, minimumRisk, enabled}. Its kind never
-- changes; `sealed` null keeps the secrets it has.
create or replace function save_channel(channel uuid, spec jsonb, sealed bytea, actor text) returns void
language plpgsql security definer set search_path from current as $$
declare
  before notification_channels;
  c notification_channels;
begin
  perform check_actor(actor, null);
  select * into before from notification_channels where channel_id = channel for no key update;
  if exists (select from notification_channels n where lower(n.name) = lower(spec ->> 'name') and n.channel_id <> channel) then
    raise exception 'there is a channel "%" already: nothing was done', spec ->> 'name' using errcode = 'HP010';
  end if;
  if before.channel_id is null and sealed is null or before.kind <> spec ->> 'kind' then
    raise exception 'a channel has its kind and its secrets from the start: nothing was done' using errcode = 'HP010';
  end if;
  if before.channel_id is null and (select count(*) from notification_channels) >= 100 then
    raise exception 'there are 100 channels: nothing was done' using errcode = 'HP016';
  end if;
  insert into notification_channels as n (channel_id, name, kind, address, classes, reasons, agents, minimum_risk, enabled, made_by)
    values (channel, spec ->> 'name', spec ->> 'kind', spec ->> 'address', texts_of(spec -> 'classes'), texts_of(spec -> 'reasons'),
      texts_of(spec -> 'agents'), spec ->> 'minimumRisk', (spec ->> 'enabled')::boolean, actor)
    on conflict (channel_id) do update set name = excluded.name, address = excluded.address, classes = excluded.classes,
      reasons = excluded.reasons, agents = excluded.agents, minimum_risk = excluded.minimum_risk, enabled = excluded.enabled
    returning * into c;
  insert into notification_secrets as s (channel_id, sealed) select channel, save_channel.sealed where save_channel.sealed is not null
    on conflict (channel_id) do update set sealed = excluded.sealed;
  perform audit_channel(channel, case when before.channel_id is null then 'channel.add' else 'channel.change' end, actor,
    case when before.channel_id is not null then channel_facts(before) end,
    channel_facts(c) || jsonb_build_object('newSecrets', sealed is not null));
end $$;

create or replace function remove_channel(channel uuid, actor text) returns void
language plpgsql security definer set search_path from current as $$
declare
  gone notification_channels;
  unsent integer;
begin
  perform check_actor(actor, null);
  select count(*) into unsent from notifications where channel_id = channel and state <> 'sent';
  delete from notification_channels where channel_id = channel returning * into gone;
  if not found then
    raise exception 'there is no such channel: nothing was done' using errcode = 'HP015';
  end if;
  perform audit_channel(channel, 'channel.remove', actor, channel_facts(gone), jsonb_build_object('unsent', unsent));
end $$;

grant execute on function save_channel(uuid, jsonb, bytea, text), remove_channel(uuid, text) to holdpoint_server;
