-- What exactly was approved: a decision is bound to the digest of what will run, to the version that was looked at and
-- to a deadline; and it is used once, by the gate, in the transaction that lets the action begin.

alter table approval_queue
  add column kind text not null default 'action',
  add column arguments_schema jsonb,
  -- What the agent says will change: {before?, after?, rows?, note?}. A claim, shown as one.
  add column consequence jsonb,
  -- Which of approve, edit, reject may answer it; null: each.
  add column allowed text[],
  add column assignees text[] not null default '{}',
  add column on_expiry text not null default 'hold',
  add column version integer not null default 1,
  add column original_arguments jsonb,
  add column original_digest text,
  add column edited_by text,
  add column expired_at timestamptz,
  add column consumed_at timestamptz,
  add column consumed_by uuid,
  add constraint approval_kind_known check (kind in ('action', 'output', 'change')),
  add constraint approval_allowed_known check (allowed <@ '{approve,edit,reject}' and allowed <> '{}'),
  add constraint approval_on_expiry_known check (on_expiry in ('reject', 'escalate', 'hold')),
  -- Invariant 5: only a yes is used, and by one action.
  add constraint approval_consumed_is_approved check (consumed_at is null or decision is not distinct from 'approved'),
  add constraint approval_edited_keeps_both check ((edited_by is null) = (original_digest is null)),
  -- Expired is no decision.
  add constraint approval_expired_is_undecided check (expired_at is null or decision is null);
create index approvals_by_expiry on approval_queue (expires_at) where decision is null and closed_at is null and expired_at is null;

alter table actions add column approval_id uuid;
create unique index one_action_per_approval on actions (approval_id) where approval_id is not null;

-- The tools that people answered about in this run. The gate looks at answers only for these.
alter table workflow_checkpoints add column bound_tools text[] not null default '{}';

-- A number as ECMAScript writes it (RFC 8785, 3.2.2.3): the shortest digits that give the same double.
create function canonical_number(n numeric) returns text
language plpgsql immutable set extra_float_digits to 1 as $$
declare
  sign text := case when n < 0 then '-' else '' end;
  d double precision;
  parts text[];
  digits text;
  point integer;
  shorter numeric;
begin
  if n = trunc(n) and abs(n) <= 9007199254740991 then return trunc(n)::text; end if;
  if abs(n) > 1.7976931348623158e308 then
    raise exception 'a number is larger than a double can hold: nothing was written' using errcode = 'HP010';
  end if;
  if abs(n) <= 2.4703282292062327e-324 then return '0'; end if;
  d := abs(n)::double precision;
  parts := regexp_match(d::text, '^(\d+)(?:\.(\d+))?(?:e([+-]\d+))?$');
  for round_again in 0..1 loop
    digits := parts[1] || coalesce(parts[2], '');
    point := length(parts[1]) + coalesce(parts[3]::integer, 0) - (length(digits) - length(ltrim(digits, '0')));
    digits := rtrim(ltrim(digits, '0'), '0');
    exit when round_again = 1 or length(digits) = 1;
    -- Postgres does not print what lies exactly between two doubles; ECMAScript does, where it is shorter.
    shorter := round((digits || 'e' || (point - length(digits)))::numeric, length(digits) - 1 - point);
    exit when not pg_input_is_valid(shorter::text, 'double precision') or shorter::double precision <> d;
    parts := regexp_match(shorter::text, '^(\d+)(?:\.(\d+))?(?:e([+-]\d+))?$');
  end loop;
  return sign || case
    when length(digits) <= point and point <= 21 then rpad(digits, point, '0')
    when 0 < point and point <= 21 then left(digits, point) || '.' || substr(digits, point + 1)
    when -6 < point and point <= 0 then '0.' || repeat('0', -point) || digits
    else left(digits, 1) || case when length(digits) > 1 then '.' || substr(digits, 2) else '' end
      || 'e' || case when point > 0 then '+' else '-' end || abs(point - 1)
  end;
end $$;

-- A text as UTF-16, by which RFC 8785 sorts names.
create function utf16(value text) returns integer[]
language sql immutable as $$
  select coalesce(array_agg(unit order by n, half), '{}') from (
    select n, half, case when code < 65536 then code when half = 1 then 55296 + ((code - 65536) >> 10)
        else 56320 + ((code - 65536) & 1023) end as unit
      from (select n, ascii(letter) as code from unnest(string_to_array(value, null)) with ordinality as l(letter, n)) c,
        generate_series(1, 2) half
      where half = 1 or code >= 65536) units
