-- What was said of a call before it is made: by an earlier attempt, by people, by its policy.

-- An unknown outcome is the caller's to look at: it opens a hold. `settled`: a person said that it landed, and the
-- response is what they gave, if anything.
create or replace function answer_from_earlier(a actions, call jsonb) returns jsonb
language sql immutable as $$
  select case
    when (a.digest, a.tool, a.target) is distinct from (call ->> 'digest', call ->> 'tool', call ->> 'target')
      then jsonb_build_object('decision', 'deny', 'code', 'INVALID_INPUT',
      'why', 'this key was used for another request before')
    when a.state in ('confirmed', 'compensated') then
      jsonb_build_object('decision', 'done', 'actionId', a.action_id, 'response', a.response)
        || case when a.settled_by is null then '{}'::jsonb else '{"settled": true}' end
    when a.state in ('intended', 'accepted') then jsonb_build_object('decision', 'deny', 'code', 'NOTHING_TO_DO',
      'why', 'this action is in flight already')
  end
$$;

-- An earlier attempt ran what a reviewer had made of the request: asked for again in the agent's words, it is the same.
create or replace function as_it_ran(a actions, call jsonb) returns jsonb
language sql stable as $$
  select call || coalesce((select jsonb_build_object('digest', q.digest) from approval_queue q
    where q.approval_id = a.approval_id and q.original_digest = call ->> 'digest'), '{}')
$$;

-- What people said of exactly this call, under the policy that rules it now: a denial; {approval, request?} for a yes,
-- with what shall run instead where it was edited; null: they said nothing that binds it. The caller holds the run's
-- lock. A yes that another attempt of the same action used counts for this one.
create or replace function answer_of_people(run uuid, a actions, call jsonb, p approval_policies) returns jsonb
language plpgsql as $$
declare
  q approval_queue;
  named uuid := (call ->> 'approval')::uuid;
  asked jsonb := coalesce(call -> 'request', 'null');
begin
  if digest_of(asked) <> call ->> 'digest' then
    return denied('APPROVAL_MISMATCH', 'the digest is not that of the request');
  end if;
  select * into q from approval_queue x
    where x.workflow_id = run and x.kind <> 'output' and x.tool = a.tool and x.target is not distinct from a.target
      and call ->> 'digest' in (x.digest, x.original_digest) and (named is null or x.approval_id = named)
      and (x.decision is not null or x.expired_at is not null)
    order by x.consumed_by is not distinct from a.action_id desc,
      x.decision is not distinct from 'approved' and x.consumed_at is null and (x.expires_at is null or x.expires_at > clock_timestamp())
        and (x.policy_id, x.policy_version) is not distinct from (p.policy_id, p.version) desc,
      coalesce(x.decided_at, x.expired_at) desc limit 1;
  if not found then
    return case
      when named is not null then denied('APPROVAL_MISMATCH', 'this is not what that approval is about')
      -- Where a policy gates the tool, the gate asks about this call, too.
      when not coalesce(p.gate, false) and exists (select from approval_queue x where x.workflow_id = run and x.kind <> 'output'
          and x.tool = a.tool and x.decision = 'approved' and x.consumed_at is null
          and (x.expires_at is null or x.expires_at > clock_timestamp()))
        then denied('APPROVAL_MISMATCH', format('what was approved is another call of %s', a.tool)) end;
  end if;
  if q.expired_at is not null or q.decision = 'approved' and q.expires_at <= clock_timestamp() then
    return denied('APPROVAL_EXPIRED', format('its approval expired at %s', shown_time(q.expires_at)));
  elsif q.decision = 'rejected' then
    return denied('APPROVAL_REJECTED', format('%s said no%s', q.decided_by, coalesce(': ' || q.decision_reason, '')));
  elsif q.consumed_at is not null and q.consumed_by is distinct from a.action_id then
    return case when not coalesce(p.gate, false) or named is not null
      then denied('APPROVAL_CONSUMED', 'its approval was used by another action') end;
  elsif (q.policy_id, q.policy_version) is distinct from (p.policy_id, p.version) then
    -- A yes under other rules is no yes under these: the gate asks again, or the agent does.
    return case when not coalesce(p.gate, false) then denied('POLICY_CHANGED', 'the policy has changed since that was approved') end;
  elsif asked = q.arguments or asked = 'null' and q.arguments is null then
    return jsonb_build_object('approval', q.approval_id);
  -- Only a caller that knows of edits will run them instead of what it asked for.
  elsif asked = q.original_arguments and coalesce((call ->> 'edits')::boolean, false) then
    return jsonb_build_object('approval', q.approval_id, 'request', q.arguments);
  end if;
  return denied('APPROVAL_MISMATCH', 'the arguments are not those that were approved');
end $$;

-- Nobody said anything of this call: what its policy says. {by} where nobody need be asked; else the gate asks, and
-- holds the run; null: no policy gates it. call may say for the reviewer: reason, risk, reversible, schema,
-- consequence.
create or replace function answer_of_policy(r workflow_checkpoints, a actions, call jsonb, p approval_policies) returns jsonb
language plpgsql as $$
declare
  q approval_queue;
  by_whom text;
begin
  if not coalesce(p.gate, false) then return null; end if;
  q.workflow_id := r.workflow_id;
  q.requested_by := r.agent_id;
  q.requested_login := session_user;
  q.tool := a.tool;
  q.target := a.target;
  q.arguments := call -> 'request';
  q.four_eyes := p.four_eyes;
  by_whom := cleared_without_asking(r, p, q);
  if by_whom is not null then return jsonb_build_object('by', by_whom); end if;
  insert into approval_queue (workflow_id, requested_by, tool, target, arguments, agent_reason, reversible, risk,
      arguments_schema, consequence, by_gate)
    values (r.workflow_id, r.agent_id, a.tool, a.target, coalesce(call -> 'request', 'null'), call ->> 'reason',
      (call ->> 'reversible')::boolean, call ->> 'risk', call -> 'schema', call -> 'consequence', true);
  return jsonb_build_object('decision', 'hold', 'stopReason', 'AWAITING_APPROVAL', 'why',
    format('policy "%s" asks a person about %s', p.name, a.tool));
end $$;

-- Who or what says yes to a call, as it would be asked about, without asking anyone; null: somebody must be asked.
create or replace function cleared_without_asking(r workflow_checkpoints, p approval_policies, q approval_queue) returns text
language plpgsql as $$
begin
  return coalesce(cleared_by_condition(p, q.target, q.arguments), use_standing_approval(r, p, q));
end $$;

-- The policy under which nobody need be asked about this call; null: its condition does not hold, or there is none.
create or replace function cleared_by_condition(p approval_policies, its_target text, args jsonb) returns text
language sql stable as $$
  select format('policy:%s@%s', p.name, p.version)
  where p.auto_approve is not null and condition_holds(p.auto_approve, args, its_target)
$$;
