-- Whether there are enough people for a request was asked of everybody: of 2,000 that took a tenth of a second.

-- Whether this person's yes would count, or counts already.
create function could_say_yes(q approval_queue, agent text, person text) returns boolean
language sql stable as $$
  select person_of(person) = person and bar_to_part(q, person) is null and bar_to_act(person, 'approval.answer', agent) is null
    and not exists (select from approval_votes v where v.approval_id = q.approval_id and v.person = could_say_yes.person
      and v.digest = coalesce(q.digest, '') and vote_void_since(v.person, v.actor, v.voted_at) is not null)
$$;

-- As before; of people whom no group names no more are looked for than the largest quorum has places.
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