$$;

-- The RFC 8785 form of a value.
create function canonical_json(value jsonb) returns text
language plpgsql immutable as $$
declare
  ascii_names boolean;
begin
  case jsonb_typeof(value)
    when 'object' then
      ascii_names := not exists (select from jsonb_object_keys(value) name where octet_length(name) > char_length(name));
      return '{' || coalesce((select string_agg(to_json(e.key)::text || ':' || canonical_json(e.value), ','
        order by case when not ascii_names then utf16(e.key) end, e.key collate "C") from jsonb_each(value) e), '') || '}';
    when 'array' then
      return '[' || coalesce((select string_agg(canonical_json(e.value), ',' order by e.n)
        from jsonb_array_elements(value) with ordinality as e(value, n)), '') || ']';
    when 'number' then return canonical_number(value::numeric);
    else return value::text;
  end case;
end $$;

create function digest_of(value jsonb) returns text
language sql immutable as $$ select encode(sha256(convert_to(canonical_json(coalesce(value, 'null')), 'UTF8')), 'hex') $$;

-- A request. Plain SQL gives only workflow_id and requested_by. Refused for a run that has ended or that
-- something other than its own requests holds. Invariant 5: the digest is ours, whatever the agent says it is.
create or replace function guard_approval_request() returns trigger
language plpgsql security definer set search_path from current as $$
declare
  r workflow_checkpoints;
  said text := new.digest;
begin
  r := lock_run_to_write(new.workflow_id);
  if is_final(r.status) then perform raise_ended(r); end if;
  if not r.held_by <@ '{self,approval}' or r.status = 'lost' then perform raise_held(r); end if;
  if new.decision is not null then
    raise exception 'a request cannot carry its own decision: nothing was written' using errcode = 'HP004';
  end if;
  perform check_size('arguments', new.arguments, 262144), check_text('the reason', new.agent_reason, 4000),
    check_text('requested_by', new.requested_by, 200), check_text('tool', new.tool, 200), check_text('target', new.target, 1000),
    check_text('digest', new.digest, 200), check_size('the schema', new.arguments_schema, 65536),
    check_size('the consequence', new.consequence, 65536), check_size('assignees', to_jsonb(new.assignees), 16384);
  if new.tool is not null or new.arguments is not null then
    new.digest := digest_of(new.arguments);
    if said <> new.digest then
      raise exception 'the digest is not that of the arguments: nothing was written'
        using errcode = 'HP010', hint = 'It is the SHA-256 of their RFC 8785 form, in hex. Leave it out: it is worked out here.';
    end if;
  end if;
  new.requested_login := session_user;
  new.version := 1;
  new.original_arguments := null;
  new.original_digest := null;
  new.edited_by := null;
  new.decided_by := null;
  new.decided_at := null;
  new.decision_reason := null;
  new.expired_at := null;
  new.consumed_at := null;
  new.consumed_by := null;
  new.closed_at := null;
  return new;
end $$;

-- Invariants 5 and 13: a decision is written once, by decide_approval, and never changed; so is what it was about,
-- and what it was used for.
create or replace function guard_approval_change() returns trigger
language plpgsql security definer set search_path from current as $$
begin
  if not is_operator() and (new.decision, new.decided_by, new.decided_at, new.arguments, new.digest, new.version) is distinct from
      (old.decision, old.decided_by, old.decided_at, old.arguments, old.digest, old.version) then
    raise exception 'an agent cannot decide: nothing was written' using errcode = 'HP004';
  end if;
  if old.decision is not null and (new.decision, new.decided_by, new.tool, new.target, new.arguments, new.digest, new.expires_at)
      is distinct from (old.decision, old.decided_by, old.tool, old.target, old.arguments, old.digest, old.expires_at) then
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
  return new;
end $$;

create function shown_time(at timestamptz) returns text
language sql stable as $$ select to_char(at at time zone 'utc', 'YYYY-MM-DD HH24:MI:SS"Z"') $$;

