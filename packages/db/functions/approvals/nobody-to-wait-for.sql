-- A request must not wait for people who are not there.

-- Whether this person's yes would count, or counts already.
create or replace function could_say_yes(q approval_queue, agent text, person text) returns boolean
language sql stable as $$
  select person_of(person) = person and bar_to_part(q, person) is null and bar_to_act(person, 'approval.answer', agent) is null
    and not exists (select from approval_votes v where v.approval_id = q.approval_id and v.person = could_say_yes.person
      and v.digest = coalesce(q.digest, '') and vote_void_since(v.person, v.actor, v.voted_at) is not null)
$$;

-- Whether those who may answer it now, and whose yes counts, are enough for it, and one of them has not said it yet:
-- nothing but a vote approves. Of people whom no group names no more are looked for than it has places.
create or replace function could_be_met(q approval_queue) returns boolean
language sql stable as $$
  with asked(person, named) as not materialized (
    select m, true from jsonb_array_elements(q.quorum) g, jsonb_array_elements_text(g -> 'members') m
    union all
    select 'operator:' || o.name, false from operators o
      where q.quorum is null or jsonb_path_exists(q.quorum, '$[*] ? (!exists (@.members))'))
  select fills(coalesce(q.quorum, '[{"count": 1}]'),
      array(select a.person from asked a where a.named and could_say_yes(q, w.agent_id, a.person))
      || array(select a.person from asked a where not a.named and could_say_yes(q, w.agent_id, a.person)
        limit (select coalesce(sum((g ->> 'count')::integer), 1) from jsonb_array_elements(q.quorum) g)))
    and exists (select from asked a where could_say_yes(q, w.agent_id, a.person) and not exists (select from approval_votes v
      where v.approval_id = q.approval_id and v.person = a.person and v.digest = coalesce(q.digest, '')))
    from workflow_checkpoints w where w.workflow_id = q.workflow_id
$$;

-- Whether an open request waits for more people than there are: an administrator asks others, or somebody says no.
create or replace function lacks_people(approval uuid) returns boolean
language sql stable security definer set search_path from current as $$
  select why_settled(q) is null and not could_be_met(q) from approval_queue q where q.approval_id = approval
$$;

-- The supervisor's part, since nothing happens in a run when somebody is disabled: marks what has come to lack people,
-- which is told once, and takes the mark off where there are enough again. Looks at `most` open requests that came after
-- `after`, and returns the last of these, null at the end: it takes turns, so that however much one agent asks for, each
-- request is reached. A run that someone else has locked comes with the next turn.
create or replace function look_for_people(after uuid default null, most integer default 50) returns uuid
language plpgsql security definer set search_path from current as $$
declare
  seen approval_queue;
  q approval_queue;
  looked integer := 0;
begin
  perform assert_operator();
  for seen in
    select o.* from approval_queue o
    where o.decision is null and o.closed_at is null and (after is null
      or (o.asked_at, o.approval_id) > (select a.asked_at, a.approval_id from approval_queue a where a.approval_id = after))
    order by o.asked_at, o.approval_id limit most
  loop
    looked := looked + 1;
    continue when (seen.lacks_since is null) = could_be_met(seen);
    perform from workflow_checkpoints where workflow_id = seen.workflow_id for no key update skip locked;
    continue when not found;
    select * into q from approval_queue where approval_id = seen.approval_id and decision is null and closed_at is null;
    continue when not found or (q.lacks_since is null) = could_be_met(q);
    perform mark_lacking(q);
  end loop;
  return case when looked = most then seen.approval_id end;
end $$;

-- Its version stays: nothing of what is asked for has changed. The caller holds the run's lock.
create or replace function mark_lacking(q approval_queue) returns void
language plpgsql as $$
declare
  now_lacks timestamptz := case when q.lacks_since is null then clock_timestamp() end;
begin
  update approval_queue set lacks_since = now_lacks where approval_id = q.approval_id;
  if now_lacks is null then return; end if;
  perform settle_run(q.workflow_id, jsonb_build_object('kind', 'approval.lacking', 'actor', 'holdpoint', 'detail',
    jsonb_build_object('approvalId', q.approval_id, 'why', 'too few are left who could say yes')));
  perform audit_approval(q, 'holdpoint', 'approval.lacking', jsonb_build_object('lacksSince', null),
    jsonb_build_object('lacksSince', now_lacks));
end $$;

grant execute on function lacks_people(uuid), look_for_people(uuid, integer) to holdpoint_server;
