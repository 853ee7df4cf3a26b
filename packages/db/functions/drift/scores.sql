-- How far the server has fed each run's history to its rules, and what they made of it. Agents neither read nor write any
-- of this, and nothing of it stands in their way.

-- Notes down which runs have events that were not fed; returns whether there may be more. Reads at most about `most`
-- events, in order of their transactions; the position moves as far as was read and no further, so that nothing is
-- missed or waited for, however long the leader was away. The planner knows nothing of the newest rows.
create or replace function find_drift_work(here_now text, most integer) returns boolean
language plpgsql security definer set search_path from current set enable_seqscan to off set jit to off as $$
declare
  p drift_position;
  upto xid8;
  new pg_snapshot;
begin
  perform assert_operator();
  insert into drift_position (cluster, snapshot) values (here_now, pg_current_snapshot()) on conflict do nothing;
  if found then
    p.cluster := null;
  else
    select * into p from drift_position for update;
  end if;
  -- The first time, or another database than the one that was read before (a backup, a stand-by): what lives is fed.
  if p.cluster is distinct from here_now then
    update drift_position set cluster = here_now, snapshot = pg_current_snapshot();
    insert into drift_runs as d (workflow_id, target)
      select workflow_id, w.seq from workflow_checkpoints w where status in ('queued', 'running', 'paused', 'approved', 'lost')
      on conflict (workflow_id) do update set target = greatest(d.target, excluded.target) where d.target < excluded.target;
    return false;
  end if;
  -- Whole transactions only, and at least one.
  select e.xid into upto from run_events e where e.xid >= pg_snapshot_xmax(p.snapshot)
    order by e.xid offset greatest(most, 1) - 1 limit 1;
  new := snapshot_up_to(pg_current_snapshot(), upto);
  insert into drift_runs as d (workflow_id, target)
    select e.workflow_id, max(e.seq) from events_between(p.snapshot, new) e group by e.workflow_id
    on conflict (workflow_id) do update set target = greatest(d.target, excluded.target) where d.target < excluded.target;
  update drift_position set snapshot = new;
  return upto is not null;
end $$;

-- What the rules made of a run's next events, all or nothing: how far they were fed, what is remembered, a score for
-- each action, and what was found. fed: {fromSeq, toSeq, memory, score, points: [{seq, at, score, signals}], calm,
-- found: null | {finding, rule, seq, at, score, why, evidence, version, holds}}. False: another leader was here first.
create or replace function record_drift(run uuid, fed jsonb) returns boolean
language plpgsql security definer set search_path from current set lock_timeout to '250ms' as $$
declare
  r workflow_checkpoints;
  d drift_runs;
  finding jsonb := nullif(fed -> 'found', 'null');
begin
  perform assert_operator();
  -- The run's row first, and only where it may come to a hold; a score alone never waits for an agent.
  if finding is not null then r := lock_run(run); end if;
  update drift_runs set seq = (fed ->> 'toSeq')::bigint, memory = nullif(fed -> 'memory', 'null'),
      points = points + jsonb_array_length(fed -> 'points'), score = coalesce((fed ->> 'score')::float8, score)
    where workflow_id = run and seq = (fed ->> 'fromSeq')::bigint returning * into d;
  if not found then return false; end if;
  insert into drift_points (workflow_id, seq, at, score, signals)
    select run, p.seq, p.at, p.score, p.signals
    from jsonb_to_recordset(fed -> 'points') as p(seq bigint, at timestamptz, score double precision, signals jsonb);
  -- The newest thousand are kept; looked at now and then.
  if d.points > 1200 then
    delete from drift_points where workflow_id = run and seq <= (
      select seq from drift_points where workflow_id = run order by seq desc offset 1000 limit 1);
    update drift_runs set points = 1000 where workflow_id = run;
  end if;
  update drift_runs set unshown = true
    where workflow_id = run and not unshown and is_visible_change(
      (select w.drift from workflow_checkpoints w where w.workflow_id = run), score);
  if (fed ->> 'calm')::boolean then
    update detections set over_at = clock_timestamp() where workflow_id = run and hold_id is null and over_at is null;
  end if;
  if finding is not null then perform open_detection(r, finding); end if;
  return true;
end $$;

-- A change that a person would see: not each action's, or each would make one event more. A run that goes somewhere makes none.
create or replace function is_visible_change(shown real, score float8) returns boolean
language sql immutable as $$
  select score is not null and (abs(score - coalesce(shown, 0)) >= 0.05 or score = 0 and shown > 0)
$$;

-- Brings scores to the rows of their runs, so that the fleet and the history have them: the event has the last scores,
-- as people are shown them. A row that someone has locked is left for the next time: no agent waits for this, and this
-- waits for no agent. Whatever the planner knows of either table, each row is looked up by its key. Returns how many.
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

grant execute on function
  find_drift_work(text, integer), record_drift(uuid, jsonb), show_drift(integer)
  to holdpoint_server;
