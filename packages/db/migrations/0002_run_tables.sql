-- What Holdpoint adds: columns of the field's tables, and tables of its own.

alter table workflow_checkpoints
  add column parent_id uuid references workflow_checkpoints (workflow_id),
  add column root_id uuid,
  add column goal text,
  add column skill text,
  add column skill_version text,
  add column labels jsonb not null default '{}',
  add column engine text not null default 'sql',
  add column native_id text,
  add column capabilities jsonb,
  add column worker text,
  add column epoch integer not null default 0,
  add column seq bigint not null default 0,
  add column status_since timestamptz not null default clock_timestamp(),
  add column step_since timestamptz,
  add column steps integer not null default 0,
  add column current_tool text,
  add column tool_target text,
  add column tool_since timestamptz,
  add column waiting_on jsonb,
  add column tokens_in bigint not null default 0,
  add column tokens_out bigint not null default 0,
  add column cost_usd numeric(14, 6) not null default 0,
  add column limit_tokens bigint,
  add column limit_cost_usd numeric(14, 6),
  add column limit_steps integer,
  add column deadline_at timestamptz,
  add column drift real,
  add column held_by text[] not null default '{}',
  add column resume_to text,
  add column stop_reason text,
  add column stop_detail text,
  add column control jsonb,
  add column last_event jsonb,
  -- Written by our functions only (no role has the column privilege), read and emptied by guard_run.
  add column event_hint jsonb;

alter table workflow_checkpoints
  add constraint run_status_known
    check (status in ('queued', 'running', 'paused', 'approved', 'complete', 'failed', 'killed', 'lost')),
  -- NaN is larger than every number and would poison each sum; a time that is infinite or whose year has not four
  -- digits is no instant that a screen can show.
  add constraint run_spend_not_negative check (tokens_in >= 0 and tokens_out >= 0 and cost_usd >= 0 and cost_usd < 'NaN'),
  add constraint run_limits_not_negative check (limit_tokens >= 0 and limit_steps >= 0 and limit_cost_usd >= 0
    and limit_cost_usd < 'NaN'),
  add constraint run_times_shown check (created_at >= '0001-01-02Z' and created_at < '9999-12-31Z'
    and deadline_at >= '0001-01-02Z' and deadline_at < '9999-12-31Z'),
  -- Invariant: a run with an open hold does not run.
  add constraint run_held_is_not_running check (cardinality(held_by) = 0 or status in ('paused', 'lost'));

-- A run's row changes at each step: room for the new version on the same page spares the indexes.
alter table workflow_checkpoints set (fillfactor = 60);

create index runs_active on workflow_checkpoints (created_at desc)
  where status in ('queued', 'running', 'paused', 'approved', 'lost');
create index runs_by_agent on workflow_checkpoints (agent_id, created_at desc);
create index runs_by_status_since on workflow_checkpoints (status, status_since desc);
create index runs_by_parent on workflow_checkpoints (parent_id) where parent_id is not null;
create index runs_by_creation on workflow_checkpoints (created_at desc, workflow_id desc);
create index runs_by_change on workflow_checkpoints (status_since desc, workflow_id desc);
-- Few runs are stopped or have a rare skill: a page that asks for those must not read all the others.
create index runs_by_stop_reason on workflow_checkpoints (stop_reason, status_since desc) where stop_reason is not null;
create index runs_by_skill on workflow_checkpoints (skill, status_since desc) where skill is not null;

alter table approval_queue
  add column tool text,
  add column target text,
  add column arguments jsonb,
  add column digest text,
  add column agent_reason text,
  add column reversible boolean,
  add column risk text check (risk in ('low', 'medium', 'high')),
  add column expires_at timestamptz,
  add column requested_login text,
  add column decision_reason text,
  add column closed_at timestamptz,
  add column closed_why text,
  add constraint approval_decision_known check (decision in ('approved', 'rejected')),
  add constraint approval_times_shown check (requested_at >= '0001-01-02Z' and requested_at < '9999-12-31Z'
    and expires_at >= '0001-01-02Z' and expires_at < '9999-12-31Z'),
  add constraint approval_decided_once check (decision is null or closed_at is null);
create index approvals_open on approval_queue (requested_at) where decision is null and closed_at is null;
create index approvals_by_run on approval_queue (workflow_id);
create index approvals_by_time on approval_queue (requested_at desc, approval_id);

alter table agent_audit_log
  add column actor text,
  add column login text not null default session_user,
  add column seen_at timestamptz not null default clock_timestamp(),
  add column late boolean not null default false;
create index audit_by_run on agent_audit_log (workflow_id, seen_at desc);
create index audit_by_agent on agent_audit_log (agent_id, seen_at desc);
create index audit_by_time on agent_audit_log (seen_at desc, log_id desc);

