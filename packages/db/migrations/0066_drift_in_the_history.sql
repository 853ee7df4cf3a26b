-- What the fleet shows of drift stands in the history, the line beside the number too: so it is shown as it was, however
-- far the run and its scores went on since.

-- Since when a score exists: some second after the event that it is of. Of those from before it is not known.
alter table drift_points add column made_at timestamptz;
alter table drift_points alter column made_at set default clock_timestamp();

-- The line as of an instant is in one event. To no other event does this index cost more than a comparison.
create index events_of_drift on run_events (workflow_id, seq) where kind = 'run.drift';

-- As before, and its event has the last scores, as people are shown them; no event more than before.
create or replace function show_drift(most integer) returns integer
language plpgsql security definer set search_path from current as $$
declare
  run uuid;
  scored record;
  shown integer := 0;
  now_seq bigint;
begin
  perform assert_operator();
  for run in select workflow_id from drift_runs where unshown loop
    exit when shown >= most;
    perform from workflow_checkpoints where workflow_id = run for no key update skip locked;
    continue when not found;
    -- One statement: the number is the last of its line.
    select d.score, (select jsonb_agg(round(p.score::numeric, 2) order by p.seq) from (
        select seq, score from drift_points where workflow_id = run order by seq desc limit 24) p) as line
      into scored from drift_runs d where d.workflow_id = run;
    update workflow_checkpoints set drift = scored.score,
      event_hint = jsonb_build_object('kind', 'run.drift', 'actor', 'holdpoint',
        'detail', jsonb_build_object('scores', scored.line))
      where workflow_id = run and is_visible_change(drift, scored.score) returning seq into now_seq;
    -- Its own event says nothing new to the rules.
    update drift_runs set unshown = false, seq = case when seq = now_seq - 1 then now_seq else seq end,
        target = greatest(target, now_seq)
      where workflow_id = run and score is not distinct from scored.score;
    shown := shown + 1;
  end loop;
  return shown;
end $$;
