-- As before, but whatever the planner knows of either table, each row is looked up by its key.
create or replace function show_drift(most integer) returns integer
language plpgsql security definer set search_path from current as $$
declare
  scored record;
  shown integer := 0;
  now_seq bigint;
begin
  perform assert_operator();
  for scored in select workflow_id, score from drift_runs where unshown loop
    exit when shown >= most;
    perform from workflow_checkpoints where workflow_id = scored.workflow_id for no key update skip locked;
    continue when not found;
    update workflow_checkpoints set drift = scored.score,
      event_hint = jsonb_build_object('kind', 'run.drift', 'actor', 'holdpoint')
      where workflow_id = scored.workflow_id and is_visible_change(drift, scored.score) returning seq into now_seq;
    -- Its own event says nothing new to the rules.
    update drift_runs set unshown = false, seq = case when seq = now_seq - 1 then now_seq else seq end,
        target = greatest(target, now_seq)
      where workflow_id = scored.workflow_id and score is not distinct from scored.score;
    shown := shown + 1;
  end loop;
  return shown;
end $$;