alter table tasks add column workflow_id uuid;
create index tasks_by_run on tasks (workflow_id) where workflow_id is not null;

-- A worker's claim on a run, by the database's clock. Apart from the run and without events, so that
-- 10,000 heartbeats are not 10,000 events.
create table run_leases (
  workflow_id uuid primary key references workflow_checkpoints (workflow_id),
  epoch integer not null,
  worker text not null,
  login text not null default session_user,
  heartbeat_at timestamptz not null default clock_timestamp(),
  lease_until timestamptz not null
);
create index leases_by_end on run_leases (lease_until);
create index leases_by_worker on run_leases (worker);

-- One row per reason why a run may not go on.
create table run_holds (
  hold_id uuid primary key default gen_random_uuid(),
  workflow_id uuid not null references workflow_checkpoints (workflow_id),
  kind text not null check (kind in ('isolation', 'operator_pause', 'detection', 'budget', 'breaker',
    'check_in', 'restore', 'approval', 'self')),
  stop_reason text not null,
  opened_by text not null,
  why text,
  approval_id uuid references approval_queue (approval_id),
  opened_at timestamptz not null default clock_timestamp(),
  cleared_at timestamptz,
  cleared_by text,
  cleared_why text,
  check ((kind = 'approval') = (approval_id is not null)),
  check ((cleared_at is null) = (cleared_by is null))
);
create index holds_open on run_holds (workflow_id) where cleared_at is null;
create index holds_by_run on run_holds (workflow_id, opened_at);
create unique index one_open_hold_of_a_kind on run_holds (workflow_id, kind)
  where cleared_at is null and kind in ('operator_pause', 'isolation', 'self');
create unique index one_hold_per_approval on run_holds (approval_id) where approval_id is not null;

-- The side-effect ledger: an action is recorded here before it may begin. Written only by functions that hold
-- the run's lock, and runs are never removed, so the gate does not pay for a foreign key.
create table actions (
  action_id uuid primary key default gen_random_uuid(),
  workflow_id uuid not null,
  epoch integer not null,
  step text,
  tool text not null,
  target text,
  idempotency_key text not null,
  request jsonb,
  digest text not null check (char_length(digest) = 64),
  state text not null default 'intended' check (state in ('intended', 'accepted', 'confirmed', 'failed', 'unknown',
    'cancelled', 'compensated')),
  attempt integer not null default 1,
  reversible boolean,
  response jsonb,
  error text,
  error_class text check (error_class in ('transient', 'state_drift', 'partial')),
  external_ref text,
  late jsonb,
  intended_at timestamptz not null default clock_timestamp(),
  ended_at timestamptz,
  unique (workflow_id, idempotency_key)
);
-- No index by run and time beside the unique one: the planner would take it for the gate's look-up by key and read
-- every action of the run.
create index actions_in_flight on actions (workflow_id) where state in ('intended', 'accepted');

-- Steps with their results; a step is identified by (run, name, occurrence).
create table run_steps (
  workflow_id uuid not null references workflow_checkpoints (workflow_id),
  name text not null,
  occurrence integer not null check (occurrence >= 1),
  epoch integer not null,
  attempt integer not null default 1,
  state text not null default 'running' check (state in ('running', 'done', 'failed')),
  input jsonb,
  result jsonb,
  error text,
  started_at timestamptz not null default clock_timestamp(),
  ended_at timestamptz,
  primary key (workflow_id, name, occurrence)
);

-- The agent's working memory as of its last checkpoint, returned when a run is claimed again.
create table run_memory (
  workflow_id uuid primary key references workflow_checkpoints (workflow_id),
  memory jsonb not null,
  epoch integer not null,
  written_at timestamptz not null default clock_timestamp()
);

-- Which login may act as which agent. A login without an agent (the trial login) may act as any agent
-- that no other login owns.
create table agent_logins (
  login name primary key,
  agent_id text unique,
  created_at timestamptz not null default clock_timestamp(),
  isolated_at timestamptz,
  isolated_by text,
  isolated_why text
);

-- The append-only history. `xid` orders nothing: it tells which transaction to look for between two snapshots.
create table run_events (
  workflow_id uuid not null,
  seq bigint not null,
  kind text not null,
  actor text not null,
  login text not null default session_user,
  at timestamptz not null default clock_timestamp(),
  xid xid8 not null default pg_current_xact_id(),
  detail jsonb,
  state jsonb not null,
  primary key (workflow_id, seq, at)
) partition by range (at);
create index events_by_xid on run_events (xid);
create index events_by_time on run_events (at);

-- A missing partition must never make an agent's write fail.
create table run_events_default partition of run_events default;
