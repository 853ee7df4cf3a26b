-- What any writer may say: no text, value or list larger than those who read it can bear.

create or replace function check_text(what text, value text, most integer) returns void
language plpgsql immutable as $$
begin
  if char_length(value) > most then
    raise exception '% is % characters long, the limit is %: nothing was written', what, char_length(value), most
      using errcode = 'HP016';
  end if;
end $$;

-- What is written here will be read: by a server, by a screen. So three bounds: the size of a fresh copy (a value
-- that comes out of a table may be compressed, and would pass); its text, because 1e131071 is ten bytes here and
-- 128 KiB there; its depth, because readers recurse.
create or replace function check_size(what text, value jsonb, most integer) returns void
language plpgsql stable as $$
declare
  size integer := pg_column_size(jsonb_build_array(value));
begin
  if size <= most and octet_length(value::text) > 2 * most then
    size := octet_length(value::text);
  end if;
  if size > most then
    raise exception '% is % bytes, the limit is %: nothing was written', what, size, most
      using errcode = 'HP016', hint = 'Store large data elsewhere and write a reference to it.';
  end if;
  -- A hundred levels need more than 400 bytes; most values are spared the search.
  if size > 400 and jsonb_path_exists(value, '$.**{101}') then
    raise exception '% is nested deeper than 100 levels: nothing was written', what using errcode = 'HP016';
  end if;
end $$;

create or replace function check_sizes(r workflow_checkpoints) returns void
language plpgsql as $$
begin
  perform check_size('step_input', r.step_input, 262144), check_size('labels', r.labels, 4096),
    check_size('waiting_on', r.waiting_on, 4096), check_size('capabilities', r.capabilities, 16384),
    check_text('agent_id', r.agent_id, 200), check_text('engine', r.engine, 100),
    check_text('native_id', r.native_id, 500),
    check_text('current_step', r.current_step, 500), check_text('goal', r.goal, 4000),
    check_text('skill', r.skill, 200), check_text('skill_version', r.skill_version, 200),
    check_text('current_tool', r.current_tool, 200), check_text('tool_target', r.tool_target, 1000);
  perform check_shapes(r.labels, r.waiting_on);
end $$;

-- What agents write into these two is read by screens as protocol's `labels` and `WaitingOn`. Strict: in a lax path a
-- list of texts passes for a text.
create or replace function check_shapes(labels jsonb, waiting_on jsonb) returns void
language plpgsql stable as $$
begin
  if jsonb_typeof(labels) <> 'object'
      or jsonb_path_exists(labels, 'strict $.* ? (@.type() != "string")', silent => true) then
    raise exception 'labels are an object of texts: nothing was written' using errcode = 'HP010';
  end if;
  if waiting_on is not null and (jsonb_typeof(waiting_on) <> 'object'
      or coalesce(waiting_on ->> 'kind', '') not in ('child', 'job', 'timer', 'backoff')
      or jsonb_typeof(waiting_on -> 'what') not in ('string', 'null')
      or waiting_on ->> 'until' !~ '^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:\d\d)?$'
      or not pg_input_is_valid(waiting_on ->> 'until', 'timestamptz')) then
    raise exception 'waiting_on is {kind: child | job | timer | backoff, what: text, until: instant}: nothing was written'
      using errcode = 'HP010', hint = 'An instant is ISO 8601, as in 2030-01-31T12:00:00Z.';
  end if;
end $$;

-- What is spent is added, never taken back (invariant 13).
create or replace function check_spend(said jsonb) returns void
language plpgsql immutable as $$
begin
  if least((said ->> 'tokensIn')::bigint, (said ->> 'tokensOut')::bigint) < 0
      or (said ->> 'costUsd')::numeric < 0 or (said ->> 'costUsd')::numeric = 'NaN' then
    raise exception 'what was spent cannot be less than nothing: nothing was written' using errcode = 'HP010';
  end if;
end $$;
