-- A change that is about to go live was told as a call like any other: now it is told as what it is.

-- A version as one can say it: a name or a number, or that which an object carries.
create function said_version(value jsonb) returns text
language sql immutable as $$
  select case
    when jsonb_typeof(value) in ('string', 'number') and char_length(value #>> '{}') <= 80 then value #>> '{}'
    when jsonb_typeof(value -> 'version') in ('string', 'number') then left(value ->> 'version', 80)
  end
$$;

-- What a change would make live: {what, name, from?, to?}, the versions where they can be said; null: it is no change. A claim.
create function change_of(kind text, args jsonb) returns jsonb
language sql immutable as $$
  select jsonb_strip_nulls(jsonb_build_object('what', left(args ->> 'what', 40), 'name', left(args ->> 'name', 200),
    'from', said_version(args -> 'from'), 'to', said_version(args -> 'to')))
  where kind = 'change'
$$;

create function asked_words(q approval_queue) returns text
language plpgsql immutable as $$
declare
  change jsonb := change_of(q.kind, q.arguments);
begin
  return case q.kind
    when 'output' then 'asks to return an output'
    when 'change' then format('asks to change the %s %s', change ->> 'what', change ->> 'name')
      || coalesce(' from ' || (change ->> 'from'), '') || coalesce(' to ' || (change ->> 'to'), '')
    else coalesce('asks to run ' || q.tool || coalesce(' on ' || left(q.target, 200), ''), 'asks for approval')
  end;
end $$;

-- As before, in these words; its events say what it would change.
create or replace function hold_for_approval() returns trigger
language plpgsql security definer set search_path from current as $$
declare
  about jsonb := jsonb_build_object('approvalId', new.approval_id, 'tool', new.tool, 'target', left(new.target, 200),
    'changes', change_of(new.kind, new.arguments));
begin
  -- What held the run until its request came is answered by the request.
  update run_holds set cleared_at = clock_timestamp(), cleared_by = opened_by, cleared_why = 'its request arrived'
    where workflow_id = new.workflow_id and kind = 'self' and cleared_at is null;
  if new.decision is not null then
    perform settle_run(new.workflow_id, jsonb_build_object('kind', 'approval.decided', 'actor', 'holdpoint', 'detail',
      jsonb_strip_nulls(about || jsonb_build_object('decision', new.decision, 'why', 'by ' || new.decided_by))), null, 'approved');
    perform audit_approval(new, 'holdpoint', 'approval.' || new.decision, jsonb_build_object('decision', null),
      jsonb_build_object('decision', new.decision, 'digest', new.digest, 'by', new.decided_by));
    return null;
  end if;
  insert into run_holds (workflow_id, kind, stop_reason, opened_by, why, approval_id)
    select new.workflow_id, 'approval', 'AWAITING_APPROVAL', 'agent:' || agent_id, asked_words(new), new.approval_id
    from workflow_checkpoints where workflow_id = new.workflow_id;
  perform settle_run(new.workflow_id, jsonb_build_object('kind', 'approval.requested', 'detail', jsonb_strip_nulls(about)),
    null, 'approved');
  return null;
end $$;

grant execute on function said_version(jsonb), change_of(text, jsonb) to holdpoint_server;
