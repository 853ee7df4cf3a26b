-- Takes the place of 246bdbf67ed2ea7fd24110b7489b0247448014e575f9f74f317ace0788af8068
-- which lost words of rows that were here before Holdpoint and hold longer texts than may be written, and did the same
-- where none do.

-- The words of runs that have ended, so that a search costs what it finds and not what the history holds. A run that has
-- ended changes no more: its words are written once, in the transaction of its end, and its start and steps pay nothing.
-- Runs that have not ended are few, and are looked through as they are.

-- What a search looks in, as run_state shows it: lower case, and no word reaches over the blank between two parts. Rows
-- that were here before Holdpoint may be of any length, an index not: of each part there is as much as may be written.
create function words_of(r workflow_checkpoints) returns text
language sql stable parallel safe as $$
  select lower(concat_ws(' ', left(r.agent_id, 200), left(r.skill, 200), left(r.goal, 300), left(r.current_step, 500),
    left(r.current_tool, 200), left(r.tool_target, 1000), left(r.stop_detail, 4000)))
$$;

create table run_words (
  workflow_id uuid primary key,
  -- The stretch of time in which the run ended.
  span integer not null,
  agent_id text,
  skill text,
  status text not null,
  stop_reason text,
  status_since timestamptz not null,
  created_at timestamptz,
  words text not null
);

-- Stretches of 28 days: the words of one are found apart from those of every other, so that even a word that is in many
-- runs is met newest first. A run that says it was created after it ended is in none: those are 0, and always looked at.
create function span_of(ended timestamptz, created timestamptz) returns integer
language sql immutable parallel safe as $$
  select case when created > ended then 0 else floor(extract(epoch from ended) / 2419200)::integer end
$$;

-- What a search narrows by beside words; a key of its own each.
create function word_tags(agent_id text, skill text, status text, stop_reason text) returns text[]
language sql immutable parallel safe as $$
  select array['agent=' || left(agent_id, 200), 'skill=' || left(skill, 200), 'status=' || status, 'reason=' || stop_reason]
$$;

-- The keys of one run in the index: each three letters that follow on within a word (fewer at its end, so that a word of
-- one or two letters is the beginning of a key), and its tags; all marked with the stretch of time.
create function word_keys(span integer, words text, tags text[]) returns tsvector
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
create function word_query(span integer, words text[], tags jsonb) returns tsquery
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

create function words_row(r workflow_checkpoints) returns run_words
language sql stable as $$
  select row(r.workflow_id, span_of(r.status_since, r.created_at), r.agent_id, r.skill, r.status, r.stop_reason,
    r.status_since, r.created_at, words_of(r))::run_words
$$;

create function keep_words() returns trigger
language plpgsql security definer set search_path from current as $$
begin
  insert into run_words select k.* from words_row(new) k
    on conflict (workflow_id) do update set span = excluded.span, agent_id = excluded.agent_id, skill = excluded.skill,
      status = excluded.status, stop_reason = excluded.stop_reason, status_since = excluded.status_since,
      created_at = excluded.created_at, words = excluded.words;
  return null;
end $$;

-- A step pays for one comparison. What should ever change after the end is followed.
create trigger keep_words after update on workflow_checkpoints
  for each row when (new.status in ('complete', 'failed', 'killed')
    and (new.status, new.status_since, new.created_at, new.agent_id, new.skill, new.goal, new.current_step,
      new.current_tool, new.tool_target, new.stop_reason, new.stop_detail)
    is distinct from (old.status, old.status_since, old.created_at, old.agent_id, old.skill, old.goal, old.current_step,
      old.current_tool, old.tool_target, old.stop_reason, old.stop_detail))
  execute function keep_words();
create trigger keep_words_at_insert after insert on workflow_checkpoints
  for each row when (new.status in ('complete', 'failed', 'killed')) execute function keep_words();

-- The triggers keep writers away until this has committed, so no run's words are missed between here and there.
insert into run_words select k.* from workflow_checkpoints w cross join lateral words_row(w) k where is_final(w.status);

-- What waits to be sorted into the index is read by each search: little may wait.
create index runs_by_words on run_words using gin (word_keys(span, words, word_tags(agent_id, skill, status, stop_reason)))
  with (gin_pending_list_limit = 256);
-- Figures about the keys would change no plan, and each analysis would take the words apart again.
alter index runs_by_words alter column 1 set statistics 0;
create index words_by_span on run_words (span);

create trigger words_are_kept before delete or truncate on run_words
  for each statement execute function refuse_removal();

grant select on run_words to holdpoint_server;
grant execute on function words_of(workflow_checkpoints), word_keys(integer, text, text[]),
  word_tags(text, text, text, text), word_query(integer, text[], jsonb), span_of(timestamptz, timestamptz)
  to holdpoint_server;