-- Status and stop reason follow from the open holds; this is the one place that says how. Writes one event. As before,
-- and it keeps the list of tools that people answered about.
create or replace function settle_run(run uuid, hint jsonb, control_now jsonb default null, resume_as text default null)
returns workflow_checkpoints
language plpgsql as $$
declare
  r workflow_checkpoints;
  top run_holds := top_hold(run);
  kinds text[];
  back_to text;
  next_status text;
begin
  select * into r from workflow_checkpoints where workflow_id = run;
  select coalesce(array_agg(k.kind order by hold_rank(k.kind)), '{}') into kinds
    from (select distinct h.kind from run_holds h where h.workflow_id = run and h.cleared_at is null) k;
  back_to := next_resume_to(r, resume_as);
  next_status := case
    when r.status = 'lost' then 'lost'
    when cardinality(kinds) > 0 or (back_to = 'rejected' and r.status = 'paused') then 'paused'
    when r.status = 'paused' and coalesce(back_to, 'running') = 'running' and r.worker is null and r.engine <> 'sql'
      then 'queued'
    when r.status = 'paused' then coalesce(back_to, 'running')
    else r.status
  end;
  update workflow_checkpoints set
    status = next_status,
    held_by = kinds,
    bound_tools = array(select distinct q.tool from approval_queue q where q.workflow_id = run and q.tool is not null
      and q.kind = 'action' and (q.decision is not null or q.expired_at is not null)),
    resume_to = case when next_status = 'paused' then back_to end,
    paused_at = case when next_status = 'paused' and status <> 'paused' then clock_timestamp() else paused_at end,
    resumed_at = case when next_status = 'running' and status <> 'running' then clock_timestamp() else resumed_at end,
    stop_reason = case
      when next_status = 'lost' then stop_reason
      when next_status <> 'paused' then null
      when cardinality(kinds) = 0 then last_no(run)
      else top.stop_reason end,
    stop_detail = case
      when next_status = 'lost' then stop_detail
      when next_status <> 'paused' then null
      when cardinality(kinds) = 0 then hint -> 'detail' ->> 'why'
      else top.why end,
    control = coalesce(control_now, control),
    event_hint = jsonb_set(hint - 'otherwise', '{kind}', to_jsonb(coalesce(hint ->> 'kind',
      case when next_status <> status then 'run.' || next_status end, hint ->> 'otherwise', 'run.progress')))
  where workflow_id = run returning * into r;
  return r;
end $$;

-- What stopped a run that nothing holds: the last answer that was no yes. Expired is not rejected.
create function last_no(run uuid) returns text
language sql stable as $$
  select coalesce((select case when q.expired_at is not null then 'APPROVAL_EXPIRED' else 'APPROVAL_REJECTED' end
    from approval_queue q where q.workflow_id = run and (q.decision = 'rejected' or q.expired_at is not null)
    order by coalesce(q.expired_at, q.decided_at) desc limit 1), 'APPROVAL_REJECTED')
$$;

-- Locks the run of a request, and refuses what is settled, closed, expired, or not as the caller saw it.
create function open_approval(approval uuid, seen integer) returns approval_queue
language plpgsql as $$
declare
  q approval_queue;
  run uuid;
begin
  select workflow_id into run from approval_queue where approval_id = approval;
  if not found then
    raise exception 'no approval %: nothing was done', approval using errcode = 'HP014';
  end if;
  perform lock_run(run);
  select * into q from approval_queue where approval_id = approval for no key update;
  if q.decision is not null then
    raise exception 'approval % was % by % at %: nothing was done', approval, q.decision, q.decided_by,
      to_char(q.decided_at at time zone 'utc', 'HH24:MI:SS"Z"') using errcode = 'HP007';
  end if;
  if q.closed_at is not null and q.expired_at is null then
    raise exception 'approval % closed without a decision (%): nothing was done', approval, q.closed_why
      using errcode = 'HP008';
  end if;
  if q.version <> seen then
    raise exception 'approval % has changed since you looked (version %, you saw %): nothing was done', approval, q.version, seen
      using errcode = 'HP020', hint = 'Look at it again, then decide.';
  end if;
  return q;
end $$;

-- The same for an answer: nobody answers what has expired.
create function answerable_approval(approval uuid, seen integer) returns approval_queue
language plpgsql as $$
declare
  q approval_queue := open_approval(approval, seen);
