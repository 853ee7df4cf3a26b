-- What the migrations add up to, read back from the catalog. Do not edit:
--   pnpm --filter @holdpoint/db dump-schema
-- A test compares this file with a migrated database. Partitions by month are left out, and of functions (they stand in
-- functions/) everything but who may call them.


create schema "holdpoint";
grant usage on schema holdpoint to agent_worker;
grant usage on schema holdpoint to holdpoint_custodian;
grant usage on schema holdpoint to holdpoint_server;

create sequence history_agents_agent_seq;

create sequence schema_functions_n_seq;

create table action_attempts (
  action_id uuid not null,
  attempt integer not null,
  epoch integer not null,
  state text not null,
  response jsonb,
  error text,
  error_class text,
  external_ref text,
  late jsonb,
  intended_at timestamp with time zone not null,
  ended_at timestamp with time zone,
  constraint action_attempts_pkey PRIMARY KEY (action_id, attempt)
);
grant select
  on action_attempts to holdpoint_server;

create table actions (
  action_id uuid default gen_random_uuid() not null,
  workflow_id uuid not null,
  epoch integer not null,
  step text,
  tool text not null,
  target text,
  idempotency_key text not null,
  request jsonb,
  digest text not null,
  state text default 'intended'::text not null,
  attempt integer default 1 not null,
  reversible boolean,
  response jsonb,
  error text,
  error_class text,
  external_ref text,
  late jsonb,
  intended_at timestamp with time zone default clock_timestamp() not null,
  ended_at timestamp with time zone,
  settled_by text,
  settled_at timestamp with time zone,
  settled_why text,
  approval_id uuid,
  cleared_by text,
  constraint actions_pkey PRIMARY KEY (action_id),
  constraint actions_workflow_id_idempotency_key_key UNIQUE (workflow_id, idempotency_key),
  constraint actions_digest_check CHECK (char_length(digest) = 64),
  constraint actions_error_class_check CHECK (error_class = ANY (ARRAY['transient'::text, 'state_drift'::text, 'partial'::text])),
  constraint actions_state_check CHECK (state = ANY (ARRAY['intended'::text, 'accepted'::text, 'confirmed'::text, 'failed'::text, 'unknown'::text, 'cancelled'::text, 'compensated'::text]))
);
CREATE INDEX actions_in_flight ON actions USING btree (workflow_id) WHERE state = ANY (ARRAY['intended'::text, 'accepted'::text]);
CREATE UNIQUE INDEX one_action_per_approval ON actions USING btree (approval_id) WHERE approval_id IS NOT NULL;
alter table actions enable row level security;
create policy own_agent on actions for all to agent_worker
  using ((EXISTS ( SELECT
   FROM workflow_checkpoints w
  WHERE w.workflow_id = actions.workflow_id)));
create policy server_reads on actions for select to holdpoint_server
  using (true);
CREATE TRIGGER keep_action_attempt AFTER UPDATE ON actions FOR EACH ROW WHEN (new.attempt > old.attempt) EXECUTE FUNCTION keep_action_attempt();
grant select
  on actions to agent_worker;
grant select
  on actions to holdpoint_server;

create table agent_audit_log (
  log_id uuid default gen_random_uuid() not null,
  agent_id text,
  workflow_id uuid,
  action text,
  target_table text,
  target_row_id text,
  data_before jsonb,
  data_after jsonb,
  data_timestamp timestamp with time zone,
  credentials text,
  logged_at timestamp with time zone default now(),
  actor text,
  login text default SESSION_USER not null,
  seen_at timestamp with time zone default clock_timestamp() not null,
  late boolean default false not null,
  constraint agent_audit_log_pkey PRIMARY KEY (log_id)
);
CREATE INDEX acts_by_lane ON agent_audit_log USING btree (agent_id, seen_at) WHERE actor !~~ 'agent:%'::text AND (workflow_id IS NULL OR action = 'detection.judge'::text);
CREATE INDEX audit_by_action ON agent_audit_log USING btree (action COLLATE "C", seen_at DESC, log_id DESC);
CREATE INDEX audit_by_agent ON agent_audit_log USING btree (agent_id, seen_at DESC, log_id DESC);
CREATE INDEX audit_by_login ON agent_audit_log USING btree (login, seen_at DESC, log_id DESC);
CREATE INDEX audit_by_person ON agent_audit_log USING btree (actor COLLATE "C", seen_at DESC, log_id DESC) WHERE actor !~~ 'agent:%'::text;
CREATE INDEX audit_by_row ON agent_audit_log USING btree (target_row_id, seen_at DESC, log_id DESC) WHERE target_row_id IS NOT NULL;
CREATE INDEX audit_by_run ON agent_audit_log USING btree (workflow_id, seen_at DESC, log_id DESC);
CREATE INDEX audit_by_table ON agent_audit_log USING btree (target_table COLLATE "C", seen_at DESC, log_id DESC) WHERE target_table IS NOT NULL;
CREATE INDEX audit_by_time ON agent_audit_log USING btree (seen_at DESC NULLS LAST, log_id DESC NULLS LAST);
CREATE INDEX audit_late ON agent_audit_log USING btree (seen_at DESC, log_id DESC) WHERE late;
CREATE INDEX audit_of_people ON agent_audit_log USING btree (seen_at DESC, log_id DESC) WHERE actor !~~ 'agent:%'::text;
alter table agent_audit_log enable row level security;
create policy own_agent on agent_audit_log for all to agent_worker
  using (agent_id = (( SELECT own_agent() AS own_agent)) OR ( SELECT is_trial_login() AS is_trial_login) AND (agent_id <> ALL ((( SELECT owned_agents() AS owned_agents))::text[])));
create policy server_reads on agent_audit_log for select to holdpoint_server
  using (true);
CREATE TRIGGER audit_is_kept BEFORE DELETE OR UPDATE OR TRUNCATE ON agent_audit_log FOR EACH STATEMENT EXECUTE FUNCTION refuse_removal();
CREATE TRIGGER authorize_act BEFORE INSERT ON agent_audit_log FOR EACH ROW WHEN (new.actor IS NOT NULL AND new.actor !~~ 'agent:%'::text) EXECUTE FUNCTION authorize_act();
CREATE TRIGGER guard_audit_row BEFORE INSERT ON agent_audit_log FOR EACH ROW WHEN (new.actor IS NULL) EXECUTE FUNCTION guard_audit_row();
CREATE TRIGGER record_audit_row AFTER INSERT ON agent_audit_log FOR EACH ROW WHEN (new.workflow_id IS NOT NULL AND CURRENT_USER = SESSION_USER) EXECUTE FUNCTION record_audit_row();
grant insert (log_id, agent_id, workflow_id, action, target_table, target_row_id, data_before, data_after, data_timestamp, credentials, logged_at),
  select
  on agent_audit_log to agent_worker;
grant select
  on agent_audit_log to holdpoint_server;

create table agent_logins (
  login name not null,
  agent_id text,
  created_at timestamp with time zone default clock_timestamp() not null,
  isolated_at timestamp with time zone,
  isolated_by text,
  isolated_why text,
  owner text,
  constraint agent_logins_pkey PRIMARY KEY (login),
  constraint agent_logins_agent_id_key UNIQUE (agent_id),
  constraint agent_logins_owner_check CHECK (char_length(owner) <= 200)
);
CREATE TRIGGER guard_owner BEFORE INSERT OR UPDATE OF owner ON agent_logins FOR EACH ROW WHEN (new.owner IS NOT NULL) EXECUTE FUNCTION guard_owner();
CREATE TRIGGER tell_of_isolation AFTER UPDATE OF isolated_at ON agent_logins FOR EACH ROW WHEN (new.isolated_at IS NOT NULL AND new.isolated_at IS DISTINCT FROM old.isolated_at) EXECUTE FUNCTION tell_of_isolation();
grant select
  on agent_logins to holdpoint_server;

create table api_tokens (
  name text not null,
  token_hash bytea not null,
  scopes text[] not null,
  agents text[],
  made_by text,
  made_at timestamp with time zone default clock_timestamp() not null,
  expires_at timestamp with time zone,
  last_used_at timestamp with time zone,
  revoked_at timestamp with time zone,
  revoked_by text,
  constraint api_tokens_pkey PRIMARY KEY (name),
  constraint api_tokens_token_hash_key UNIQUE (token_hash),
  constraint api_tokens_made_by_fkey FOREIGN KEY (made_by) REFERENCES operators(name),
  constraint api_tokens_agents_check CHECK (cardinality(agents) >= 1 AND cardinality(agents) <= 500),
  constraint api_tokens_check CHECK (agents IS NULL OR NOT ('administer'::text = ANY (scopes))),
  constraint api_tokens_name_check CHECK (name ~ '^[a-z0-9][a-z0-9._-]{0,59}$'::text),
  constraint api_tokens_scopes_check CHECK (cardinality(scopes) > 0 AND scopes <@ '{read,control,decide,isolate,administer}'::text[]),
  constraint api_tokens_token_hash_check CHECK (length(token_hash) = 32)
);
grant select (name, scopes, agents, made_by, made_at, expires_at, last_used_at, revoked_at, revoked_by)
  on api_tokens to holdpoint_server;

