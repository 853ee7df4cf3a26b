-- Drift: how far the server has fed each run's history to its rules, what they remember, and what they made of it.
-- Agents neither read nor write any of this, and nothing of it stands in their way.

-- Which events are new is asked of the history as the tail asks it: by the exact difference of two snapshots. In one row.
create table drift_position (
  only_one boolean primary key default true check (only_one),
  cluster text not null,
  snapshot pg_snapshot not null
);

create table drift_runs (
  workflow_id uuid primary key references workflow_checkpoints (workflow_id),
  -- Events up to `seq` were fed; the history is known to go up to `target`. Within a run that is exact: its visible
  -- events are always its first ones.
  seq bigint not null default 0,
  target bigint not null,
  memory jsonb,
  points integer not null default 0,
  score double precision,
  -- The run's row does not show it yet.
  unshown boolean not null default false
);
create index drift_to_feed on drift_runs (workflow_id) where seq < target;
create index drift_to_show on drift_runs (workflow_id) where unshown;

-- A score for each action, with the signals it is made of; each names the events it stands on.
create table drift_points (
  workflow_id uuid not null,
  seq bigint not null,
  at timestamptz not null,
  score double precision not null check (score between 0 and 1),
  signals jsonb not null,
  primary key (workflow_id, seq)
);

-- What an agent's runs are judged by; each version is kept with its author. Without one nothing is ever held.
create table drift_settings (
  agent_id text not null,
  version integer not null check (version >= 1),
  settings jsonb not null,
  -- False: what is found is shown to people, and the run goes on.
  holds boolean not null,
  author text not null,
  why text,
  made_at timestamptz not null default clock_timestamp(),
  primary key (agent_id, version)
);

create table detections (
  detection_id uuid primary key default gen_random_uuid(),
  workflow_id uuid not null,
  agent_id text not null,
  rule text not null,
  finding text not null check (finding in ('LOOP_DETECTED', 'DRIFT_DETECTED')),
  -- The point at which it was found, and the events that it stands on.
  seq bigint not null,
  score double precision not null,
  why text not null,
  evidence bigint[] not null,
  settings_version integer not null,
  hold_id uuid references run_holds (hold_id),
  found_at timestamptz not null default clock_timestamp(),
  -- Of one that holds nothing: since when it is no longer so, or someone has looked at it.
  over_at timestamptz,
  verdict text check (verdict in ('right', 'wrong')),
  verdict_by text,
  verdict_why text,
  verdict_at timestamptz,
  check ((verdict is null) = (verdict_by is null))
);
create index detections_by_run on detections (workflow_id, found_at desc);
create index detections_by_agent on detections (agent_id, found_at desc);
create index detections_noted on detections (workflow_id) where hold_id is null and over_at is null;
-- A run is held once for what is found, however often.
drop index one_open_hold_of_a_kind;
create unique index one_open_hold_of_a_kind on run_holds (workflow_id, kind)
  where cleared_at is null and kind in ('operator_pause', 'isolation', 'detection', 'budget', 'self');

-- Notes down which runs have events that were not fed; returns whether there may be more. Reads at most about `most`
-- events, in order of their transactions; the position moves as far as was read and no further, so that nothing is
-- missed or waited for, however long the leader was away. The planner knows nothing of the newest rows.
create function find_drift_work(here_now text, most integer) returns boolean
language plpgsql security definer set search_path from current set enable_seqscan to off set jit to off as $$
declare
  p drift_position;
  bound xid8;
  next_snapshot pg_snapshot;
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
  select xid into bound from run_events where xid >= pg_snapshot_xmax(p.snapshot) order by xid offset most limit 1;
  -- Whole transactions only, and at least one.
  if bound is not null and not exists (
      select from run_events where xid >= pg_snapshot_xmax(p.snapshot) and xid < bound) then
    bound := (bound::text::numeric + 1)::text::xid8;
  end if;
  -- One statement, one snapshot: what is read and the position after it belong together.
  with here as (select pg_current_snapshot() as s),
  news as (
    select e.workflow_id, max(e.seq) as seq from (
      select workflow_id, seq from run_events
        where xid >= pg_snapshot_xmax(p.snapshot) and (bound is null or xid < bound)
      union all
      select workflow_id, seq from run_events where xid = any (array(select pg_snapshot_xip(p.snapshot)))) e
    group by e.workflow_id),
  noted as (
    insert into drift_runs as d (workflow_id, target) select workflow_id, seq from news
      on conflict (workflow_id) do update set target = greatest(d.target, excluded.target) where d.target < excluded.target),
  open as (
    select coalesce(string_agg(x::text, ',' order by x), '') as xip, min(x)::text as first
    from here, pg_snapshot_xip(here.s) x where bound is null or x < bound)
  select case when bound is null then here.s
      else (coalesce(open.first, bound::text) || ':' || bound::text || ':' || open.xip)::pg_snapshot end
    into next_snapshot from here, open;
  update drift_position set snapshot = next_snapshot;
  return bound is not null;