begin
  if q.expired_at is not null or q.expires_at <= clock_timestamp() then
    raise exception 'approval % expired at %: nothing was done', approval, shown_time(q.expires_at) using errcode = 'HP019',
      hint = case when q.closed_at is null then 'Give it more time first, if it should still be decided.'
        else 'It is closed: the agent reads that, and may ask again.' end;
  end if;
  return q;
end $$;

-- One audit row for what was done to a request (invariant 7).
create function audit_approval(q approval_queue, actor text, act text, before jsonb, after jsonb) returns void
language sql as $$
  insert into agent_audit_log (agent_id, workflow_id, action, target_table, target_row_id, data_before, data_after,
      data_timestamp, actor)
    select w.agent_id, q.workflow_id, act, 'approval_queue', q.approval_id::text, before, after, clock_timestamp(), actor
    from workflow_checkpoints w where w.workflow_id = q.workflow_id
$$;

-- May this kind of answer be given? `edited` only where there are arguments.
create function check_answer(q approval_queue, verdict text, edited jsonb) returns void
language plpgsql as $$
declare
  answer text := case when verdict = 'rejected' then 'reject' when edited is null then 'approve' else 'edit' end;
begin
  if verdict is null or verdict not in ('approved', 'rejected') then
    raise exception 'a decision is approved or rejected, not "%": nothing was done', verdict using errcode = 'HP010';
  end if;
  if edited is not null and (verdict <> 'approved' or q.tool is null or q.arguments is null) then
    raise exception 'only arguments that were named can be edited, with a yes: nothing was done' using errcode = 'HP010';
  end if;
  if not answer = any (q.allowed) then
    raise exception 'approval % allows %, not %: nothing was done', q.approval_id, array_to_string(q.allowed, ', '), answer
      using errcode = 'HP021';
  end if;
  perform check_size('arguments', edited, 262144);
end $$;

-- What a reviewer changed becomes what will run; what the agent asked for is kept beside it.
create function edit_approval(q approval_queue, actor text, edited jsonb) returns approval_queue
language plpgsql as $$
begin
  if edited is null or edited = q.arguments then return q; end if;
  update approval_queue set original_arguments = coalesce(original_arguments, arguments),
      original_digest = coalesce(original_digest, digest), arguments = edited, digest = digest_of(edited), edited_by = actor,
      version = version + 1
    where approval_id = q.approval_id returning * into q;
  return q;
end $$;

drop function decide_approval(uuid, text, text, text);

-- Settles a request: one decision, by a conditional update, about the version that was seen. The run's other holds stay.
-- `edited`: what shall run instead; whoever calls has held it against the request's schema.
create function decide_approval(approval uuid, actor text, verdict text, reason text default null, seen integer default null,
  edited jsonb default null) returns jsonb
language plpgsql security definer set search_path from current as $$
declare
  q approval_queue;
  before jsonb;
  r workflow_checkpoints;
begin
  perform check_actor(actor, reason);
  q := answerable_approval(approval, seen);
  before := jsonb_build_object('decision', null, 'digest', q.digest);
  perform check_answer(q, verdict, edited);
  q := edit_approval(q, actor, edited);
  update approval_queue set decision = verdict, decided_by = actor, decided_at = clock_timestamp(), decision_reason = reason
    where approval_id = approval and decision is null and closed_at is null returning * into q;
  if not found then
    raise exception 'approval % was settled meanwhile: nothing was done', approval using errcode = 'HP007';
  end if;
  update run_holds set cleared_at = clock_timestamp(), cleared_by = actor, cleared_why = verdict
    where approval_id = approval and cleared_at is null;
  r := settle_run(q.workflow_id, jsonb_build_object('kind', 'approval.decided', 'actor', actor, 'detail',
    jsonb_strip_nulls(jsonb_build_object('approvalId', approval, 'decision', verdict, 'why', reason,
      'edited', case when q.edited_by is not null then true end))),
    null, case verdict when 'rejected' then 'rejected' else 'approved' end);
  perform audit_approval(q, actor, 'approval.' || verdict, before, jsonb_strip_nulls(jsonb_build_object(
    'decision', verdict, 'digest', q.digest, 'why', reason, 'editedBy', q.edited_by)));
  perform wake_workers(r.workflow_id);
  return run_state(r);
