-- A request must not wait for people who are not there.

-- Whether this person's yes would count, or counts already.
create or replace function could_say_yes(q approval_queue, agent text, person text) returns boolean
language sql stable as $$
  select person_of(person) = person and bar_to_part(q, person) is null and bar_to_act(person, 'approval.answer', agent) is null
    and not exists (select from approval_votes v where v.approval_id = q.approval_id and v.person = could_say_yes.person
      and v.digest = coalesce(q.digest, '') and vote_void_since(v.person, v.actor, v.voted_at) is not null)
$$;

-- Whether those who may answer it now, and whose yes counts, are enough for it. Of people whom no group names no more
-- are looked for than the largest quorum has places.
create or replace function could_be_met(q approval_queue) returns boolean
language sql stable as $$
  select fills(coalesce(q.quorum, '[{"count": 1}]'),
      array(select m from jsonb_array_elements(q.quorum) g, jsonb_array_elements_text(g -> 'members') m
        where could_say_yes(q, w.agent_id, m))
      || array(select 'operator:' || o.name from operators o
        where (q.quorum is null or jsonb_path_exists(q.quorum, '$[*] ? (!exists (@.members))'))
          and could_say_yes(q, w.agent_id, 'operator:' || o.name) limit 50))
    from workflow_checkpoints w where w.workflow_id = q.workflow_id
$$;

-- Whether an open request waits for more people than there are: an administrator asks others, or somebody says no.
create or replace function lacks_people(approval uuid) returns boolean
language sql stable security definer set search_path from current as $$
  select why_settled(q) is null and not could_be_met(q) from approval_queue q where q.approval_id = approval
$$;

grant execute on function lacks_people(uuid) to holdpoint_server;
