-- The words of runs that have ended, by which they are found. An index stands on word_keys and word_tags: whoever changes
-- what they return builds runs_by_words anew in a migration.

-- What a search looks in, as run_state shows it: lower case, and no word reaches over the blank between two parts. Rows
-- that were here before Holdpoint may be of any length, an index not: of each part there is as much as may be written.
create or replace function words_of(r workflow_checkpoints) returns text
language sql stable parallel safe as $$
  select lower(concat_ws(' ', left(r.agent_id, 200), left(r.skill, 200), left(r.goal, 300), left(r.current_step, 500),
    left(r.current_tool, 200), left(r.tool_target, 1000), left(r.stop_detail, 4000)))
$$;

create or replace function words_row(r workflow_checkpoints) returns run_words
language sql stable as $$
  select row(r.workflow_id, span_of(r.status_since, r.created_at), r.agent_id, r.skill, r.status, r.stop_reason,
    r.status_since, r.created_at, words_of(r))::run_words
$$;

create or replace function keep_words() returns trigger
language plpgsql security definer set search_path from current as $$
begin
  insert into run_words select k.* from words_row(new) k
    on conflict (workflow_id) do update set span = excluded.span, agent_id = excluded.agent_id, skill = excluded.skill,
      status = excluded.status, stop_reason = excluded.stop_reason, status_since = excluded.status_since,
      created_at = excluded.created_at, words = excluded.words;
  return null;
end $$;

-- Stretches of 28 days: the words of one are found apart from those of every other, so that even a word that is in many
-- runs is met newest first. A run that says it was created after it ended is in none: those are 0, and always looked at.
create or replace function span_of(ended timestamptz, created timestamptz) returns integer
language sql immutable parallel safe as $$
  select case when created > ended then 0 else floor(extract(epoch from ended) / 2419200)::integer end
$$;

-- What a search narrows by beside words; a key of its own each.
create or replace function word_tags(agent_id text, skill text, status text, stop_reason text) returns text[]
language sql immutable parallel safe as $$
  select array['agent=' || left(agent_id, 200), 'skill=' || left(skill, 200), 'status=' || status, 'reason=' || stop_reason]
$$;

-- The keys of one run in the index: each three letters that follow on within a word (fewer at its end, so that a word of
-- one or two letters is the beginning of a key), and its tags; all marked with the stretch of time.
create or replace function word_keys(span integer, words text, tags text[]) returns tsvector
language sql immutable parallel safe cost 1000 as $$
  select coalesce(array_to_tsvector(array_agg(k.key)), '') from (
    select word_keys.span || ':' || split_part(concat(a, b, c), ' ', 1)
    from (select string_to_array(word_keys.words, null)) l (letters), unnest(letters, letters[2:], letters[3:]) t (a, b, c)
    where a <> ' '
    union all
    select word_keys.span || '=' || tag from unnest(tags) tag where tag is not null) k (key)
$$;

-- Asks for runs of a stretch that may hold all these words and have, of each list of tags, one. What it finds is looked
-- at again: the letters of a word may stand in another order. Words come in lower case.
create or replace function word_query(span integer, words text[], tags jsonb) returns tsquery
language sql immutable parallel safe as $$
  with asked as (
    select word_query.span || ':' || substr(word, nth, 3) as key, case when length(word) < 3 then ':*' else '' end as tail,
      'word' as list
    from unnest(words) word, generate_series(1, greatest(length(word) - 2, 1)) nth
    union
    select word_query.span || '=' || tag, '', list.nth::text
    from jsonb_array_elements(tags) with ordinality list (any_of, nth), jsonb_array_elements_text(list.any_of) tag
  ), quoted as (
    select '''' || replace(replace(key, '\', '\\'), '''', '''''') || '''' || tail as key, list from asked
  )
  select string_agg(part, ' & ')::tsquery from (
    select key from quoted where list = 'word'
    union all
    select '(' || string_agg(key, ' | ') || ')' from quoted where list <> 'word' group by list) p (part)
$$;

grant execute on function
  words_of(workflow_checkpoints), span_of(timestamptz, timestamptz), word_tags(text, text, text, text),
  word_keys(integer, text, text[]), word_query(integer, text[], jsonb)
  to holdpoint_server;