create table approval_policies (
  policy_id uuid default gen_random_uuid() not null,
  version integer default 1 not null,
  name text not null,
  agent_id text,
  skill text,
  tool text,
  gate boolean default true not null,
  auto_approve text,
  quorum jsonb,
  four_eyes boolean default true not null,
  expires_after_s integer,
  on_expiry text default 'hold'::text not null,
  escalation jsonb,
  check_in_hours numeric,
  check_in_steps integer,
  current boolean default true not null,
  created_by text not null,
  created_at timestamp with time zone default clock_timestamp() not null,
  why text,
  retired_by text,
  retired_at timestamp with time zone,
  constraint approval_policies_pkey PRIMARY KEY (policy_id, version),
  constraint approval_policies_agent_id_check CHECK (char_length(agent_id) <= 200),
  constraint approval_policies_check CHECK (tool IS NOT NULL OR NOT gate),
  constraint approval_policies_check1 CHECK (tool IS NOT NULL OR check_in_hours IS NOT NULL OR check_in_steps IS NOT NULL),
  constraint approval_policies_check2 CHECK (current = (retired_at IS NULL)),
  constraint approval_policies_check_in_hours_check CHECK (check_in_hours > 0::numeric AND check_in_hours <= 8760::numeric),
  constraint approval_policies_check_in_steps_check CHECK (check_in_steps > 0),
  constraint approval_policies_expires_after_s_check CHECK (expires_after_s >= 1 AND expires_after_s <= 31536000),
  constraint approval_policies_name_check CHECK (name <> ''::text AND char_length(name) <= 100),
  constraint approval_policies_on_expiry_check CHECK (on_expiry = ANY (ARRAY['reject'::text, 'escalate'::text, 'hold'::text])),
  constraint approval_policies_skill_check CHECK (char_length(skill) <= 200),
  constraint approval_policies_tool_check CHECK (tool <> ''::text AND char_length(tool) <= 200)
);
CREATE UNIQUE INDEX one_current_version ON approval_policies USING btree (policy_id) WHERE current;
CREATE TRIGGER keep_policy_version BEFORE UPDATE ON approval_policies FOR EACH ROW EXECUTE FUNCTION keep_policy_version();
CREATE TRIGGER note_policy_change AFTER INSERT OR UPDATE ON approval_policies FOR EACH STATEMENT EXECUTE FUNCTION note_policy_change();
CREATE TRIGGER policies_are_kept BEFORE DELETE OR TRUNCATE ON approval_policies FOR EACH STATEMENT EXECUTE FUNCTION refuse_removal();
grant select
  on approval_policies to holdpoint_server;

create table approval_queue (
  approval_id uuid default gen_random_uuid() not null,
  workflow_id uuid not null,
  requested_by text,
  decision text,
  decided_by text,
  requested_at timestamp with time zone default now(),
  decided_at timestamp with time zone,
  tool text,
  target text,
  arguments jsonb,
  digest text,
  agent_reason text,
  reversible boolean,
  risk text,
  expires_at timestamp with time zone,
  requested_login text,
  decision_reason text,
  closed_at timestamp with time zone,
  closed_why text,
  kind text default 'action'::text not null,
  arguments_schema jsonb,
  consequence jsonb,
  allowed text[],
  assignees text[] default '{}'::text[] not null,
  on_expiry text default 'hold'::text not null,
  version integer default 1 not null,
  original_arguments jsonb,
  original_digest text,
  edited_by text,
  expired_at timestamp with time zone,
  consumed_at timestamp with time zone,
  consumed_by uuid,
  policy_id uuid,
  policy_version integer,
  quorum jsonb,
  four_eyes boolean default true not null,
  escalation jsonb,
  escalated integer default 0 not null,
  handed_on text[] default '{}'::text[] not null,
  by_gate boolean default false not null,
  asked_at timestamp with time zone default clock_timestamp() not null,
  lacks_since timestamp with time zone,
  constraint approval_queue_pkey PRIMARY KEY (approval_id),
  constraint approval_allowed_known CHECK (allowed <@ '{approve,edit,reject}'::text[] AND allowed <> '{}'::text[]),
  constraint approval_consumed_is_approved CHECK (consumed_at IS NULL OR NOT decision IS DISTINCT FROM 'approved'::text),
  constraint approval_decided_once CHECK (decision IS NULL OR closed_at IS NULL),
  constraint approval_decision_known CHECK (decision = ANY (ARRAY['approved'::text, 'rejected'::text])),
  constraint approval_edited_keeps_both CHECK ((edited_by IS NULL) = (original_digest IS NULL)),
  constraint approval_expired_is_undecided CHECK (expired_at IS NULL OR decision IS NULL),
  constraint approval_kind_known CHECK (kind = ANY (ARRAY['action'::text, 'output'::text, 'change'::text])),
  constraint approval_may_be_refused CHECK ('reject'::text = ANY (allowed)),
  constraint approval_on_expiry_known CHECK (on_expiry = ANY (ARRAY['reject'::text, 'escalate'::text, 'hold'::text])),
  constraint approval_queue_risk_check CHECK (risk = ANY (ARRAY['low'::text, 'medium'::text, 'high'::text])),
  constraint approval_times_shown CHECK (requested_at >= '0001-01-02 00:00:00+00'::timestamp with time zone AND requested_at < '9999-12-31 00:00:00+00'::timestamp with time zone AND expires_at >= '0001-01-02 00:00:00+00'::timestamp with time zone AND expires_at < '9999-12-31 00:00:00+00'::timestamp with time zone)
);
CREATE INDEX approvals_by_expiry ON approval_queue USING btree (expires_at) WHERE decision IS NULL AND closed_at IS NULL AND expired_at IS NULL;
CREATE INDEX approvals_by_run ON approval_queue USING btree (workflow_id);
CREATE INDEX approvals_by_time ON approval_queue USING btree (asked_at DESC, approval_id);
CREATE INDEX approvals_by_urgency ON approval_queue USING btree ((lacks_since IS NULL), (
CASE
    WHEN expired_at IS NOT NULL THEN 1
    WHEN expires_at IS NULL THEN 2
    ELSE 0
END), expires_at, (
CASE risk
    WHEN 'high'::text THEN 0
    WHEN 'medium'::text THEN 1
    WHEN 'low'::text THEN 2
    ELSE 3
END), asked_at, approval_id) WHERE decision IS NULL AND closed_at IS NULL;
CREATE INDEX approvals_open ON approval_queue USING btree (asked_at) WHERE decision IS NULL AND closed_at IS NULL;
alter table approval_queue enable row level security;
create policy own_agent on approval_queue for all to agent_worker
  using ((EXISTS ( SELECT
   FROM workflow_checkpoints w
  WHERE w.workflow_id = approval_queue.workflow_id)));
create policy server_reads on approval_queue for select to holdpoint_server
  using (true);
CREATE TRIGGER approvals_are_kept BEFORE DELETE OR TRUNCATE ON approval_queue FOR EACH STATEMENT EXECUTE FUNCTION refuse_removal();
CREATE TRIGGER guard_approval_change BEFORE UPDATE ON approval_queue FOR EACH ROW EXECUTE FUNCTION guard_approval_change();
CREATE TRIGGER guard_approval_request BEFORE INSERT ON approval_queue FOR EACH ROW EXECUTE FUNCTION guard_approval_request();
CREATE TRIGGER hold_for_approval AFTER INSERT ON approval_queue FOR EACH ROW EXECUTE FUNCTION hold_for_approval();
grant insert (approval_id, workflow_id, requested_by, requested_at, tool, target, arguments, digest, agent_reason, reversible, risk, expires_at, kind, arguments_schema, consequence, allowed, assignees, on_expiry),
  select
  on approval_queue to agent_worker;
grant select
  on approval_queue to holdpoint_server;