end $$;

-- Nobody decided in time. `reject`: closed, and the agent reads that; else the run stays held until a person gives more
-- time. Nothing here ever approves. The caller holds the run's lock.
create function expire_approval(q approval_queue) returns void
language plpgsql as $$
declare
  closes boolean := q.on_expiry = 'reject';
  words text := 'nobody decided by ' || shown_time(q.expires_at);
begin
  update approval_queue set expired_at = clock_timestamp(), version = version + 1,
      closed_at = case when closes then clock_timestamp() end, closed_why = case when closes then 'expired: ' || words end
    where approval_id = q.approval_id;
  if closes then
    update run_holds set cleared_at = clock_timestamp(), cleared_by = 'holdpoint', cleared_why = words
      where approval_id = q.approval_id and cleared_at is null;
  else
    update run_holds set stop_reason = 'APPROVAL_EXPIRED', why = words where approval_id = q.approval_id and cleared_at is null;
  end if;
  perform settle_run(q.workflow_id, jsonb_build_object('kind', case when closes then 'approval.expired' else 'approval.overdue' end,
    'actor', 'holdpoint', 'detail',
    jsonb_build_object('approvalId', q.approval_id, 'why', words)), null, case when closes then 'rejected' end);
  perform audit_approval(q, 'holdpoint', 'approval.expired', jsonb_build_object('decision', null),
    jsonb_build_object('onExpiry', q.on_expiry, 'expiresAt', q.expires_at));
  perform wake_workers(q.workflow_id);
end $$;

-- The supervisor's part: settles what has expired, `most` a call; returns how many. A run that someone else has locked
-- comes next time: an agent's open transaction must not keep the others waiting.
create function expire_approvals(most integer default 200) returns integer
language plpgsql security definer set search_path from current as $$
declare
  due record;
  q approval_queue;
  done integer := 0;
begin
  perform assert_operator();
  for due in
    select approval_id, workflow_id from approval_queue
    where decision is null and closed_at is null and expired_at is null and expires_at <= clock_timestamp()
    order by expires_at limit most
  loop
    perform from workflow_checkpoints where workflow_id = due.workflow_id for no key update skip locked;
    continue when not found;
    select * into q from approval_queue where approval_id = due.approval_id
      and decision is null and closed_at is null and expired_at is null and expires_at <= clock_timestamp();
    continue when not found;
    perform expire_approval(q);
    done := done + 1;
  end loop;
  return done;
end $$;

-- Gives a request more time, also one that has expired and stays held.
create function extend_approval(approval uuid, actor text, until timestamptz, why text default null, seen integer default null)
returns jsonb
language plpgsql security definer set search_path from current as $$
declare
  q approval_queue;
  before jsonb;
  r workflow_checkpoints;
begin
  perform check_actor(actor, why);
  q := open_approval(approval, seen);
  if q.closed_at is not null then
    raise exception 'approval % closed without a decision (%): nothing was done', approval, q.closed_why using errcode = 'HP008';
  end if;
  if until is null or until <= clock_timestamp() or until <= q.expires_at then
    raise exception 'the new deadline is not later: nothing was done' using errcode = 'HP010';
  end if;
  before := jsonb_build_object('expiresAt', q.expires_at, 'expiredAt', q.expired_at);
  update approval_queue set expires_at = until, expired_at = null, version = version + 1 where approval_id = approval;
  update run_holds set stop_reason = 'AWAITING_APPROVAL', why = extend_approval.why
    where approval_id = approval and cleared_at is null;
  r := settle_run(q.workflow_id, jsonb_build_object('kind', 'approval.changed', 'actor', actor, 'detail',
    jsonb_strip_nulls(jsonb_build_object('approvalId', approval, 'change', 'extended', 'why', why))));
  perform audit_approval(q, actor, 'approval.extended', before, jsonb_build_object('expiresAt', until, 'why', why));
  return run_state(r);
end $$;

-- The gate's one conditional update, as before; `cleared`: what people said of this call was looked at, under the lock.
drop function pass_gate(uuid, integer, actions);
create function pass_gate(run uuid, caller_epoch integer, a actions, cleared boolean) returns text
language plpgsql as $$
declare
  agent text;
