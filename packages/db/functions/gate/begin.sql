-- THE gate: what an SDK or an adapter asks before an external effect.

-- THE gate (invariants 1, 5 and 7): no external action begins without an answer "allow" from here, and the answer,
-- the intended action, its event and its audit row commit together, with the approval it uses. Later rules plug in here
-- and nowhere else. call: {tool, target?, request?, digest (SHA-256 hex of the RFC 8785 form), key (idempotency), step?,
-- reversible?, idempotent?, approval?, edits?, reason?, risk?, schema?, consequence?}. Answers allow (request: what shall
-- run instead, where it was edited and the caller said that it knows of edits) | done (confirmed before: its response) |
-- hold | deny.
create or replace function begin_action(run uuid, caller_epoch integer, call jsonb) returns jsonb
language plpgsql security definer set search_path from current as $$
declare
  a actions;
  agent text;
  no jsonb;
  said jsonb;
  r workflow_checkpoints;
  p approval_policies;
begin
  if coalesce(call ->> 'tool', '') = '' or coalesce(call ->> 'key', '') = '' or not is_digest(coalesce(call ->> 'digest', '')) then
    raise exception 'an action needs a tool, a key and a digest: nothing was written' using errcode = 'HP010';
  end if;
  -- Asked as one expression first: most calls are small, and five calls cost as much as an insert.
  if char_length(call ->> 'tool') > 200 or char_length(call ->> 'target') > 1000 or char_length(call ->> 'key') > 500
      or char_length(call ->> 'step') > 500 or octet_length((call -> 'request')::text) > 400 then
    perform check_text('tool', call ->> 'tool', 200), check_text('target', call ->> 'target', 1000),
      check_text('key', call ->> 'key', 500), check_text('step', call ->> 'step', 500),
      check_size('request', call -> 'request', 262144);
  end if;

  select * into a from actions where workflow_id = run and idempotency_key = call ->> 'key';
  if found then
    no := gate_refusal(run, caller_epoch);
    if no is not null then return no; end if;
    -- Read again under the lock: whoever held it may have tried and settled this action meanwhile.
    select * into a from actions where action_id = a.action_id;
    no := answer_from_earlier(a, as_it_ran(a, call));
    if no is not null then return no; end if;
    -- Invariant 9: an unknown outcome is never retried by itself.
    if a.state = 'unknown' and not coalesce((call ->> 'idempotent')::boolean, false) then
      return hold_at_gate(run, 'outcome', 'UNKNOWN_OUTCOME',
        format('nobody knows whether %s%s landed', a.tool, coalesce(' on ' || left(a.target, 200), '')), a.action_id);
    end if;
  end if;
  a.action_id := coalesce(a.action_id, gen_random_uuid());
  a.attempt := coalesce(a.attempt, 0) + 1;
  a.tool := call ->> 'tool';
  a.target := call ->> 'target';
  a.step := call ->> 'step';
  a.approval_id := null;
  if not call ? 'approval' then
    agent := pass_gate(run, caller_epoch, a, false);
  end if;
  if agent is null then
    no := gate_refusal(run, caller_epoch);
    if no is null then no := hold_used_up(run); end if;
    if no is not null then return no; end if;
    -- Its lock is ours now: what refused it is gone, or it is what people said, or a policy.
    select * into r from workflow_checkpoints where workflow_id = run;
    p := policy_for(r.agent_id, r.skill, a.tool);
    if call ? 'approval' or a.tool = any (r.bound_tools) or coalesce(p.gate, false) then
      said := answer_of_people(run, a, call, p);
      said := coalesce(said, answer_of_policy(r, a, call, p));
    end if;
    if said ->> 'decision' = 'deny' then return note_refusal(run, a, call, said); end if;
    if said ? 'decision' then return said; end if;
    a.approval_id := said ->> 'approval';
    a.cleared_by := said ->> 'by';
    agent := pass_gate(run, caller_epoch, a, true);
    if agent is null then
      raise exception 'run % changed while it was looked at: nothing was written', run using errcode = '40001';
    end if;
    if a.approval_id is not null then
      update approval_queue set consumed_at = clock_timestamp(), consumed_by = a.action_id
        where approval_id = a.approval_id and consumed_at is null;
    end if;
    if said ? 'request' then
      call := call || jsonb_build_object('request', said -> 'request', 'digest', digest_of(said -> 'request'));
    end if;
  end if;

  -- One statement for both rows; no audit row, no action.
  with begun as (
    insert into actions as earlier (action_id, workflow_id, epoch, step, tool, target, idempotency_key, request, digest,
        attempt, reversible, approval_id, cleared_by)
      values (a.action_id, run, caller_epoch, a.step, a.tool, a.target, call ->> 'key', call -> 'request', call ->> 'digest',
        a.attempt, (call ->> 'reversible')::boolean, a.approval_id, a.cleared_by)
      on conflict (workflow_id, idempotency_key) do update set epoch = excluded.epoch, state = 'intended',
        attempt = excluded.attempt, request = excluded.request, digest = excluded.digest,
        approval_id = coalesce(excluded.approval_id, earlier.approval_id),
        cleared_by = coalesce(excluded.cleared_by, earlier.cleared_by), response = null, error = null,
        error_class = null, external_ref = null, late = null,
        settled_by = null, settled_at = null, settled_why = null, intended_at = clock_timestamp(), ended_at = null
        -- Only what was looked at above: a row that came while the lock was waited for is another's action.
        where earlier.action_id = excluded.action_id
      returning action_id
  )
  insert into agent_audit_log (agent_id, workflow_id, action, target_table, target_row_id, data_after, data_timestamp, actor)
    select agent, run, 'action.begin ' || a.tool, 'actions', action_id::text,
      jsonb_build_object('tool', a.tool, 'target', a.target, 'digest', call ->> 'digest', 'attempt', a.attempt)
        || case when said is null then '{}'::jsonb else said - 'request' end,
      clock_timestamp(), 'agent:' || agent
    from begun;
  if not found then
    raise exception 'this action was begun by another call meanwhile: nothing was written'
      using errcode = 'HP015', hint = 'Ask the gate again: it answers with what became of that action.';
  end if;
  return jsonb_build_object('decision', 'allow', 'actionId', a.action_id, 'attempt', a.attempt)
    || case when said ? 'request' then jsonb_build_object('request', said -> 'request') else '{}'::jsonb end;
end $$;

grant execute on function begin_action(uuid, integer, jsonb) to agent_worker;