create table approval_votes (
  approval_id uuid not null,
  actor text not null,
  vote text not null,
  digest text default ''::text not null,
  reason text,
  login text default SESSION_USER not null,
  voted_at timestamp with time zone default clock_timestamp() not null,
  person text not null,
  constraint approval_votes_pkey PRIMARY KEY (approval_id, actor, digest),
  constraint approval_votes_approval_id_fkey FOREIGN KEY (approval_id) REFERENCES approval_queue(approval_id),
  constraint approval_votes_vote_check CHECK (vote = ANY (ARRAY['approve'::text, 'reject'::text]))
);
CREATE UNIQUE INDEX one_vote_per_person ON approval_votes USING btree (approval_id, person, digest);
CREATE TRIGGER guard_vote BEFORE INSERT ON approval_votes FOR EACH ROW EXECUTE FUNCTION guard_vote();
CREATE TRIGGER votes_are_kept BEFORE DELETE OR UPDATE OR TRUNCATE ON approval_votes FOR EACH STATEMENT EXECUTE FUNCTION refuse_removal();
grant select
  on approval_votes to holdpoint_server;

create table detections (
  detection_id uuid default gen_random_uuid() not null,
  workflow_id uuid not null,
  agent_id text not null,
  rule text not null,
  finding text not null,
  seq bigint not null,
  score double precision not null,
  why text not null,
  evidence bigint[] not null,
  policy_version integer not null,
  hold_id uuid,
  found_at timestamp with time zone default clock_timestamp() not null,
  over_at timestamp with time zone,
  verdict text,
  verdict_by text,
  verdict_why text,
  verdict_at timestamp with time zone,
  constraint detections_pkey PRIMARY KEY (detection_id),
  constraint detections_hold_id_fkey FOREIGN KEY (hold_id) REFERENCES run_holds(hold_id),
  constraint detections_check CHECK ((verdict IS NULL) = (verdict_by IS NULL)),
  constraint detections_finding_check CHECK (finding = ANY (ARRAY['LOOP_DETECTED'::text, 'DRIFT_DETECTED'::text])),
  constraint detections_verdict_check CHECK (verdict = ANY (ARRAY['right'::text, 'wrong'::text]))
);
CREATE INDEX detections_by_agent ON detections USING btree (agent_id, found_at DESC);
CREATE INDEX detections_by_run ON detections USING btree (workflow_id, found_at DESC);
CREATE INDEX detections_noted ON detections USING btree (workflow_id) WHERE hold_id IS NULL AND over_at IS NULL;
CREATE TRIGGER tell_of_finding AFTER INSERT ON detections FOR EACH ROW WHEN (new.hold_id IS NULL) EXECUTE FUNCTION tell_of_finding();
grant select
  on detections to holdpoint_server;

create table drift_points (
  workflow_id uuid not null,
  seq bigint not null,
  at timestamp with time zone not null,
  score double precision not null,
  signals jsonb not null,
  made_at timestamp with time zone default clock_timestamp(),
  constraint drift_points_pkey PRIMARY KEY (workflow_id, seq),
  constraint drift_points_score_check CHECK (score >= 0::double precision AND score <= 1::double precision)
);
grant select
  on drift_points to holdpoint_server;

create table drift_policies (
  agent_id text not null,
  version integer not null,
  settings jsonb not null,
  holds boolean not null,
  author text not null,
  why text,
  made_at timestamp with time zone default clock_timestamp() not null,
  constraint drift_policies_pkey PRIMARY KEY (agent_id, version),
  constraint drift_policies_version_check CHECK (version >= 1)
);
grant select
  on drift_policies to holdpoint_server;

create table drift_position (
  only_one boolean default true not null,
  cluster text not null,
  snapshot pg_snapshot not null,
  constraint drift_position_pkey PRIMARY KEY (only_one),
  constraint drift_position_only_one_check CHECK (only_one)
);
grant select
  on drift_position to holdpoint_server;

create table drift_runs (
  workflow_id uuid not null,
  seq bigint default 0 not null,
  target bigint not null,
  memory jsonb,
  points integer default 0 not null,
  score double precision,
  unshown boolean default false not null,
  constraint drift_runs_pkey PRIMARY KEY (workflow_id),
  constraint drift_runs_workflow_id_fkey FOREIGN KEY (workflow_id) REFERENCES workflow_checkpoints(workflow_id)
);
CREATE INDEX drift_to_feed ON drift_runs USING btree (workflow_id) WHERE seq < target;
CREATE INDEX drift_to_show ON drift_runs USING btree (workflow_id) WHERE unshown;
grant select
  on drift_runs to holdpoint_server;

create table end_counts (
  hour timestamp with time zone not null,
  status text not null,
  runs integer not null,
  agent integer not null,
  tokens_in numeric default 0 not null,
  tokens_out numeric default 0 not null,
  cost_usd numeric default 0 not null,
  constraint end_counts_pkey PRIMARY KEY (agent, status, hour)
);
grant select
  on end_counts to holdpoint_server;

create table event_counts (
  grain smallint not null,
  agent integer not null,
  minute integer not null,
  events integer not null,
  stops integer not null,
  constraint event_counts_pkey PRIMARY KEY (grain, agent, minute)
);
grant select
  on event_counts to holdpoint_server;

create table event_marks (
  at timestamp with time zone not null,
  workflow_id uuid not null,
  seq bigint not null,
  agent integer not null,
  kind text not null,
  stops boolean not null,
  late boolean not null,
  reason text,
  approval_id uuid
);
CREATE INDEX asked_by_request ON event_marks USING btree (approval_id, workflow_id) WHERE approval_id IS NOT NULL;
CREATE INDEX asked_by_time ON event_marks USING btree (at, approval_id, workflow_id) WHERE approval_id IS NOT NULL;
CREATE INDEX marks_by_time ON event_marks USING btree (at);
CREATE INDEX marks_calm ON event_marks USING btree (agent, late, at) WHERE NOT (stops OR (kind <> ALL (ARRAY['run.paused'::text, 'hold.cleared'::text, 'approval.requested'::text])));
CREATE INDEX marks_grave ON event_marks USING btree (agent, late, at) WHERE stops OR (kind <> ALL (ARRAY['run.paused'::text, 'hold.cleared'::text, 'approval.requested'::text]));
CREATE INDEX stops_by_time ON event_marks USING btree (at, reason) WHERE stops;
CREATE INDEX troubles_by_time ON event_marks USING btree (at) WHERE stops AND reason IS DISTINCT FROM 'AWAITING_APPROVAL'::text;
grant select
  on event_marks to holdpoint_server;

create table fleet_samples (
  at timestamp with time zone not null,
  counts jsonb not null,
  ended jsonb not null,
  constraint fleet_samples_pkey PRIMARY KEY (at)
);
grant select
  on fleet_samples to holdpoint_server;

create table grades (
  approval_id uuid not null,
  workflow_id uuid not null,
  output jsonb not null,
  digest text not null,
  grade jsonb not null,
  verdict text not null,
  graded_by text not null,
  graded_at timestamp with time zone default clock_timestamp() not null,
  constraint grades_pkey PRIMARY KEY (approval_id),
  constraint grades_approval_id_fkey FOREIGN KEY (approval_id) REFERENCES approval_queue(approval_id),
  constraint grades_verdict_check CHECK (verdict = ANY (ARRAY['approved'::text, 'rejected'::text]))
);
CREATE INDEX grades_by_run ON grades USING btree (workflow_id);
alter table grades enable row level security;
create policy own_agent on grades for all to agent_worker
  using ((EXISTS ( SELECT
   FROM workflow_checkpoints w
  WHERE w.workflow_id = grades.workflow_id)));
create policy server_reads on grades for select to holdpoint_server
  using (true);
CREATE TRIGGER grades_are_kept BEFORE DELETE OR UPDATE OR TRUNCATE ON grades FOR EACH STATEMENT EXECUTE FUNCTION refuse_removal();
grant select
  on grades to agent_worker;
grant select
  on grades to holdpoint_server;

create table history_agents (
  agent integer generated always as identity not null,
  agent_id text not null,
  constraint history_agents_pkey PRIMARY KEY (agent),
  constraint history_agents_agent_id_key UNIQUE (agent_id)
);
grant select
  on history_agents to holdpoint_server;

create table history_position (
  one boolean default true not null,
  snapshot pg_snapshot not null,
  cluster text not null,
  constraint history_position_pkey PRIMARY KEY (one),
  constraint history_position_one_check CHECK (one)
);
grant select
  on history_position to holdpoint_server;

create table leader_leases (
  name text not null,
  holder text not null,
  term bigint default 1 not null,
  expires_at timestamp with time zone not null,
  constraint leader_leases_pkey PRIMARY KEY (name)
);
grant insert,
  select,
  update
  on leader_leases to holdpoint_server;