begin
  update workflow_checkpoints w set current_tool = a.tool, tool_target = a.target, tool_since = clock_timestamp(),
    status = 'running', waiting_on = null,
    event_hint = jsonb_build_object('kind', 'action.intended', 'actor', 'agent:' || w.agent_id, 'detail',
      jsonb_strip_nulls(jsonb_build_object('actionId', a.action_id, 'tool', a.tool, 'target', left(a.target, 200),
        'step', coalesce(a.step, w.current_step), 'attempt', a.attempt, 'approvalId', a.approval_id)))
    where workflow_id = run and epoch = caller_epoch and status in ('running', 'approved', 'queued')
      and cardinality(held_by) = 0
      -- used_up, written out, as is may_act_as: the gate is the hot path.
      and (limit_tokens is null or tokens_in < limit_tokens - tokens_out)
      and (limit_cost_usd is null or cost_usd < limit_cost_usd)
      and (deadline_at is null or deadline_at > clock_timestamp())
      and (cleared or a.tool <> all (bound_tools))
      and exists (select from agent_logins l where l.login = session_user and (l.agent_id = w.agent_id
        or (l.agent_id is null and not exists (select from agent_logins o where o.agent_id = w.agent_id))))
      -- The row is looked at as it is now, the lease as it was when this statement began: a run that was let go
      -- meanwhile shows by its row.
      and (engine = 'sql' or worker is not null and exists (select from run_leases l
        where l.workflow_id = run and l.epoch = caller_epoch and l.lease_until > clock_timestamp()))
    returning w.agent_id into agent;
  return agent;
end $$;

create function denied(code text, why text) returns jsonb
language sql immutable as $$ select jsonb_build_object('decision', 'deny', 'code', code, 'why', why) $$;

-- What people said of exactly this call: a denial; {approval, request?} for a yes, with what shall run instead where it
-- was edited; null: they said nothing that binds it. The caller holds the run's lock. A yes that another attempt of the
-- same action used counts for this one.
create function answer_of_people(run uuid, a actions, call jsonb) returns jsonb
language plpgsql as $$
declare
  q approval_queue;
  named uuid := (call ->> 'approval')::uuid;
  asked jsonb := coalesce(call -> 'request', 'null');
begin
  select * into q from approval_queue x
    where x.workflow_id = run and x.kind = 'action' and x.tool = a.tool and x.target is not distinct from a.target
      and call ->> 'digest' in (x.digest, x.original_digest) and (named is null or x.approval_id = named)
      and (x.decision is not null or x.expired_at is not null)
    order by x.consumed_by is not distinct from a.action_id desc,
      x.decision is not distinct from 'approved' and x.consumed_at is null and (x.expires_at is null or x.expires_at > clock_timestamp()) desc,
      coalesce(x.decided_at, x.expired_at) desc limit 1;
  if not found then
    return case
      when named is not null then denied('APPROVAL_MISMATCH', 'this is not what that approval is about')
      when exists (select from approval_queue x where x.workflow_id = run and x.kind = 'action' and x.tool = a.tool
          and x.decision = 'approved' and x.consumed_at is null and (x.expires_at is null or x.expires_at > clock_timestamp()))
        then denied('APPROVAL_MISMATCH', format('what was approved is another call of %s', a.tool)) end;
  end if;
  if digest_of(asked) <> call ->> 'digest' then
    return denied('APPROVAL_MISMATCH', 'the digest is not that of the request');
  elsif q.expired_at is not null or q.decision = 'approved' and q.expires_at <= clock_timestamp() then
    return denied('APPROVAL_EXPIRED', format('its approval expired at %s', shown_time(q.expires_at)));
  elsif q.decision = 'rejected' then
    return denied('APPROVAL_REJECTED', format('%s said no%s', q.decided_by, coalesce(': ' || q.decision_reason, '')));
  elsif q.consumed_at is not null and q.consumed_by is distinct from a.action_id then
    return denied('APPROVAL_CONSUMED', 'its approval was used by another action');
  elsif asked = q.arguments or asked = 'null' and q.arguments is null then
    return jsonb_build_object('approval', q.approval_id);
  -- Only a caller that knows of edits will run them instead of what it asked for.
  elsif asked = q.original_arguments and coalesce((call ->> 'edits')::boolean, false) then
    return jsonb_build_object('approval', q.approval_id, 'request', q.arguments);
  end if;
  return denied('APPROVAL_MISMATCH', 'the arguments are not those that were approved');
