-- The world that an action was decided on may have moved since: what it read is looked at again as it begins.

-- The gate for a call that names what it read: `preconditions`, at most 20. They are read in the transaction that lets the
-- action begin, after its run is locked, with the caller's own rights; where one fails, nothing of it stays: no action,
-- no use of an approval. begin_action is still the only gate.
create or replace function begin_action_checked(run uuid, caller_epoch integer, call jsonb) returns jsonb
language plpgsql set search_path from current as $$
declare
  answer jsonb;
  why text;
begin
  if jsonb_typeof(call -> 'preconditions') is distinct from 'array' or jsonb_array_length(call -> 'preconditions') not between 1 and 20 then
    raise exception 'preconditions are a list of 1 to 20: nothing was written' using errcode = 'HP010';
  end if;
  begin
    answer := begin_action(run, caller_epoch, call - 'preconditions');
    if answer ->> 'decision' = 'allow' then
      select string_agg(m, '; ') into why from jsonb_array_elements(call -> 'preconditions') p, moved(p) m where m is not null;
      if why is not null then raise exception 'the world moved: %', why using errcode = 'HP025'; end if;
    end if;
    return answer;
  exception when sqlstate 'HP025' then
    return refuse_drift(run, caller_epoch, call - 'preconditions', why);
  end;
end $$;

-- Has one row that an action read changed since? {table: 'schema.table', key: {column: value}, expect: {column: value}} or
-- {table, key, absent: true}; null: it is as it was. SECURITY INVOKER on purpose: what is read here is read with the
-- rights of whoever calls, row security included. Names and values go in quoted.
create or replace function moved(precondition jsonb) returns text
language plpgsql set search_path from current as $$
declare
  tab regclass;
  found_rows bigint;
  as_read bigint;
  absent boolean := coalesce((precondition ->> 'absent')::boolean, false);
begin
  if jsonb_typeof(precondition) is distinct from 'object' or precondition - '{table,key,expect,absent}'::text[] <> '{}'
      or coalesce(precondition ->> 'table', '') !~ '^[^.]+\.[^.]+$' or jsonb_typeof(precondition -> 'key') is distinct from 'object'
      or precondition -> 'key' = '{}' or absent = (precondition ? 'expect')
      or precondition ? 'expect' and (jsonb_typeof(precondition -> 'expect') <> 'object' or precondition -> 'expect' = '{}')
      or jsonb_path_exists(precondition, 'strict $.key.* ? (@.type() == "object" || @.type() == "array" || @.type() == "null")')
      or jsonb_path_exists(precondition, 'strict $.expect.* ? (@.type() == "object" || @.type() == "array")', silent => true) then
    raise exception 'a precondition is {table: schema.table, key: {column: value}, expect: {column: value} | absent: true}: nothing was written'
      using errcode = 'HP010';
  end if;
  tab := (precondition ->> 'table')::regclass;
  execute format('select count(*), count(*) filter (where %s) from (select * %s from %s where %s limit 2) read',
    coalesce((select string_agg(format('read.%I is not distinct from %L', case e.key when 'xmin' then 'row_xmin' else e.key end, e.value), ' and ')
      from jsonb_each_text(precondition -> 'expect') e), 'true'),
    case when precondition -> 'expect' ? 'xmin' then ', xmin as row_xmin' else '' end,
    tab,
    (select string_agg(format('%I = %L', k.key, k.value), ' and ') from jsonb_each_text(precondition -> 'key') k))
    into found_rows, as_read;
  return case
    when absent and found_rows > 0 then format('%s has a row that was not there', precondition ->> 'table')
    when absent or found_rows = 1 and as_read = 1 then null
    when found_rows = 0 then format('%s has no such row any more', precondition ->> 'table')
    when found_rows > 1 then format('%s has more than one row of that key', precondition ->> 'table')
    else format('%s has changed since it was read', precondition ->> 'table')
  end;
end $$;

-- Writes down that an action did not begin because the world had moved. Returns the gate's answer.
create or replace function refuse_drift(run uuid, caller_epoch integer, call jsonb, why text) returns jsonb
language plpgsql security definer set search_path from current as $$
declare
  r workflow_checkpoints := lock_own_run(run);
  no jsonb := refusal(r, caller_epoch);
  a actions;
begin
  if no is not null then return no; end if;
  perform check_text('why', why, 2000);
  a.tool := left(call ->> 'tool', 200);
  a.target := left(call ->> 'target', 1000);
  a.step := left(call ->> 'step', 500);
  return note_refusal(run, a, call - 'approval', denied('STATE_DRIFT', why)) || '{"errorClass": "state_drift"}';
end $$;

grant execute on function
  begin_action_checked(uuid, integer, jsonb), moved(jsonb), refuse_drift(uuid, integer, jsonb, text)
  to agent_worker;