create table loop_firings (
  firing_id uuid default gen_random_uuid() not null,
  agent_id text not null,
  loop text not null,
  due_at timestamp with time zone,
  fired_at timestamp with time zone,
  workflow_id uuid,
  constraint loop_firings_pkey PRIMARY KEY (firing_id),
  constraint loop_firings_agent_id_loop_due_at_key UNIQUE (agent_id, loop, due_at)
);
CREATE INDEX firings_by_time ON loop_firings USING btree (agent_id, loop, COALESCE(fired_at, due_at) DESC);
CREATE INDEX firings_fired ON loop_firings USING btree (agent_id, loop, fired_at DESC) WHERE fired_at IS NOT NULL;
CREATE INDEX firings_missed ON loop_firings USING btree (agent_id, loop, due_at) WHERE fired_at IS NULL;
alter table loop_firings enable row level security;
create policy own_agent on loop_firings for all to agent_worker
  using (agent_id = (( SELECT own_agent() AS own_agent)) OR ( SELECT is_trial_login() AS is_trial_login) AND (agent_id <> ALL ((( SELECT owned_agents() AS owned_agents))::text[])));
create policy server_reads on loop_firings for select to holdpoint_server
  using (true);
grant select
  on loop_firings to agent_worker;
grant select
  on loop_firings to holdpoint_server;

create table loops (
  agent_id text not null,
  name text not null,
  goal text,
  cron text,
  time_zone text default 'UTC'::text not null,
  event text,
  expect_ms bigint,
  grace_ms bigint default 60000 not null,
  declared_login text default SESSION_USER not null,
  declared_at timestamp with time zone default clock_timestamp() not null,
  next_due_at timestamp with time zone,
  overdue_since timestamp with time zone,
  tended_until timestamp with time zone,
  trouble text,
  constraint loops_pkey PRIMARY KEY (agent_id, name),
  constraint loops_check CHECK ((cron IS NULL) <> (event IS NULL)),
  constraint loops_expect_ms_check CHECK (expect_ms >= 1000 AND expect_ms <= '31622400000'::bigint),
  constraint loops_grace_ms_check CHECK (grace_ms >= 0 AND grace_ms <= '31622400000'::bigint)
);
alter table loops enable row level security;
create policy own_agent on loops for all to agent_worker
  using (agent_id = (( SELECT own_agent() AS own_agent)) OR ( SELECT is_trial_login() AS is_trial_login) AND (agent_id <> ALL ((( SELECT owned_agents() AS owned_agents))::text[])));
create policy server_reads on loops for select to holdpoint_server
  using (true);
CREATE TRIGGER tell_of_overdue_loop AFTER UPDATE OF overdue_since ON loops FOR EACH ROW WHEN (old.overdue_since IS NULL AND new.overdue_since IS NOT NULL) EXECUTE FUNCTION tell_of_overdue_loop();
grant select
  on loops to agent_worker;
grant select
  on loops to holdpoint_server;

create table notification_channels (
  channel_id uuid not null,
  name text not null,
  kind text not null,
  address text not null,
  classes text[] not null,
  reasons text[] default '{}'::text[] not null,
  agents text[] default '{}'::text[] not null,
  minimum_risk text,
  enabled boolean default true not null,
  made_by text not null,
  made_at timestamp with time zone default clock_timestamp() not null,
  constraint notification_channels_pkey PRIMARY KEY (channel_id),
  constraint notification_channels_address_check CHECK (char_length(address) >= 1 AND char_length(address) <= 2000),
  constraint notification_channels_agents_check CHECK (cardinality(agents) <= 200),
  constraint notification_channels_classes_check CHECK (cardinality(classes) >= 1 AND cardinality(classes) <= 50),
  constraint notification_channels_kind_check CHECK (kind = ANY (ARRAY['webhook'::text, 'slack'::text, 'email'::text])),
  constraint notification_channels_minimum_risk_check CHECK (minimum_risk = ANY (ARRAY['low'::text, 'medium'::text, 'high'::text])),
  constraint notification_channels_name_check CHECK (char_length(name) >= 1 AND char_length(name) <= 80),
  constraint notification_channels_reasons_check CHECK (cardinality(reasons) <= 50)
);
CREATE UNIQUE INDEX channels_by_name ON notification_channels USING btree (lower(name));
grant select
  on notification_channels to holdpoint_server;

create table notification_secrets (
  channel_id uuid not null,
  sealed bytea not null,
  constraint notification_secrets_pkey PRIMARY KEY (channel_id),
  constraint notification_secrets_channel_id_fkey FOREIGN KEY (channel_id) REFERENCES notification_channels(channel_id) ON DELETE CASCADE,
  constraint notification_secrets_sealed_check CHECK (octet_length(sealed) >= 30 AND octet_length(sealed) <= 16384)
);

create table notification_tail (
  one boolean default true not null,
  cluster text not null,
  snapshot pg_snapshot not null,
  constraint notification_tail_pkey PRIMARY KEY (one),
  constraint notification_tail_one_check CHECK (one)
);
grant select
  on notification_tail to holdpoint_server;

create table notifications (
  notification_id uuid default gen_random_uuid() not null,
  channel_id uuid not null,
  class text not null,
  event_key text not null,
  workflow_id uuid,
  seq bigint,
  event_at timestamp with time zone not null,
  agent_id text,
  facts jsonb,
  state text default 'pending'::text not null,
  attempts integer default 0 not null,
  next_attempt_at timestamp with time zone default clock_timestamp() not null,
  claim uuid,
  lease_until timestamp with time zone,
  last_error text,
  failed_at timestamp with time zone,
  sent_at timestamp with time zone,
  made_at timestamp with time zone default clock_timestamp() not null,
  constraint notifications_pkey PRIMARY KEY (notification_id),
  constraint notifications_channel_id_event_key_key UNIQUE (channel_id, event_key),
  constraint notifications_channel_id_fkey FOREIGN KEY (channel_id) REFERENCES notification_channels(channel_id) ON DELETE CASCADE,
  constraint notifications_state_check CHECK (state = ANY (ARRAY['pending'::text, 'sending'::text, 'sent'::text, 'failed'::text]))
);
CREATE INDEX notifications_due ON notifications USING btree (channel_id, next_attempt_at) WHERE state = 'pending'::text;
CREATE INDEX notifications_failed ON notifications USING btree (channel_id, failed_at) WHERE state = 'failed'::text;
CREATE INDEX notifications_sending ON notifications USING btree (channel_id, lease_until) WHERE state = 'sending'::text;
CREATE INDEX notifications_sent ON notifications USING btree (channel_id, sent_at DESC) WHERE state = 'sent'::text;
CREATE INDEX notifications_stumbled ON notifications USING btree (channel_id, failed_at DESC) WHERE failed_at IS NOT NULL;
grant select
  on notifications to holdpoint_server;

create table operator_identities (
  issuer text not null,
  subject text not null,
  operator text not null,
  bound_at timestamp with time zone default clock_timestamp() not null,
  constraint operator_identities_pkey PRIMARY KEY (issuer, subject),
  constraint operator_identities_issuer_operator_key UNIQUE (issuer, operator),
  constraint operator_identities_operator_fkey FOREIGN KEY (operator) REFERENCES operators(name),
  constraint operator_identities_issuer_check CHECK (length(issuer) >= 1 AND length(issuer) <= 500),
  constraint operator_identities_subject_check CHECK (length(subject) >= 1 AND length(subject) <= 255)
);
grant select
  on operator_identities to holdpoint_server;

create table operator_passwords (
  operator text not null,
  salt bytea not null,
  cost jsonb not null,
  key_hash bytea not null,
  set_at timestamp with time zone default clock_timestamp() not null,
  constraint operator_passwords_pkey PRIMARY KEY (operator),
  constraint operator_passwords_operator_fkey FOREIGN KEY (operator) REFERENCES operators(name),
  constraint operator_passwords_key_hash_check CHECK (length(key_hash) = 32),
  constraint operator_passwords_salt_check CHECK (length(salt) = 16)
);
CREATE TRIGGER guard_sign_in_way BEFORE INSERT OR UPDATE ON operator_passwords FOR EACH ROW EXECUTE FUNCTION guard_sign_in_way();
grant select (operator, set_at)
  on operator_passwords to holdpoint_server;

create table operator_sessions (
  session_id uuid default gen_random_uuid() not null,
  token_hash bytea not null,
  operator text not null,
  method text not null,
  user_agent text,
  address text,
  began_at timestamp with time zone default clock_timestamp() not null,
  last_seen_at timestamp with time zone default clock_timestamp() not null,
  expires_at timestamp with time zone default (clock_timestamp() + '30 days'::interval) not null,
  ended_at timestamp with time zone,
  ended_by text,
  constraint operator_sessions_pkey PRIMARY KEY (session_id),
  constraint operator_sessions_token_hash_key UNIQUE (token_hash),
  constraint operator_sessions_operator_fkey FOREIGN KEY (operator) REFERENCES operators(name),
  constraint operator_sessions_method_check CHECK (method = ANY (ARRAY['link'::text, 'password'::text, 'oidc'::text])),
  constraint operator_sessions_token_hash_check CHECK (length(token_hash) = 32)
);
CREATE INDEX sessions_by_operator ON operator_sessions USING btree (operator) WHERE ended_at IS NULL;
CREATE TRIGGER guard_sign_in_way BEFORE INSERT ON operator_sessions FOR EACH ROW WHEN (new.method = 'password'::text) EXECUTE FUNCTION guard_sign_in_way();
grant select (session_id, operator, method, user_agent, address, began_at, last_seen_at, expires_at, ended_at, ended_by)
  on operator_sessions to holdpoint_server;