end $$;

-- What the rules made of a run's next events, all or nothing: how far they were fed, what is remembered, a score for
-- each action, and what was found. fed: {fromSeq, toSeq, memory, score, points: [{seq, at, score, signals}], calm,
-- found: null | {finding, rule, seq, at, score, why, evidence, version, holds}}. False: another leader was here first.
create function record_drift(run uuid, fed jsonb) returns boolean
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
create function is_visible_change(shown real, score float8) returns boolean
language sql immutable as $$
  select score is not null and (abs(score - coalesce(shown, 0)) >= 0.05 or score = 0 and shown > 0)
$$;

-- Writes down what was found and holds the run, where its agent's policy asks for that. Nothing is opened for a run that
-- has ended, or that a person resumed after what it stands on. The caller holds the run's lock.
create function open_detection(r workflow_checkpoints, finding jsonb) returns void
language plpgsql as $$
declare
  hold uuid;
  policy drift_settings;
  why text := left(finding ->> 'why', 2000);
begin
  if is_final(r.status) or 'detection' = any (r.held_by) or exists (
      select from run_holds h where h.workflow_id = r.workflow_id and h.kind = 'detection'
        and h.cleared_at > (finding ->> 'at')::timestamptz) then
    return;
  end if;
  -- As the policy is now: one that was taken back meanwhile holds nothing.
  select * into policy from drift_settings where agent_id = r.agent_id order by version desc limit 1;
  if policy.version is distinct from (finding ->> 'version')::integer then return; end if;
  if policy.holds then
    insert into run_holds (workflow_id, kind, stop_reason, opened_by, why)
      values (r.workflow_id, 'detection', finding ->> 'finding', 'holdpoint', why) returning hold_id into hold;
  end if;
  insert into detections (workflow_id, agent_id, rule, finding, seq, score, why, evidence, settings_version, hold_id)
    values (r.workflow_id, r.agent_id, finding ->> 'rule', finding ->> 'finding', (finding ->> 'seq')::bigint,
      (finding ->> 'score')::float8, why,
      array(select value::bigint from jsonb_array_elements_text(finding -> 'evidence')), policy.version, hold);
  if hold is not null then
    perform finish_control(r, 'pause', 'run.detect', 'holdpoint', why, 'detection');
  end if;
end $$;

-- Brings scores to the rows of their runs, so that the fleet and the history have them. A row that someone has locked
-- is left for the next time: no agent waits for this, and this waits for no agent. Returns how many.
create function show_drift(most integer) returns integer
language plpgsql security definer set search_path from current as $$
declare
  scored record;
  shown integer := 0;
  now_seq bigint;
begin
  perform assert_operator();
  for scored in
    select d.workflow_id, d.score from drift_runs d join workflow_checkpoints w on w.workflow_id = d.workflow_id
    where d.unshown limit most for no key update of w skip locked
  loop
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

grant select on drift_position, drift_runs, drift_points, drift_settings, detections to holdpoint_server;
grant execute on function find_drift_work(text, integer), record_drift(uuid, jsonb), show_drift(integer) to holdpoint_server;
