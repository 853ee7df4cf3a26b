-- A version is a word: a sentence that a rubric becomes was told as its version.
create or replace function said_version(value jsonb) returns text
language sql immutable as $$
  select substring(v #>> '{}' from '^\S{1,40}$')
  from (select case jsonb_typeof(value) when 'object' then value -> 'version' else value end) version(v)
  where jsonb_typeof(v) in ('string', 'number')
$$;