create table operators (
  name text not null,
  email text,
  roles text[] not null,
  agents text[],
  disabled_at timestamp with time zone,
  disabled_by text,
  added_by text not null,
  added_at timestamp with time zone default clock_timestamp() not null,
  barred_last_at timestamp with time zone,
  constraint operators_pkey PRIMARY KEY (name),
  constraint operators_email_key UNIQUE (email),
  constraint operators_agents_check CHECK (cardinality(agents) >= 1 AND cardinality(agents) <= 500),
  constraint operators_check CHECK (agents IS NULL OR NOT ('admin'::text = ANY (roles))),
  constraint operators_email_check CHECK (length(email) >= 3 AND length(email) <= 320 AND email = lower(email)),
  constraint operators_name_check CHECK (name ~ '^[a-z0-9][a-z0-9._@+-]{0,99}$'::text),
  constraint operators_roles_check CHECK (cardinality(roles) >= 1 AND cardinality(roles) <= 4 AND roles <@ '{viewer,operator,reviewer,admin}'::text[])
);
CREATE TRIGGER note_barring BEFORE UPDATE ON operators FOR EACH ROW WHEN (loses_answers(old.*, new.*)) EXECUTE FUNCTION note_barring();
grant select
  on operators to holdpoint_server;

create table policies_changed (
  only_one boolean default true not null,
  at timestamp with time zone default clock_timestamp() not null,
  constraint policies_changed_pkey PRIMARY KEY (only_one),
  constraint policies_changed_only_one_check CHECK (only_one)
);

create table run_events (
  workflow_id uuid not null,
  seq bigint not null,
  kind text not null,
  actor text not null,
  login text default SESSION_USER not null,
  at timestamp with time zone default clock_timestamp() not null,
  xid xid8 default pg_current_xact_id() not null,
  detail jsonb,
  state jsonb not null,
  constraint run_events_pkey PRIMARY KEY (workflow_id, seq, at)
) partition by RANGE (at);
CREATE INDEX events_by_time ON ONLY run_events USING btree (at);
CREATE INDEX events_by_xid ON ONLY run_events USING btree (xid);
CREATE INDEX events_of_drift ON ONLY run_events USING btree (workflow_id, seq) WHERE kind = 'run.drift'::text;
CREATE TRIGGER events_are_kept BEFORE DELETE OR UPDATE ON run_events FOR EACH ROW EXECUTE FUNCTION refuse_removal();
CREATE TRIGGER events_are_not_truncated BEFORE TRUNCATE ON run_events FOR EACH STATEMENT EXECUTE FUNCTION refuse_removal();
grant select
  on run_events to holdpoint_server;

create table run_events_default partition of run_events default;
CREATE TRIGGER events_are_not_truncated BEFORE TRUNCATE ON run_events_default FOR EACH STATEMENT EXECUTE FUNCTION refuse_removal();
grant select
  on run_events_default to holdpoint_server;

create table run_holds (
  hold_id uuid default gen_random_uuid() not null,
  workflow_id uuid not null,
  kind text not null,
  stop_reason text not null,
  opened_by text not null,
  why text,
  approval_id uuid,
  opened_at timestamp with time zone default clock_timestamp() not null,
  cleared_at timestamp with time zone,
  cleared_by text,
  cleared_why text,
  action_id uuid,
  constraint run_holds_pkey PRIMARY KEY (hold_id),
  constraint run_holds_approval_id_fkey FOREIGN KEY (approval_id) REFERENCES approval_queue(approval_id),
  constraint run_holds_workflow_id_fkey FOREIGN KEY (workflow_id) REFERENCES workflow_checkpoints(workflow_id),
  constraint hold_of_an_action CHECK (action_id IS NULL OR kind = 'outcome'::text),
  constraint run_holds_check CHECK ((kind = 'approval'::text) = (approval_id IS NOT NULL)),
  constraint run_holds_check1 CHECK ((cleared_at IS NULL) = (cleared_by IS NULL)),
  constraint run_holds_kind_check CHECK (kind = ANY (ARRAY['isolation'::text, 'operator_pause'::text, 'detection'::text, 'budget'::text, 'breaker'::text, 'check_in'::text, 'restore'::text, 'outcome'::text, 'approval'::text, 'self'::text]))
);
CREATE INDEX holds_by_run ON run_holds USING btree (workflow_id, opened_at);
CREATE INDEX holds_open ON run_holds USING btree (workflow_id) WHERE cleared_at IS NULL;
CREATE UNIQUE INDEX one_hold_per_approval ON run_holds USING btree (approval_id) WHERE approval_id IS NOT NULL;
CREATE UNIQUE INDEX one_open_hold_of_a_kind ON run_holds USING btree (workflow_id, kind) WHERE cleared_at IS NULL AND (kind = ANY (ARRAY['operator_pause'::text, 'isolation'::text, 'detection'::text, 'budget'::text, 'self'::text]));
CREATE UNIQUE INDEX one_open_hold_of_an_action ON run_holds USING btree (action_id) WHERE action_id IS NOT NULL AND cleared_at IS NULL;
alter table run_holds enable row level security;
create policy own_agent on run_holds for all to agent_worker
  using ((EXISTS ( SELECT
   FROM workflow_checkpoints w
  WHERE w.workflow_id = run_holds.workflow_id)));
create policy server_reads on run_holds for select to holdpoint_server
  using (true);
grant select
  on run_holds to agent_worker;
grant select
  on run_holds to holdpoint_server;

create table run_leases (
  workflow_id uuid not null,
  epoch integer not null,
  worker text not null,
  login text default SESSION_USER not null,
  heartbeat_at timestamp with time zone default clock_timestamp() not null,
  lease_until timestamp with time zone not null,
  constraint run_leases_pkey PRIMARY KEY (workflow_id),
  constraint run_leases_workflow_id_fkey FOREIGN KEY (workflow_id) REFERENCES workflow_checkpoints(workflow_id)
);
CREATE INDEX leases_by_end ON run_leases USING btree (lease_until);
CREATE INDEX leases_by_worker ON run_leases USING btree (worker);
grant select
  on run_leases to holdpoint_server;

create table run_lives (
  workflow_id uuid not null,
  agent_id text,
  began_at timestamp with time zone not null,
  ended_at timestamp with time zone,
  ended_seq bigint,
  status text,
  stop_reason text,
  constraint run_lives_pkey PRIMARY KEY (workflow_id),
  constraint run_lives_check CHECK ((ended_at IS NULL) = (ended_seq IS NULL) AND (ended_at IS NULL) = (status IS NULL) AND ended_at >= began_at)
);
CREATE INDEX lives_by_agent ON run_lives USING btree (agent_id, ended_at);
CREATE INDEX lives_by_agent_and_end ON run_lives USING btree (agent_id, status, ended_at) WHERE ended_at IS NOT NULL;
CREATE INDEX lives_by_end ON run_lives USING btree (ended_at DESC, workflow_id) WHERE ended_at IS NOT NULL;
CREATE INDEX lives_ended ON run_lives USING gist (tstzrange(began_at, ended_at)) WHERE ended_at IS NOT NULL;
CREATE INDEX lives_open ON run_lives USING btree (began_at) WHERE ended_at IS NULL;
CREATE TRIGGER lives_are_kept BEFORE DELETE OR TRUNCATE ON run_lives FOR EACH STATEMENT EXECUTE FUNCTION refuse_removal();
grant select
  on run_lives to holdpoint_server;

create table run_memory (
  workflow_id uuid not null,
  memory jsonb not null,
  epoch integer not null,
  written_at timestamp with time zone default clock_timestamp() not null,
  constraint run_memory_pkey PRIMARY KEY (workflow_id),
  constraint run_memory_workflow_id_fkey FOREIGN KEY (workflow_id) REFERENCES workflow_checkpoints(workflow_id)
);
grant select
  on run_memory to holdpoint_server;

