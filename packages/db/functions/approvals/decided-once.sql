-- Whoever writes a request's row, by whatever way: a decision is written once, by enough people, and never changed.

-- Invariants 5 and 13: a decision is written once, by decide_approval, and never changed; so is what it was about, and
-- what it was used for. The quorum is asked for again: no writer of any kind makes a yes of fewer votes, nor a verdict
-- on an output without its grade.
create or replace function guard_approval_change() returns trigger
language plpgsql security definer set search_path from current as $$
begin
  if not is_operator() and (new.decision, new.decided_by, new.decided_at, new.arguments, new.digest, new.version, new.quorum,
      new.four_eyes) is distinct from (old.decision, old.decided_by, old.decided_at, old.arguments, old.digest, old.version,
      old.quorum, old.four_eyes) then
    raise exception 'an agent cannot decide: nothing was written' using errcode = 'HP004';
  end if;
  if old.decision is not null and (new.decision, new.decided_by, new.tool, new.target, new.arguments, new.digest, new.expires_at,
      new.policy_id, new.policy_version) is distinct from (old.decision, old.decided_by, old.tool, old.target, old.arguments,
      old.digest, old.expires_at, old.policy_id, old.policy_version) then
    raise exception 'approval % was % by % already: nothing was written', old.approval_id, old.decision, old.decided_by
      using errcode = 'HP007';
  end if;
  if old.consumed_at is not null and (new.consumed_at, new.consumed_by) is distinct from (old.consumed_at, old.consumed_by) then
    raise exception 'approval % was used already: nothing was written', old.approval_id using errcode = 'HP007';
  end if;
  if old.closed_at is not null and new.decision is not null then
    raise exception 'approval % closed without a decision (%): nothing was written', old.approval_id, old.closed_why
      using errcode = 'HP008';
  end if;
  if new.decision is not null and old.decision is null and old.expires_at <= clock_timestamp() then
    raise exception 'approval % expired at %: nothing was written', old.approval_id, shown_time(old.expires_at)
      using errcode = 'HP019';
  end if;
  if new.decision = 'approved' and old.decision is null and not quorum_met(old.approval_id) then
    raise exception 'approval % has not the votes that it needs: nothing was written', old.approval_id using errcode = 'HP021';
  end if;
  -- Invariant 6: an output has no verdict without its grade, and no grade without its output.
  if new.decision is not null and old.decision is null and new.kind = 'output'
      and not exists (select from grades g where g.approval_id = old.approval_id and g.digest = new.digest) then
    raise exception 'an output is graded: nothing was written' using errcode = 'HP021';
  end if;
  return new;
end $$;