end $$;

-- A refusal that people should see. Returns the gate's answer.
create function note_refusal(run uuid, a actions, call jsonb, no jsonb) returns jsonb
language plpgsql as $$
begin
  update workflow_checkpoints w set event_hint = jsonb_build_object('kind', 'action.refused', 'actor', 'agent:' || w.agent_id,
      'detail', jsonb_strip_nulls(jsonb_build_object('tool', a.tool, 'target', left(a.target, 200), 'step', a.step,
        'outcome', no ->> 'code', 'why', left(no ->> 'why', 500), 'approvalId', call ->> 'approval')))
    where workflow_id = run;
  return no;
end $$;

-- THE gate (invariants 1, 5 and 7): no external action begins without an answer "allow" from here, and the answer,
-- the intended action, its event and its audit row commit together, with the approval it uses. Later rules plug in here
-- and nowhere else. call: {tool, target?, request?, digest (SHA-256 hex of the RFC 8785 form), key (idempotency), step?,
-- reversible?, idempotent?, approval?, edits?}. Answers allow (request: what shall run instead, where it was edited and
-- the caller said that it knows of edits) | done (confirmed before: its response) | hold | deny.
create or replace function begin_action(run uuid, caller_epoch integer, call jsonb) returns jsonb
language plpgsql security definer set search_path from current as $$
declare
  a actions;
  agent text;
  no jsonb;
  said jsonb;
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
    -- Its lock is ours now: what refused it is gone, or it is what people said.
    said := answer_of_people(run, a, call);
    if said ? 'decision' then return note_refusal(run, a, call, said); end if;
    a.approval_id := said ->> 'approval';
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
        attempt, reversible, approval_id)
      values (a.action_id, run, caller_epoch, a.step, a.tool, a.target, call ->> 'key', call -> 'request', call ->> 'digest',
        a.attempt, (call ->> 'reversible')::boolean, a.approval_id)
      on conflict (workflow_id, idempotency_key) do update set epoch = excluded.epoch, state = 'intended',
        attempt = excluded.attempt, request = excluded.request, digest = excluded.digest,
        approval_id = coalesce(excluded.approval_id, earlier.approval_id), response = null, error = null, error_class = null, external_ref = null, late = null,
        settled_by = null, settled_at = null, settled_why = null, intended_at = clock_timestamp(), ended_at = null
        -- Only what was looked at above: a row that came while the lock was waited for is another's action.
        where earlier.action_id = excluded.action_id
      returning action_id
  )
  insert into agent_audit_log (agent_id, workflow_id, action, target_table, target_row_id, data_after, data_timestamp, actor)
    select agent, run, 'action.begin ' || a.tool, 'actions', action_id::text,
      jsonb_build_object('tool', a.tool, 'target', a.target, 'digest', call ->> 'digest', 'attempt', a.attempt)
        || case when a.approval_id is null then '{}'::jsonb else jsonb_build_object('approval', a.approval_id) end,
      clock_timestamp(), 'agent:' || agent
    from begun;
  if not found then
    raise exception 'this action was begun by another call meanwhile: nothing was written'
      using errcode = 'HP015', hint = 'Ask the gate again: it answers with what became of that action.';
  end if;
  return jsonb_build_object('decision', 'allow', 'actionId', a.action_id, 'attempt', a.attempt)
    || case when said ? 'request' then jsonb_build_object('request', said -> 'request') else '{}'::jsonb end;
end $$;

-- An earlier attempt ran what a reviewer had made of the request: asked for again in the agent's words, it is the same.
create function as_it_ran(a actions, call jsonb) returns jsonb
language sql stable as $$
  select call || coalesce((select jsonb_build_object('digest', q.digest) from approval_queue q
    where q.approval_id = a.approval_id and q.original_digest = call ->> 'digest'), '{}')
$$;

grant insert (kind, arguments_schema, consequence, allowed, assignees, on_expiry) on approval_queue to agent_worker;
grant execute on function decide_approval(uuid, text, text, text, integer, jsonb),
  extend_approval(uuid, text, timestamptz, text, integer), expire_approvals(integer) to holdpoint_server;