create table run_steps (
  workflow_id uuid not null,
  name text not null,
  occurrence integer not null,
  epoch integer not null,
  attempt integer default 1 not null,
  state text default 'running'::text not null,
  input jsonb,
  result jsonb,
  error text,
  started_at timestamp with time zone default clock_timestamp() not null,
  ended_at timestamp with time zone,
  constraint run_steps_pkey PRIMARY KEY (workflow_id, name, occurrence),
  constraint run_steps_workflow_id_fkey FOREIGN KEY (workflow_id) REFERENCES workflow_checkpoints(workflow_id),
  constraint run_steps_occurrence_check CHECK (occurrence >= 1),
  constraint run_steps_state_check CHECK (state = ANY (ARRAY['running'::text, 'done'::text, 'failed'::text]))
);
alter table run_steps enable row level security;
create policy own_agent on run_steps for all to agent_worker
  using ((EXISTS ( SELECT
   FROM workflow_checkpoints w
  WHERE w.workflow_id = run_steps.workflow_id)));
create policy server_reads on run_steps for select to holdpoint_server
  using (true);
CREATE TRIGGER keep_step_attempt AFTER UPDATE ON run_steps FOR EACH ROW WHEN (new.attempt > old.attempt) EXECUTE FUNCTION keep_step_attempt();
grant select
  on run_steps to agent_worker;
grant select
  on run_steps to holdpoint_server;

create table run_transitions (
  from_status text not null,
  to_status text not null,
  taken_by text not null,
  constraint run_transitions_pkey PRIMARY KEY (from_status, to_status),
  constraint run_transitions_taken_by_check CHECK (taken_by = ANY (ARRAY['agent'::text, 'holdpoint'::text]))
);
grant select
  on run_transitions to agent_worker;
grant select
  on run_transitions to holdpoint_server;

create table run_words (
  workflow_id uuid not null,
  span integer not null,
  agent_id text,
  skill text,
  status text not null,
  stop_reason text,
  status_since timestamp with time zone not null,
  created_at timestamp with time zone,
  words text not null,
  constraint run_words_pkey PRIMARY KEY (workflow_id)
);
CREATE INDEX runs_by_words ON run_words USING gin (word_keys(span, words, word_tags(agent_id, skill, status, stop_reason))) WITH (gin_pending_list_limit='256');
CREATE INDEX words_by_span ON run_words USING btree (span);
CREATE TRIGGER words_are_kept BEFORE DELETE OR TRUNCATE ON run_words FOR EACH STATEMENT EXECUTE FUNCTION refuse_removal();
grant select
  on run_words to holdpoint_server;

create table saved_views (
  name text not null,
  search text not null,
  made_by text not null,
  made_at timestamp with time zone default clock_timestamp() not null,
  constraint saved_views_pkey PRIMARY KEY (name),
  constraint saved_views_name_check CHECK (char_length(name) >= 1 AND char_length(name) <= 80),
  constraint saved_views_search_check CHECK (char_length(search) <= 2000)
);
grant select
  on saved_views to holdpoint_server;

create table schema_functions (
  n integer generated always as identity not null,
  digest text not null,
  applied_at timestamp with time zone default clock_timestamp() not null,
  constraint schema_functions_pkey PRIMARY KEY (n)
);
grant select
  on schema_functions to holdpoint_server;

create table schema_migration_lease (
  id integer default 1 not null,
  holder text,
  expires_at timestamp with time zone default '-infinity'::timestamp with time zone not null,
  constraint schema_migration_lease_pkey PRIMARY KEY (id),
  constraint schema_migration_lease_id_check CHECK (id = 1)
);
grant select
  on schema_migration_lease to holdpoint_server;

create table schema_migrations (
  version integer not null,
  name text not null,
  checksum text not null,
  applied_at timestamp with time zone default clock_timestamp() not null,
  constraint schema_migrations_pkey PRIMARY KEY (version)
);
grant select
  on schema_migrations to holdpoint_server;

create table sign_in_failures (
  key text not null,
  failures integer not null,
  last_at timestamp with time zone not null,
  blocked_until timestamp with time zone not null,
  constraint sign_in_failures_pkey PRIMARY KEY (key),
  constraint sign_in_failures_key_check CHECK (length(key) <= 200)
);

create table sign_in_links (
  link_hash bytea not null,
  operator text not null,
  made_by text not null,
  made_at timestamp with time zone default clock_timestamp() not null,
  expires_at timestamp with time zone not null,
  used_at timestamp with time zone,
  constraint sign_in_links_pkey PRIMARY KEY (link_hash),
  constraint sign_in_links_operator_fkey FOREIGN KEY (operator) REFERENCES operators(name),
  constraint sign_in_links_link_hash_check CHECK (length(link_hash) = 32)
);

create table sign_in_pepper (
  pepper bytea not null
);

create table sign_in_ways (
  passwords boolean default true not null,
  one boolean default true not null,
  constraint sign_in_ways_pkey PRIMARY KEY (one),
  constraint sign_in_ways_one_check CHECK (one)
);
grant select
  on sign_in_ways to holdpoint_server;

create table standing_approvals (
  standing_id uuid default gen_random_uuid() not null,
  agent_id text not null,
  workflow_id uuid,
  tool text not null,
  target text,
  condition text,
  max_uses integer,
  uses integer default 0 not null,
  expires_at timestamp with time zone,
  policy_id uuid,
  policy_version integer,
  approval_id uuid not null,
  created_by text not null,
  created_at timestamp with time zone default clock_timestamp() not null,
  why text,
  revoked_by text,
  revoked_at timestamp with time zone,
  constraint standing_approvals_pkey PRIMARY KEY (standing_id),
  constraint standing_approvals_bounds_check CHECK (workflow_id IS NOT NULL OR condition IS NOT NULL AND max_uses IS NOT NULL AND expires_at IS NOT NULL),
  constraint standing_approvals_max_uses_check CHECK (max_uses >= 1 AND max_uses <= 1000),
  constraint standing_approvals_revoked_check CHECK ((revoked_by IS NULL) = (revoked_at IS NULL)),
  constraint standing_approvals_uses_check CHECK (uses >= 0 AND (max_uses IS NULL OR uses <= max_uses))
);
CREATE INDEX standing_in_force ON standing_approvals USING btree (agent_id, tool) WHERE revoked_at IS NULL;
grant select
  on standing_approvals to holdpoint_server;

create table step_attempts (
  workflow_id uuid not null,
  name text not null,
  occurrence integer not null,
  attempt integer not null,
  epoch integer not null,
  state text not null,
  input jsonb,
  result jsonb,
  error text,
  started_at timestamp with time zone not null,
  ended_at timestamp with time zone,
  constraint step_attempts_pkey PRIMARY KEY (workflow_id, name, occurrence, attempt)
);
grant select
  on step_attempts to holdpoint_server;

create table task_results (
  task_id uuid not null,
  output jsonb,
  completed_at timestamp with time zone default now(),
  constraint task_results_pkey PRIMARY KEY (task_id)
);
alter table task_results enable row level security;
create policy own_agent on task_results for all to agent_worker
  using ((EXISTS ( SELECT
   FROM tasks t
  WHERE t.id = task_results.task_id)));
create policy server_reads on task_results for select to holdpoint_server
  using (true);
CREATE TRIGGER guard_task_result BEFORE INSERT OR UPDATE ON task_results FOR EACH ROW EXECUTE FUNCTION guard_task_result();
grant insert (task_id, output, completed_at),
  select
  on task_results to agent_worker;
grant select
  on task_results to holdpoint_server;

create table tasks (
  id uuid default gen_random_uuid() not null,
  status text default 'pending'::text not null,
  agent_id text,
  updated_at timestamp with time zone default now() not null,
  workflow_id uuid,
  constraint tasks_pkey PRIMARY KEY (id)
);
CREATE INDEX tasks_by_run ON tasks USING btree (workflow_id) WHERE workflow_id IS NOT NULL;
alter table tasks enable row level security;
create policy own_agent on tasks for all to agent_worker
  using (agent_id = (( SELECT own_agent() AS own_agent)) OR ( SELECT is_trial_login() AS is_trial_login) AND (agent_id <> ALL ((( SELECT owned_agents() AS owned_agents))::text[])));
create policy server_reads on tasks for select to holdpoint_server
  using (true);
CREATE TRIGGER guard_task_write BEFORE INSERT OR UPDATE ON tasks FOR EACH ROW EXECUTE FUNCTION guard_task_write();
CREATE TRIGGER record_task_insert AFTER INSERT ON tasks FOR EACH ROW WHEN (new.workflow_id IS NOT NULL) EXECUTE FUNCTION record_task_write();
CREATE TRIGGER record_task_update AFTER UPDATE ON tasks FOR EACH ROW WHEN (new.workflow_id IS NOT NULL AND new.* IS DISTINCT FROM old.*) EXECUTE FUNCTION record_task_write();
grant insert (id, status, agent_id, updated_at, workflow_id),
  select,
  update (status, updated_at, workflow_id)
  on tasks to agent_worker;
grant select
  on tasks to holdpoint_server;

create table used_identity_answers (
  state_hash bytea not null,
  used_at timestamp with time zone default clock_timestamp() not null,
  constraint used_identity_answers_pkey PRIMARY KEY (state_hash),
  constraint used_identity_answers_state_hash_check CHECK (length(state_hash) = 32)
);

create table workflow_checkpoints (
  workflow_id uuid default gen_random_uuid() not null,
  agent_id text not null,
  current_step text,
  step_input jsonb,
  paused_at timestamp with time zone,
  resumed_at timestamp with time zone,
  status text default 'running'::text not null,
  created_at timestamp with time zone default now() not null,
  parent_id uuid,
  root_id uuid,
  goal text,
  skill text,
  skill_version text,
  labels jsonb default '{}'::jsonb not null,
  engine text default 'sql'::text not null,
  native_id text,
  capabilities jsonb,
  worker text,
  epoch integer default 0 not null,
  seq bigint default 0 not null,
  status_since timestamp with time zone default clock_timestamp() not null,
  step_since timestamp with time zone,
  steps integer default 0 not null,
  current_tool text,
  tool_target text,
  tool_since timestamp with time zone,
  waiting_on jsonb,
  tokens_in bigint default 0 not null,
  tokens_out bigint default 0 not null,
  cost_usd numeric(14,6) default 0 not null,
  limit_tokens bigint,
  limit_cost_usd numeric(14,6),
  limit_steps integer,
  deadline_at timestamp with time zone,
  drift real,
  held_by text[] default '{}'::text[] not null,
  resume_to text,
  stop_reason text,
  stop_detail text,
  control jsonb,
  last_event jsonb,
  event_hint jsonb,
  enqueued_at timestamp with time zone,
  loop text,
  due_at timestamp with time zone,
  bound_tools text[] default '{}'::text[] not null,
  looked_at timestamp with time zone,
  looked_by text,
  looked_steps integer default 0 not null,
  constraint workflow_checkpoints_pkey PRIMARY KEY (workflow_id),
  constraint workflow_checkpoints_parent_id_fkey FOREIGN KEY (parent_id) REFERENCES workflow_checkpoints(workflow_id),
  constraint run_due_shown CHECK (due_at >= '0001-01-02 00:00:00+00'::timestamp with time zone AND due_at < '9999-12-31 00:00:00+00'::timestamp with time zone),
  constraint run_held_is_not_running CHECK (cardinality(held_by) = 0 OR (status = ANY (ARRAY['paused'::text, 'lost'::text]))),
  constraint run_limits_not_negative CHECK (limit_tokens >= 0 AND limit_steps >= 0 AND limit_cost_usd >= 0::numeric AND limit_cost_usd < 'NaN'::numeric),
  constraint run_spend_not_negative CHECK (tokens_in >= 0 AND tokens_out >= 0 AND cost_usd >= 0::numeric AND cost_usd < 'NaN'::numeric),
  constraint run_status_known CHECK (status = ANY (ARRAY['queued'::text, 'running'::text, 'paused'::text, 'approved'::text, 'complete'::text, 'failed'::text, 'killed'::text, 'lost'::text])),
  constraint run_times_shown CHECK (created_at >= '0001-01-02 00:00:00+00'::timestamp with time zone AND created_at < '9999-12-31 00:00:00+00'::timestamp with time zone AND deadline_at >= '0001-01-02 00:00:00+00'::timestamp with time zone AND deadline_at < '9999-12-31 00:00:00+00'::timestamp with time zone)
);
CREATE INDEX runs_active ON workflow_checkpoints USING btree (created_at DESC) WHERE status = ANY (ARRAY['queued'::text, 'running'::text, 'paused'::text, 'approved'::text, 'lost'::text]);
CREATE INDEX runs_by_agent ON workflow_checkpoints USING btree (agent_id, created_at DESC);
CREATE INDEX runs_by_agent_since ON workflow_checkpoints USING btree (agent_id, status_since DESC, workflow_id DESC);
CREATE INDEX runs_by_change ON workflow_checkpoints USING btree (status_since DESC, workflow_id DESC);
CREATE INDEX runs_by_creation ON workflow_checkpoints USING btree (created_at DESC, workflow_id DESC);
CREATE INDEX runs_by_parent ON workflow_checkpoints USING btree (parent_id) WHERE parent_id IS NOT NULL;
CREATE INDEX runs_by_skill ON workflow_checkpoints USING btree (skill, status_since DESC, workflow_id DESC) WHERE skill IS NOT NULL;
CREATE INDEX runs_by_status_since ON workflow_checkpoints USING btree (status, status_since DESC, workflow_id DESC);
CREATE INDEX runs_by_stop_reason ON workflow_checkpoints USING btree (stop_reason, status_since DESC, workflow_id DESC) WHERE stop_reason IS NOT NULL;
CREATE INDEX runs_without_worker ON workflow_checkpoints USING btree (agent_id, COALESCE(enqueued_at, created_at)) WHERE worker IS NULL AND (status = ANY (ARRAY['queued'::text, 'running'::text, 'paused'::text, 'approved'::text, 'lost'::text])) AND (engine <> 'sql'::text OR status = 'queued'::text);
alter table workflow_checkpoints enable row level security;
create policy own_agent on workflow_checkpoints for all to agent_worker
  using (agent_id = (( SELECT own_agent() AS own_agent)) OR ( SELECT is_trial_login() AS is_trial_login) AND (agent_id <> ALL ((( SELECT owned_agents() AS owned_agents))::text[])));
create policy server_reads on workflow_checkpoints for select to holdpoint_server
  using (true);
CREATE TRIGGER begin_life AFTER INSERT ON workflow_checkpoints FOR EACH ROW EXECUTE FUNCTION begin_life();
CREATE TRIGGER end_life AFTER UPDATE ON workflow_checkpoints FOR EACH ROW WHEN ((new.status = ANY (ARRAY['complete'::text, 'failed'::text, 'killed'::text])) AND (old.status <> ALL (ARRAY['complete'::text, 'failed'::text, 'killed'::text]))) EXECUTE FUNCTION end_life();
CREATE TRIGGER guard_run_insert BEFORE INSERT ON workflow_checkpoints FOR EACH ROW EXECUTE FUNCTION guard_run_insert();
CREATE TRIGGER guard_run_update BEFORE UPDATE ON workflow_checkpoints FOR EACH ROW EXECUTE FUNCTION guard_run_update();
CREATE TRIGGER keep_words AFTER UPDATE ON workflow_checkpoints FOR EACH ROW WHEN ((new.status = ANY (ARRAY['complete'::text, 'failed'::text, 'killed'::text])) AND (new.status IS DISTINCT FROM old.status OR new.status_since IS DISTINCT FROM old.status_since OR new.created_at IS DISTINCT FROM old.created_at OR new.agent_id IS DISTINCT FROM old.agent_id OR new.skill IS DISTINCT FROM old.skill OR new.goal IS DISTINCT FROM old.goal OR new.current_step IS DISTINCT FROM old.current_step OR new.current_tool IS DISTINCT FROM old.current_tool OR new.tool_target IS DISTINCT FROM old.tool_target OR new.stop_reason IS DISTINCT FROM old.stop_reason OR new.stop_detail IS DISTINCT FROM old.stop_detail)) EXECUTE FUNCTION keep_words();
CREATE TRIGGER keep_words_at_insert AFTER INSERT ON workflow_checkpoints FOR EACH ROW WHEN (new.status = ANY (ARRAY['complete'::text, 'failed'::text, 'killed'::text])) EXECUTE FUNCTION keep_words();
CREATE TRIGGER record_run_end AFTER UPDATE ON workflow_checkpoints FOR EACH ROW WHEN ((new.status = ANY (ARRAY['complete'::text, 'failed'::text])) AND (old.status <> ALL (ARRAY['complete'::text, 'failed'::text, 'killed'::text]))) EXECUTE FUNCTION record_run_end();
CREATE TRIGGER record_run_insert AFTER INSERT ON workflow_checkpoints FOR EACH ROW EXECUTE FUNCTION record_run_insert();
CREATE TRIGGER runs_are_kept BEFORE DELETE OR TRUNCATE ON workflow_checkpoints FOR EACH STATEMENT EXECUTE FUNCTION refuse_removal();
grant insert (workflow_id, agent_id, current_step, step_input, paused_at, resumed_at, status, created_at, parent_id, goal, skill, skill_version, labels, current_tool, tool_target, waiting_on, tokens_in, tokens_out, cost_usd, limit_tokens, limit_cost_usd, limit_steps, deadline_at, loop, due_at),
  select,
  update (current_step, step_input, paused_at, resumed_at, status, goal, labels, current_tool, tool_target, waiting_on, tokens_in, tokens_out, cost_usd)
  on workflow_checkpoints to agent_worker;
grant select
  on workflow_checkpoints to holdpoint_server;

grant execute on function add_operator(text,text[],text[],text,text) to holdpoint_server;
grant execute on function allow_passwords(boolean,text) to holdpoint_server;
grant execute on function answers_of(uuid,text) to holdpoint_server;
grant execute on function asked_of(uuid) to holdpoint_server;
grant execute on function begin_action(uuid,integer,jsonb) to agent_worker;
grant execute on function begin_action_checked(uuid,integer,jsonb) to agent_worker;
grant execute on function begin_step(uuid,integer,text,integer,jsonb) to agent_worker;
grant execute on function blocking_sessions(integer) to holdpoint_server;
grant execute on function callers_of(bytea[]) to holdpoint_server;
grant execute on function change_of(text,jsonb) to holdpoint_server;
grant execute on function change_operator(text,text[],text[],text,text) to holdpoint_server;
grant execute on function claim_next(text,text,integer,jsonb) to agent_worker;
grant execute on function claim_notifications(integer,integer,integer,integer) to holdpoint_server;
grant execute on function claim_run(uuid,text,integer,jsonb) to agent_worker;
grant execute on function collect_notifications(jsonb) to holdpoint_server;
grant execute on function control_ack(uuid,integer,text) to agent_worker;
grant execute on function count_history(integer) to holdpoint_server;
grant execute on function decide_approval(uuid,text,text,text,integer,jsonb,jsonb,jsonb) to holdpoint_server;
grant execute on function declare_loop(jsonb) to agent_worker;
grant execute on function delegate_approval(uuid,text,text,text,integer) to holdpoint_server;
grant execute on function disable_operator(text,text,text) to holdpoint_server;
grant execute on function enable_operator(text,text) to holdpoint_server;
grant execute on function end_action(uuid,integer,uuid,jsonb) to agent_worker;
grant execute on function end_agent_sessions(text,text,text) to holdpoint_server;
grant execute on function end_run(uuid,integer,text,text,text) to agent_worker;
grant execute on function end_session(integer,text,text) to holdpoint_server;
grant execute on function end_sign_in(uuid,text) to holdpoint_server;
grant execute on function end_sign_ins(text,text,uuid) to holdpoint_server;
grant execute on function end_step(uuid,integer,text,integer,jsonb) to agent_worker;
grant execute on function enqueue_run(jsonb) to agent_worker;
grant execute on function escalate_approval(uuid,text,text[],text,integer) to holdpoint_server;
grant execute on function events_between(pg_snapshot,pg_snapshot) to holdpoint_server;
grant execute on function expire_approvals(integer) to holdpoint_server;
grant execute on function extend_approval(uuid,text,timestamp with time zone,text,integer) to holdpoint_server;
grant execute on function find_drift_work(text,integer) to holdpoint_server;
grant execute on function forget_old_notifications(integer) to holdpoint_server;
grant execute on function fresh_events(timestamp with time zone,timestamp with time zone) to holdpoint_server;
grant execute on function heartbeat(text,uuid[],integer) to agent_worker;
grant execute on function hold_agent_runs(text,text,text,integer) to holdpoint_server;
grant execute on function hold_for_check_in(integer) to holdpoint_server;
grant execute on function is_behind(approval_queue,text) to holdpoint_server;
grant execute on function is_final(text) to holdpoint_server;
grant execute on function is_operator() to holdpoint_server;
grant execute on function is_trial_login() to agent_worker;
grant execute on function judge_detection(uuid,text,boolean,text) to holdpoint_server;
grant execute on function kill_run(uuid,text,text,integer) to holdpoint_server;
grant execute on function lacks_people(uuid) to holdpoint_server;
grant execute on function lock_agent_login(text,text,text) to holdpoint_server;
grant execute on function look_at_run(uuid,text) to holdpoint_server;
grant execute on function look_for_people(uuid,integer) to holdpoint_server;
grant execute on function make_event_partitions(integer) to holdpoint_server;
grant execute on function make_sign_in_link(bytea,text,integer,text) to holdpoint_server;
grant execute on function make_token(text,bytea,text[],text[],timestamp with time zone,text) to holdpoint_server;
grant execute on function may_act_as(text) to agent_worker;
grant execute on function may_try_identity(text) to holdpoint_server;
grant execute on function moved(jsonb) to agent_worker;
grant execute on function note_seen(bytea[]) to holdpoint_server;
grant execute on function open_run_transactions(integer) to holdpoint_server;
grant execute on function own_agent() to agent_worker;
grant execute on function own_agent_login(text,text,text) to holdpoint_server;
grant execute on function owned_agents() to agent_worker;
grant execute on function password_salt(text,text) to holdpoint_server;
grant execute on function pause_run(uuid,text,text) to holdpoint_server;
grant execute on function policy_json(approval_policies) to holdpoint_server;
grant execute on function preview_calls(uuid,jsonb,integer,integer) to holdpoint_server;
grant execute on function preview_check_ins(jsonb,integer,integer) to holdpoint_server;
grant execute on function raise_limits(uuid,text,jsonb,text) to holdpoint_server;
grant execute on function record_drift(uuid,jsonb) to holdpoint_server;
grant execute on function record_fleet_sample() to holdpoint_server;
grant execute on function refuse_drift(uuid,integer,jsonb,text) to agent_worker;
grant execute on function refuse_identity(text,text,text) to holdpoint_server;
grant execute on function release_agent(text,text,text) to holdpoint_server;
grant execute on function release_run(uuid,integer,text) to agent_worker;
grant execute on function remove_channel(uuid,text) to holdpoint_server;
grant execute on function remove_password(text,text) to holdpoint_server;
grant execute on function remove_view(text,text) to holdpoint_server;
grant execute on function report_progress(uuid,integer,jsonb) to agent_worker;
grant execute on function resume_judged(uuid,text,boolean,text) to holdpoint_server;
grant execute on function resume_run(uuid,text,text) to holdpoint_server;
grant execute on function retire_loop(text,text,text,text) to holdpoint_server;
grant execute on function retire_policy(uuid,text,text) to holdpoint_server;
grant execute on function retry_notifications(uuid,text) to holdpoint_server;
grant execute on function revoke_standing_approval(uuid,text,text) to holdpoint_server;
grant execute on function revoke_token(text,text) to holdpoint_server;
grant execute on function run_state(workflow_checkpoints) to holdpoint_server;
grant execute on function said_version(jsonb) to holdpoint_server;
grant execute on function save_channel(uuid,jsonb,bytea,text) to holdpoint_server;
grant execute on function save_drift_policy(text,jsonb,boolean,text,text,integer) to holdpoint_server;
grant execute on function save_policy(uuid,text,jsonb,text,integer) to holdpoint_server;
grant execute on function save_view(text,text,text) to holdpoint_server;
grant execute on function set_password(text,bytea,bytea,jsonb,bytea,uuid,text) to holdpoint_server;
grant execute on function settle_action(uuid,text,boolean,text,jsonb) to holdpoint_server;
grant execute on function settle_notification(uuid,uuid,text,boolean,integer,integer) to holdpoint_server;
grant execute on function show_drift(integer) to holdpoint_server;
grant execute on function sign_in_waits() to holdpoint_server;
grant execute on function sign_in_with_identity(bytea,text,text,text,boolean,bytea,text,text) to holdpoint_server;
grant execute on function sign_in_with_password(text,bytea,bytea,text,text) to holdpoint_server;
grant execute on function span_of(timestamp with time zone,timestamp with time zone) to holdpoint_server;
grant execute on function start_run(jsonb) to agent_worker;
grant execute on function still_stands(uuid) to holdpoint_server;
grant execute on function sweep_lost_runs(integer) to holdpoint_server;
grant execute on function tend_loop(text,text,timestamp with time zone,timestamp with time zone,timestamp with time zone,timestamp with time zone[],text) to holdpoint_server;
grant execute on function test_channel(uuid,text) to holdpoint_server;
grant execute on function unbind_identity(text,text,text,uuid) to holdpoint_server;
grant execute on function use_sign_in_link(bytea,bytea,text,text) to holdpoint_server;
grant execute on function vote_void_since(text,text,timestamp with time zone) to holdpoint_server;
grant execute on function why_not_answer(uuid,text,text) to holdpoint_server;
grant execute on function word_keys(integer,text,text[]) to holdpoint_server;
grant execute on function word_query(integer,text[],jsonb) to holdpoint_server;
grant execute on function word_tags(text,text,text,text) to holdpoint_server;
grant execute on function words_of(workflow_checkpoints) to holdpoint_server;
