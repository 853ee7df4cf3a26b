-- What the migrations add up to, read back from the catalog. Do not edit:
--   pnpm --filter @holdpoint/db dump-schema
-- A test compares this file with a migrated database. Partitions by month are left out.


create schema "holdpoint";
grant usage on schema holdpoint to agent_worker;
grant usage on schema holdpoint to holdpoint_custodian;
grant usage on schema holdpoint to holdpoint_server;

create sequence history_agents_agent_seq;

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
CREATE INDEX acts_without_event ON agent_audit_log USING btree (seen_at) WHERE actor !~~ 'agent:%'::text AND (workflow_id IS NULL OR action = 'detection.judge'::text);
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
CREATE INDEX approvals_by_time ON approval_queue USING btree (requested_at DESC, approval_id);
CREATE INDEX approvals_by_urgency ON approval_queue USING btree ((
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
END), requested_at, approval_id) WHERE decision IS NULL AND closed_at IS NULL;
CREATE INDEX approvals_open ON approval_queue USING btree (requested_at) WHERE decision IS NULL AND closed_at IS NULL;
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

create table approval_rules (
  rule_id uuid default gen_random_uuid() not null,
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
  constraint approval_rules_pkey PRIMARY KEY (rule_id),
  constraint approval_rules_check CHECK (uses >= 0 AND (max_uses IS NULL OR uses <= max_uses)),
  constraint approval_rules_check1 CHECK (workflow_id IS NOT NULL OR condition IS NOT NULL AND max_uses IS NOT NULL AND expires_at IS NOT NULL),
  constraint approval_rules_check2 CHECK ((revoked_by IS NULL) = (revoked_at IS NULL)),
  constraint approval_rules_max_uses_check CHECK (max_uses >= 1 AND max_uses <= 1000)
);
CREATE INDEX rules_in_force ON approval_rules USING btree (agent_id, tool) WHERE revoked_at IS NULL;
grant select
  on approval_rules to holdpoint_server;

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
  settings_version integer not null,
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

create table drift_settings (
  agent_id text not null,
  version integer not null,
  settings jsonb not null,
  holds boolean not null,
  author text not null,
  why text,
  made_at timestamp with time zone default clock_timestamp() not null,
  constraint drift_settings_pkey PRIMARY KEY (agent_id, version),
  constraint drift_settings_version_check CHECK (version >= 1)
);
grant select
  on drift_settings to holdpoint_server;

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
CREATE INDEX marks_by_agent ON event_marks USING btree (agent, at);
CREATE INDEX marks_by_time ON event_marks USING btree (at);
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

CREATE OR REPLACE FUNCTION holdpoint.add_operator(person text, roles text[], agents text[], email text, actor text)
 RETURNS void
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'holdpoint', 'pg_temp'
AS $function$
declare
  o operators;
begin
  perform check_actor(actor, null);
  insert into operators (name, email, roles, agents, added_by)
    values (person, lower(add_operator.email), add_operator.roles, add_operator.agents, actor)
    on conflict do nothing returning * into o;
  if not found then
    raise exception 'there is someone named "%", or with that address, already: nothing was done', person using errcode = 'HP015';
  end if;
  perform audit_person(person, 'operator.add', actor, null, person_state(o));
end $function$;
grant execute on function add_operator(text,text[],text[],text,text) to holdpoint_server;

CREATE OR REPLACE FUNCTION holdpoint.adopt_restored_history()
 RETURNS boolean
 LANGUAGE plpgsql
 SET search_path TO 'holdpoint', 'pg_temp'
AS $function$
declare
  here text := cluster_identity();
  -- Numbers below what any cluster has given out when it is new.
  oldest constant integer := 3;
  parts constant integer := 500;
begin
  perform from history_position where cluster <> here for update;
  if not found then return false; end if;
  if pg_snapshot_xmin(pg_current_snapshot()) < (oldest + parts)::text::xid8 then
    raise exception 'this cluster is too new: % transactions must have ended', oldest + parts;
  end if;
  alter table run_events disable trigger events_are_kept;
  update run_events set xid = (oldest + abs(hashtext(workflow_id::text) % parts))::text::xid8;
  alter table run_events enable trigger events_are_kept;
  delete from event_counts;
  delete from end_counts;
  delete from event_marks;
  update history_position set cluster = here, snapshot = '1:1:';
  return true;
end $function$;

CREATE OR REPLACE FUNCTION holdpoint.allow_passwords(allowed boolean, actor text)
 RETURNS void
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'holdpoint', 'pg_temp'
AS $function$
begin
  perform check_actor(actor, null);
  update sign_in_ways set passwords = allowed where passwords <> allowed;
  if not found then
    raise exception 'passwords are turned % already: nothing was done', case when allowed then 'on' else 'off' end using errcode = 'HP015';
  end if;
  insert into agent_audit_log (action, target_table, target_row_id, data_before, data_after, data_timestamp, actor)
    values ('sign_in.ways', 'sign_in_ways', 'passwords', jsonb_build_object('passwords', not allowed),
      jsonb_build_object('passwords', allowed), clock_timestamp(), actor);
end $function$;
grant execute on function allow_passwords(boolean,text) to holdpoint_server;

CREATE OR REPLACE FUNCTION holdpoint.allows(q approval_queue, answer text)
 RETURNS boolean
 LANGUAGE sql
 IMMUTABLE
AS $function$ select coalesce(answer = any (q.allowed), true) $function$;

CREATE OR REPLACE FUNCTION holdpoint.answer_from_earlier(a actions, call jsonb)
 RETURNS jsonb
 LANGUAGE sql
 IMMUTABLE
AS $function$
  select case
    when (a.digest, a.tool, a.target) is distinct from (call ->> 'digest', call ->> 'tool', call ->> 'target')
      then jsonb_build_object('decision', 'deny', 'code', 'INVALID_INPUT',
      'why', 'this key was used for another request before')
    when a.state in ('confirmed', 'compensated') then
      jsonb_build_object('decision', 'done', 'actionId', a.action_id, 'response', a.response)
        || case when a.settled_by is null then '{}'::jsonb else '{"settled": true}' end
    when a.state in ('intended', 'accepted') then jsonb_build_object('decision', 'deny', 'code', 'NOTHING_TO_DO',
      'why', 'this action is in flight already')
  end
$function$;

CREATE OR REPLACE FUNCTION holdpoint.answer_of_people(run uuid, a actions, call jsonb, p approval_policies)
 RETURNS jsonb
 LANGUAGE plpgsql
AS $function$
declare
  q approval_queue;
  named uuid := (call ->> 'approval')::uuid;
  asked jsonb := coalesce(call -> 'request', 'null');
begin
  if digest_of(asked) <> call ->> 'digest' then
    return denied('APPROVAL_MISMATCH', 'the digest is not that of the request');
  end if;
  select * into q from approval_queue x
    where x.workflow_id = run and x.kind <> 'output' and x.tool = a.tool and x.target is not distinct from a.target
      and call ->> 'digest' in (x.digest, x.original_digest) and (named is null or x.approval_id = named)
      and (x.decision is not null or x.expired_at is not null)
    order by x.consumed_by is not distinct from a.action_id desc,
      x.decision is not distinct from 'approved' and x.consumed_at is null and (x.expires_at is null or x.expires_at > clock_timestamp())
        and (x.policy_id, x.policy_version) is not distinct from (p.policy_id, p.version) desc,
      coalesce(x.decided_at, x.expired_at) desc limit 1;
  if not found then
    return case
      when named is not null then denied('APPROVAL_MISMATCH', 'this is not what that approval is about')
      -- Where a policy gates the tool, the gate asks about this call, too.
      when not coalesce(p.gate, false) and exists (select from approval_queue x where x.workflow_id = run and x.kind <> 'output'
          and x.tool = a.tool and x.decision = 'approved' and x.consumed_at is null
          and (x.expires_at is null or x.expires_at > clock_timestamp()))
        then denied('APPROVAL_MISMATCH', format('what was approved is another call of %s', a.tool)) end;
  end if;
  if q.expired_at is not null or q.decision = 'approved' and q.expires_at <= clock_timestamp() then
    return denied('APPROVAL_EXPIRED', format('its approval expired at %s', shown_time(q.expires_at)));
  elsif q.decision = 'rejected' then
    return denied('APPROVAL_REJECTED', format('%s said no%s', q.decided_by, coalesce(': ' || q.decision_reason, '')));
  elsif q.consumed_at is not null and q.consumed_by is distinct from a.action_id then
    return case when not coalesce(p.gate, false) or named is not null
      then denied('APPROVAL_CONSUMED', 'its approval was used by another action') end;
  elsif (q.policy_id, q.policy_version) is distinct from (p.policy_id, p.version) then
    -- A yes under other rules is no yes under these: the gate asks again, or the agent does.
    return case when not coalesce(p.gate, false) then denied('POLICY_CHANGED', 'the policy has changed since that was approved') end;
  elsif asked = q.arguments or asked = 'null' and q.arguments is null then
    return jsonb_build_object('approval', q.approval_id);
  -- Only a caller that knows of edits will run them instead of what it asked for.
  elsif asked = q.original_arguments and coalesce((call ->> 'edits')::boolean, false) then
    return jsonb_build_object('approval', q.approval_id, 'request', q.arguments);
  end if;
  return denied('APPROVAL_MISMATCH', 'the arguments are not those that were approved');
end $function$;

CREATE OR REPLACE FUNCTION holdpoint.answer_of_policy(r workflow_checkpoints, a actions, call jsonb, p approval_policies)
 RETURNS jsonb
 LANGUAGE plpgsql
AS $function$
declare
  by_whom text;
begin
  if not coalesce(p.gate, false) then return null; end if;
  by_whom := cleared_without_asking(r, p, a.tool, a.target, call -> 'request');
  if by_whom is not null then return jsonb_build_object('by', by_whom); end if;
  insert into approval_queue (workflow_id, requested_by, tool, target, arguments, agent_reason, reversible, risk,
      arguments_schema, consequence, by_gate)
    values (r.workflow_id, r.agent_id, a.tool, a.target, coalesce(call -> 'request', 'null'), call ->> 'reason',
      (call ->> 'reversible')::boolean, call ->> 'risk', call -> 'schema', call -> 'consequence', true);
  return jsonb_build_object('decision', 'hold', 'stopReason', 'AWAITING_APPROVAL', 'why',
    format('policy "%s" asks a person about %s', p.name, a.tool));
end $function$;

CREATE OR REPLACE FUNCTION holdpoint.answerable_approval(approval uuid, seen integer)
 RETURNS approval_queue
 LANGUAGE plpgsql
AS $function$
declare
  q approval_queue := open_approval(approval, seen);
begin
  if q.expired_at is not null or q.expires_at <= clock_timestamp() then
    raise exception 'approval % expired at %: nothing was done', approval, shown_time(q.expires_at) using errcode = 'HP019',
      hint = case when q.closed_at is null then 'Give it more time first, if it should still be decided.'
        else 'It is closed: the agent reads that, and may ask again.' end;
  end if;
  return q;
end $function$;

CREATE OR REPLACE FUNCTION holdpoint.answers_of(approval uuid, actor text)
 RETURNS jsonb
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO 'holdpoint', 'pg_temp'
AS $function$
  select jsonb_object_agg(answer, why_not(q, actor, answer))
  from approval_queue q, unnest('{approve,edit,reject,further,delegate,escalate,extend}'::text[]) answer
  where q.approval_id = approval
$function$;
grant execute on function answers_of(uuid,text) to holdpoint_server;

CREATE OR REPLACE FUNCTION holdpoint.as_asked(q approval_queue)
 RETURNS approval_queue
 LANGUAGE plpgsql
 STABLE
AS $function$
begin
  if exists (select from approval_policies p
      where p.policy_id = q.policy_id and p.version = q.policy_version and p.expires_after_s is not null) then
    q.expires_at := null;
    q.on_expiry := 'hold';
  end if;
  q.arguments := coalesce(q.original_arguments, q.arguments);
  return q;
end $function$;

CREATE OR REPLACE FUNCTION holdpoint.as_it_ran(a actions, call jsonb)
 RETURNS jsonb
 LANGUAGE sql
 STABLE
AS $function$
  select call || coalesce((select jsonb_build_object('digest', q.digest) from approval_queue q
    where q.approval_id = a.approval_id and q.original_digest = call ->> 'digest'), '{}')
$function$;

CREATE OR REPLACE FUNCTION holdpoint.as_request(a actions)
 RETURNS approval_queue
 LANGUAGE plpgsql
 IMMUTABLE
AS $function$
declare
  q approval_queue;
begin
  q.kind := 'action';
  q.tool := a.tool;
  q.target := a.target;
  q.arguments := coalesce(a.request, 'null');
  q.assignees := '{}';
  q.on_expiry := 'hold';
  return q;
end $function$;

CREATE OR REPLACE FUNCTION holdpoint.ask_others(q approval_queue, people text[], until timestamp with time zone, steps integer, giver text DEFAULT NULL::text, asker text DEFAULT NULL::text)
 RETURNS approval_queue
 LANGUAGE plpgsql
AS $function$
begin
  update approval_queue set version = version + 1, escalated = escalated + steps, assignees = people, expires_at = until,
      handed_on = array(select h from unnest(handed_on) h where h <> all (people) or h = asker),
      quorum = (select jsonb_agg(case when it ? 'members' and (giver is null or it -> 'members' ? giver)
        then jsonb_set(it, '{members}', (select jsonb_agg(distinct m)
        from jsonb_array_elements((it -> 'members') || to_jsonb(people)) m)) else it end order by n)
        from jsonb_array_elements(quorum) with ordinality g(it, n))
    where approval_id = q.approval_id returning * into q;
  return q;
end $function$;

CREATE OR REPLACE FUNCTION holdpoint.asked_of(run uuid)
 RETURNS jsonb
 LANGUAGE sql
 STABLE
AS $function$
  select jsonb_build_object('approvalId', q.approval_id, 'kind', q.kind, 'tool', left(q.tool, 200), 'target', left(q.target, 200),
    'changes', change_of(q.kind, q.arguments))
  from run_holds h join approval_queue q on q.approval_id = h.approval_id
  where h.workflow_id = run and h.cleared_at is null
  order by h.opened_at, h.hold_id limit 1
$function$;
grant execute on function asked_of(uuid) to holdpoint_server;

CREATE OR REPLACE FUNCTION holdpoint.asked_words(q approval_queue)
 RETURNS text
 LANGUAGE plpgsql
 IMMUTABLE
AS $function$
declare
  change jsonb := change_of(q.kind, q.arguments);
begin
  return case q.kind
    when 'output' then 'asks to return an output'
    when 'change' then format('asks to change the %s %s', change ->> 'what', change ->> 'name')
      || coalesce(' from ' || (change ->> 'from'), '') || coalesce(' to ' || (change ->> 'to'), '')
    else coalesce('asks to run ' || q.tool || coalesce(' on ' || left(q.target, 200), ''), 'asks for approval')
  end;
end $function$;

CREATE OR REPLACE FUNCTION holdpoint.assert_an_admin_is_left()
 RETURNS void
 LANGUAGE plpgsql
AS $function$
begin
  if not exists (select from operators where 'admin' = any (roles) and disabled_at is null) then
    raise exception 'nobody would be left who may administer: nothing was done' using errcode = 'HP015',
      hint = 'Make someone else an administrator first.';
  end if;
end $function$;

CREATE OR REPLACE FUNCTION holdpoint.assert_may_answer(q approval_queue, people text[])
 RETURNS void
 LANGUAGE plpgsql
 STABLE
AS $function$
declare
  agent text := (select w.agent_id from workflow_checkpoints w where w.workflow_id = q.workflow_id);
  other text := (select p from unnest(people) p where bar_to_act(p, 'approval.answer', agent) is not null limit 1);
begin
  if other is not null then
    raise exception '% may not answer this: nothing was done', left(other, 200) using errcode = 'HP031',
      hint = 'Ask a person whom Holdpoint knows, written as in operator:ana, who may decide for this agent.';
  end if;
end $function$;

CREATE OR REPLACE FUNCTION holdpoint.assert_operator()
 RETURNS void
 LANGUAGE plpgsql
 STABLE SECURITY DEFINER
 SET search_path TO 'holdpoint', 'pg_temp'
AS $function$
begin
  if not is_operator() then
    raise exception 'login "%" is not an operator: nothing was done', session_user
      using errcode = 'HP012', hint = 'Controls are for people. Ask in the console.';
  end if;
end $function$;

CREATE OR REPLACE FUNCTION holdpoint.assert_passwords()
 RETURNS void
 LANGUAGE plpgsql
 STABLE
AS $function$
begin
  if not (select passwords from sign_in_ways) then
    raise exception 'nobody signs in with a password here: nothing was done' using errcode = 'HP030',
      hint = 'Sign in with the provider, or ask an administrator for a link.';
  end if;
end $function$;

CREATE OR REPLACE FUNCTION holdpoint.assert_policies_seen()
 RETURNS void
 LANGUAGE plpgsql
AS $function$
begin
  perform from policies_changed for share;
  raise exception 'they are' using errcode = 'UX000';
exception when sqlstate 'UX000' then null;
end $function$;

CREATE OR REPLACE FUNCTION holdpoint.audit_approval(q approval_queue, actor text, act text, before jsonb, after jsonb)
 RETURNS void
 LANGUAGE sql
AS $function$
  insert into agent_audit_log (agent_id, workflow_id, action, target_table, target_row_id, data_before, data_after,
      data_timestamp, actor)
    select w.agent_id, q.workflow_id, act, 'approval_queue', q.approval_id::text, before, after, clock_timestamp(), actor
    from workflow_checkpoints w where w.workflow_id = q.workflow_id
$function$;

CREATE OR REPLACE FUNCTION holdpoint.audit_channel(channel uuid, act text, actor text, before jsonb, after jsonb)
 RETURNS void
 LANGUAGE sql
AS $function$
  insert into agent_audit_log (action, target_table, target_row_id, data_before, data_after, data_timestamp, actor)
    values (act, 'notification_channels', channel::text, before, after, clock_timestamp(), actor)
$function$;

CREATE OR REPLACE FUNCTION holdpoint.audit_login(l agent_logins, actor text, act text, why text)
 RETURNS void
 LANGUAGE sql
AS $function$
  insert into agent_audit_log (agent_id, action, target_table, target_row_id, data_before, data_after, data_timestamp, actor)
    values (l.agent_id, act, 'agent_logins', l.login, jsonb_build_object('isolatedAt', l.isolated_at),
      jsonb_build_object('why', why), clock_timestamp(), actor)
$function$;

CREATE OR REPLACE FUNCTION holdpoint.audit_of(agent text, actor text, act text, tab text, id text, before jsonb, after jsonb)
 RETURNS void
 LANGUAGE sql
AS $function$
  insert into agent_audit_log (agent_id, action, target_table, target_row_id, data_before, data_after, data_timestamp, actor)
    values (agent, act, tab, id, before, after, clock_timestamp(), actor)
$function$;

CREATE OR REPLACE FUNCTION holdpoint.audit_operator(r workflow_checkpoints, actor text, act text, before jsonb, after jsonb)
 RETURNS void
 LANGUAGE sql
AS $function$
  insert into agent_audit_log (agent_id, workflow_id, action, target_table, target_row_id, data_before, data_after,
      data_timestamp, actor)
    values (r.agent_id, r.workflow_id, act, 'workflow_checkpoints', r.workflow_id::text, before, after,
      clock_timestamp(), actor)
$function$;

CREATE OR REPLACE FUNCTION holdpoint.audit_person(person text, act text, actor text, before jsonb, after jsonb)
 RETURNS void
 LANGUAGE sql
AS $function$
  insert into agent_audit_log (action, target_table, target_row_id, data_before, data_after, data_timestamp, actor)
    values (act, 'operators', person, before, after, clock_timestamp(), actor)
$function$;

CREATE OR REPLACE FUNCTION holdpoint.authorize_act()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'holdpoint', 'pg_temp'
AS $function$
begin
  -- What Holdpoint does by itself is named so by the functions that do it: check_actor takes no such name from a caller.
  if is_administrator() or new.actor in ('holdpoint', 'holdpoint:sign-in') then return new; end if;
  case bar_to_act(new.actor, new.action, new.agent_id)
    when 'nobody' then raise exception 'nobody named % may act here: nothing was done', new.actor using errcode = 'HP030';
    when 'scope' then raise exception 'this needs the scope "%", which % does not have: nothing was done',
      scope_needed(new.action), new.actor using errcode = 'HP030';
    when 'agent' then raise exception 'this takes someone who may command %, which % may not: nothing was done',
      coalesce('agent "' || new.agent_id || '"', 'every agent'), new.actor
      using errcode = 'HP030', hint = 'Ask someone who may act on this agent.';
    else return new;
  end case;
end $function$;

CREATE OR REPLACE FUNCTION holdpoint.bar_to_act(actor text, act text, agent text)
 RETURNS text
 LANGUAGE plpgsql
 STABLE
AS $function$
declare
  needed text := scope_needed(act);
  may record;
begin
  select * into may from powers_of(actor);
  return case
    when not found then 'nobody'
    when not needed = any (may.scopes) then 'scope'
    when needed <> 'read' and may.agents is not null and act not like 'view.%' and not coalesce(agent = any (may.agents), false)
      then 'agent'
  end;
end $function$;

CREATE OR REPLACE FUNCTION holdpoint.bar_to_further(q approval_queue)
 RETURNS text
 LANGUAGE sql
 IMMUTABLE
AS $function$
  select case
    when q.kind <> 'action' or q.tool is null then 'tool'
    -- One person cannot say for later what several must say now.
    when needs_several(q.quorum) then 'several'
  end
$function$;

CREATE OR REPLACE FUNCTION holdpoint.bar_to_hand_on(q approval_queue, giver text)
 RETURNS text
 LANGUAGE sql
 STABLE
AS $function$
  select case
    when exists (select from approval_votes v where v.approval_id = q.approval_id and v.person = giver) then 'answered'
    else bar_to_part(q, giver)
  end
$function$;

CREATE OR REPLACE FUNCTION holdpoint.bar_to_part(q approval_queue, person text)
 RETURNS text
 LANGUAGE sql
 STABLE
AS $function$
  select case
    when q.four_eyes and is_behind(q, person) then 'behind'
    when person = any (q.handed_on) then 'handed'
    when not is_asked(q.quorum, person) then 'others'
  end
$function$;

CREATE OR REPLACE FUNCTION holdpoint.bar_to_vote(q approval_queue, person text, vote text, of_digest text)
 RETURNS text
 LANGUAGE sql
 STABLE
AS $function$
  select case
    when q.four_eyes and is_behind(q, person) then 'behind'
    when person = any (q.handed_on) then 'handed'
    when exists (select from approval_votes v
      where v.approval_id = q.approval_id and v.person = bar_to_vote.person and v.digest = of_digest) then 'answered'
    when vote = 'approve' and not is_asked(q.quorum, person) then 'others'
    when vote = 'approve' and person like 'token:%' and needs_several(q.quorum)
      and not jsonb_path_exists(q.quorum, '$[*].members[*] ? (@ == $person)', jsonb_build_object('person', person)) then 'machine'
  end
$function$;

CREATE OR REPLACE FUNCTION holdpoint.bar_words(bar text, actor text)
 RETURNS text
 LANGUAGE sql
 STABLE
AS $function$
  select case bar
    when 'nobody' then 'You may not act here any more.'
    when 'scope' then 'You may look; to decide takes a reviewer.'
    when 'agent' then format('You may look; you may act on %s only.', (select array_to_string(may.agents, ', ') from powers_of(actor) may))
    when 'behind' then 'You are behind this request: someone else answers it.'
    when 'handed' then 'You have handed it on: someone else answers it, unless it is handed back to you.'
    when 'answered' then 'You have answered it, and it waits for others: nobody counts twice.'
    when 'others' then 'You are none of those who are asked.'
    when 'machine' then 'Several people are asked, and this token is nobody''s.'
    when 'tool' then 'Only a yes to a tool can stand for more.'
    when 'several' then 'What needs several people is answered for itself alone.'
  end
$function$;

CREATE OR REPLACE FUNCTION holdpoint.begin_action(run uuid, caller_epoch integer, call jsonb)
 RETURNS jsonb
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'holdpoint', 'pg_temp'
AS $function$
declare
  a actions;
  agent text;
  no jsonb;
  said jsonb;
  r workflow_checkpoints;
  p approval_policies;
begin
  if coalesce(call ->> 'tool', '') = '' or coalesce(call ->> 'key', '') = '' or not is_digest(coalesce(call ->> 'digest', '')) then
    raise exception 'an action needs a tool, a key and a digest: nothing was written' using errcode = 'HP010';
  end if;
  -- Asked as one expression first: most calls are small, and five calls cost as much as an insert.
  if char_length(call ->> 'tool') > 200 or char_length(call ->> 'target') > 1000 or char_length(call ->> 'key') > 500
      or char_length(call ->> 'step') > 500 or octet_length((call -> 'request')::text) > 400 then
    perform check_text('tool', call ->> 'tool', 200), check_text('target', call ->> 'target', 1000),
      check_text('key', call ->> 'key', 500), check_text('step', call ->> 'step', 500),
      check_size('request', call -> 'request', 262144);
  end if;

  select * into a from actions where workflow_id = run and idempotency_key = call ->> 'key';
  if found then
    no := gate_refusal(run, caller_epoch);
    if no is not null then return no; end if;
    -- Read again under the lock: whoever held it may have tried and settled this action meanwhile.
    select * into a from actions where action_id = a.action_id;
    no := answer_from_earlier(a, as_it_ran(a, call));
    if no is not null then return no; end if;
    -- Invariant 9: an unknown outcome is never retried by itself.
    if a.state = 'unknown' and not coalesce((call ->> 'idempotent')::boolean, false) then
      return hold_at_gate(run, 'outcome', 'UNKNOWN_OUTCOME',
        format('nobody knows whether %s%s landed', a.tool, coalesce(' on ' || left(a.target, 200), '')), a.action_id);
    end if;
  end if;
  a.action_id := coalesce(a.action_id, gen_random_uuid());
  a.attempt := coalesce(a.attempt, 0) + 1;
  a.tool := call ->> 'tool';
  a.target := call ->> 'target';
  a.step := call ->> 'step';
  a.approval_id := null;
  if not call ? 'approval' then
    agent := pass_gate(run, caller_epoch, a, false);
  end if;
  if agent is null then
    no := gate_refusal(run, caller_epoch);
    if no is null then no := hold_used_up(run); end if;
    if no is not null then return no; end if;
    -- Its lock is ours now: what refused it is gone, or it is what people said, or a policy.
    select * into r from workflow_checkpoints where workflow_id = run;
    p := policy_for(r.agent_id, r.skill, a.tool);
    if call ? 'approval' or a.tool = any (r.bound_tools) or coalesce(p.gate, false) then
      said := answer_of_people(run, a, call, p);
      said := coalesce(said, answer_of_policy(r, a, call, p));
    end if;
    if said ->> 'decision' = 'deny' then return note_refusal(run, a, call, said); end if;
    if said ? 'decision' then return said; end if;
    a.approval_id := said ->> 'approval';
    a.cleared_by := said ->> 'by';
    agent := pass_gate(run, caller_epoch, a, true);
    if agent is null then
      raise exception 'run % changed while it was looked at: nothing was written', run using errcode = '40001';
    end if;
    if a.approval_id is not null then
      update approval_queue set consumed_at = clock_timestamp(), consumed_by = a.action_id
        where approval_id = a.approval_id and consumed_at is null;
    end if;
    if said ? 'request' then
      call := call || jsonb_build_object('request', said -> 'request', 'digest', digest_of(said -> 'request'));
    end if;
  end if;

  -- One statement for both rows; no audit row, no action.
  with begun as (
    insert into actions as earlier (action_id, workflow_id, epoch, step, tool, target, idempotency_key, request, digest,
        attempt, reversible, approval_id, cleared_by)
      values (a.action_id, run, caller_epoch, a.step, a.tool, a.target, call ->> 'key', call -> 'request', call ->> 'digest',
        a.attempt, (call ->> 'reversible')::boolean, a.approval_id, a.cleared_by)
      on conflict (workflow_id, idempotency_key) do update set epoch = excluded.epoch, state = 'intended',
        attempt = excluded.attempt, request = excluded.request, digest = excluded.digest,
        approval_id = coalesce(excluded.approval_id, earlier.approval_id),
        cleared_by = coalesce(excluded.cleared_by, earlier.cleared_by), response = null, error = null,
        error_class = null, external_ref = null, late = null,
        settled_by = null, settled_at = null, settled_why = null, intended_at = clock_timestamp(), ended_at = null
        -- Only what was looked at above: a row that came while the lock was waited for is another's action.
        where earlier.action_id = excluded.action_id
      returning action_id
  )
  insert into agent_audit_log (agent_id, workflow_id, action, target_table, target_row_id, data_after, data_timestamp, actor)
    select agent, run, 'action.begin ' || a.tool, 'actions', action_id::text,
      jsonb_build_object('tool', a.tool, 'target', a.target, 'digest', call ->> 'digest', 'attempt', a.attempt)
        || case when said is null then '{}'::jsonb else said - 'request' end,
      clock_timestamp(), 'agent:' || agent
    from begun;
  if not found then
    raise exception 'this action was begun by another call meanwhile: nothing was written'
      using errcode = 'HP015', hint = 'Ask the gate again: it answers with what became of that action.';
  end if;
  return jsonb_build_object('decision', 'allow', 'actionId', a.action_id, 'attempt', a.attempt)
    || case when said ? 'request' then jsonb_build_object('request', said -> 'request') else '{}'::jsonb end;
end $function$;
grant execute on function begin_action(uuid,integer,jsonb) to agent_worker;

CREATE OR REPLACE FUNCTION holdpoint.begin_action_checked(run uuid, caller_epoch integer, call jsonb)
 RETURNS jsonb
 LANGUAGE plpgsql
 SET search_path TO 'holdpoint', 'pg_temp'
AS $function$
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
end $function$;
grant execute on function begin_action_checked(uuid,integer,jsonb) to agent_worker;

CREATE OR REPLACE FUNCTION holdpoint.begin_life()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'holdpoint', 'pg_temp'
AS $function$
declare
  began timestamptz := (new.last_event ->> 'at')::timestamptz;
  ended boolean := is_final(new.status);
begin
  insert into run_lives (workflow_id, agent_id, began_at, ended_at, ended_seq, status, stop_reason)
    values (new.workflow_id, new.agent_id, began, case when ended then began end, case when ended then new.seq end,
      case when ended then new.status end, case when ended then new.stop_reason end);
  return null;
end $function$;

CREATE OR REPLACE FUNCTION holdpoint.begin_session(person text, how text, session_hash bytea, agent text, address text)
 RETURNS void
 LANGUAGE plpgsql
AS $function$
declare
  made uuid;
begin
  delete from operator_sessions where coalesce(ended_at, expires_at) < clock_timestamp() - interval '30 days';
  insert into operator_sessions (token_hash, operator, method, user_agent, address)
    values (session_hash, person, how, left(agent, 300), left(begin_session.address, 100)) returning session_id into made;
  perform audit_person(person, 'sign_in.begin', 'operator:' || person, null,
    jsonb_build_object('session', made, 'method', how, 'address', begin_session.address));
end $function$;

CREATE OR REPLACE FUNCTION holdpoint.begin_step(run uuid, caller_epoch integer, step_name text, nth integer, step_input jsonb DEFAULT NULL::jsonb)
 RETURNS jsonb
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'holdpoint', 'pg_temp'
AS $function$
declare
  r workflow_checkpoints;
  s run_steps;
  no jsonb;
begin
  r := lock_own_run(run);
  no := refusal(r, caller_epoch);
  if no is not null then
    perform note_gate_told(r, caller_epoch);
    return no;
  end if;
  if coalesce(step_name, '') = '' or coalesce(nth, 0) < 1 then
    raise exception 'a step needs a name and an occurrence from 1: nothing was written' using errcode = 'HP010';
  end if;
  perform check_text('step', step_name, 500), check_size('step input', step_input, 262144);
  select * into s from run_steps where workflow_id = run and name = step_name and occurrence = nth;
  if s.state = 'done' then
    return jsonb_build_object('decision', 'done', 'result', s.result);
  end if;
  -- As at the gate: a worker that let go, or that was silent for too long, begins nothing before it claims.
  if r.engine <> 'sql' and not has_worker(run) then
    return jsonb_build_object('decision', 'deny', 'code', 'FENCED', 'why', 'the lease ran out; claim the run again');
  end if;
  if steps_used_up(r) is not null then
    return hold_at_gate(run, 'budget', 'BUDGET_EXCEEDED', steps_used_up(r));
  end if;
  insert into run_steps (workflow_id, name, occurrence, epoch, input)
    values (run, step_name, nth, caller_epoch, begin_step.step_input)
    on conflict (workflow_id, name, occurrence) do update
      set epoch = excluded.epoch, attempt = run_steps.attempt + 1, state = 'running', input = excluded.input,
        error = null, started_at = clock_timestamp(), ended_at = null
    returning * into s;
  update workflow_checkpoints w set current_step = step_name, step_input = begin_step.step_input, step_since = clock_timestamp(),
    steps = w.steps + (w.current_step is not distinct from step_name)::integer,
    status = 'running', current_tool = null, waiting_on = null,
    event_hint = jsonb_build_object('kind', 'run.step', 'actor', 'agent:' || r.agent_id,
      'detail', jsonb_build_object('step', step_name, 'occurrence', nth, 'attempt', s.attempt))
    where workflow_id = run;
  return jsonb_build_object('decision', 'allow', 'occurrence', nth, 'attempt', s.attempt);
end $function$;
grant execute on function begin_step(uuid,integer,text,integer,jsonb) to agent_worker;

CREATE OR REPLACE FUNCTION holdpoint.blocking_sessions(waiting integer)
 RETURNS TABLE(pid integer, login name, transaction_age double precision, is_agent boolean)
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'holdpoint', 'pg_temp'
AS $function$
begin
  perform assert_operator();
  return query
    select a.pid, a.usename, extract(epoch from clock_timestamp() - a.xact_start)::double precision,
      exists (select from agent_logins l where l.login = a.usename)
    from pg_stat_activity a where a.pid = any (pg_blocking_pids(waiting));
end $function$;
grant execute on function blocking_sessions(integer) to holdpoint_server;

CREATE OR REPLACE FUNCTION holdpoint.callers_of(hashes bytea[])
 RETURNS TABLE(secret bytea, kind text, id text, actor text, roles text[], scopes text[], agents text[])
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO 'holdpoint', 'pg_temp'
AS $function$
  select s.token_hash, 'session', s.session_id::text, 'operator:' || o.name, o.roles, scopes_of(o.roles), o.agents
    from operator_sessions s join operators o on o.name = s.operator
    where s.token_hash = any (hashes) and o.disabled_at is null and is_live(s)
  union all
  select t.token_hash, 'token', t.name, 'token:' || t.name, '{}', may.scopes, may.agents
    from api_tokens t, powers_of('token:' || t.name) may where t.token_hash = any (hashes)
$function$;
grant execute on function callers_of(bytea[]) to holdpoint_server;

CREATE OR REPLACE FUNCTION holdpoint.canonical_json(value jsonb)
 RETURNS text
 LANGUAGE plpgsql
 IMMUTABLE
AS $function$
declare
  ascii_names boolean;
begin
  case jsonb_typeof(value)
    when 'object' then
      ascii_names := not exists (select from jsonb_object_keys(value) name where octet_length(name) > char_length(name));
      return '{' || coalesce((select string_agg(to_json(e.key)::text || ':' || canonical_json(e.value), ','
        order by case when not ascii_names then utf16(e.key) end, e.key collate "C") from jsonb_each(value) e), '') || '}';
    when 'array' then
      return '[' || coalesce((select string_agg(canonical_json(e.value), ',' order by e.n)
        from jsonb_array_elements(value) with ordinality as e(value, n)), '') || ']';
    when 'number' then return canonical_number(value::numeric);
    else return value::text;
  end case;
end $function$;

CREATE OR REPLACE FUNCTION holdpoint.canonical_number(n numeric)
 RETURNS text
 LANGUAGE plpgsql
 IMMUTABLE
 SET extra_float_digits TO '1'
AS $function$
declare
  sign text := case when n < 0 then '-' else '' end;
  d double precision;
  parts text[];
  digits text;
  point integer;
  shorter numeric;
begin
  if n = trunc(n) and abs(n) <= 9007199254740991 then return trunc(n)::text; end if;
  if abs(n) > 1.7976931348623158e308 then
    raise exception 'a number is larger than a double can hold: nothing was written' using errcode = 'HP010';
  end if;
  if abs(n) <= 2.4703282292062327e-324 then return '0'; end if;
  d := abs(n)::double precision;
  parts := regexp_match(d::text, '^(\d+)(?:\.(\d+))?(?:e([+-]\d+))?$');
  for round_again in 0..1 loop
    digits := parts[1] || coalesce(parts[2], '');
    point := length(parts[1]) + coalesce(parts[3]::integer, 0) - (length(digits) - length(ltrim(digits, '0')));
    digits := rtrim(ltrim(digits, '0'), '0');
    exit when round_again = 1 or length(digits) = 1;
    -- Postgres does not print what lies exactly between two doubles; ECMAScript does, where it is shorter.
    shorter := round((digits || 'e' || (point - length(digits)))::numeric, length(digits) - 1 - point);
    exit when not pg_input_is_valid(shorter::text, 'double precision') or shorter::double precision <> d;
    parts := regexp_match(shorter::text, '^(\d+)(?:\.(\d+))?(?:e([+-]\d+))?$');
  end loop;
  return sign || case
    when length(digits) <= point and point <= 21 then rpad(digits, point, '0')
    when 0 < point and point <= 21 then left(digits, point) || '.' || substr(digits, point + 1)
    when -6 < point and point <= 0 then '0.' || repeat('0', -point) || digits
    else left(digits, 1) || case when length(digits) > 1 then '.' || substr(digits, 2) else '' end
      || 'e' || case when point > 0 then '+' else '-' end || abs(point - 1)
  end;
end $function$;

CREATE OR REPLACE FUNCTION holdpoint.change_of(kind text, args jsonb)
 RETURNS jsonb
 LANGUAGE sql
 IMMUTABLE
AS $function$
  select jsonb_strip_nulls(jsonb_build_object('what', left(args ->> 'what', 40), 'name', left(args ->> 'name', 200),
    'from', said_version(args -> 'from'), 'to', said_version(args -> 'to')))
  where kind = 'change'
$function$;
grant execute on function change_of(text,jsonb) to holdpoint_server;

CREATE OR REPLACE FUNCTION holdpoint.change_operator(person text, roles text[], agents text[], email text, actor text)
 RETURNS void
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'holdpoint', 'pg_temp'
AS $function$
declare
  before operators;
  o operators;
begin
  perform check_actor(actor, null);
  before := lock_person(person);
  if exists (select from operators other where other.email = lower(change_operator.email) and other.name <> person) then
    raise exception 'someone else has that address: nothing was done' using errcode = 'HP015';
  end if;
  o := before;
  o.roles := change_operator.roles;
  o.agents := change_operator.agents;
  o.email := lower(change_operator.email);
  -- First the row: whoever gives their own role up is judged by what they are now.
  perform audit_person(person, 'operator.change', actor, person_state(before), person_state(o));
  update operators set roles = o.roles, agents = o.agents, email = o.email where name = person;
  perform assert_an_admin_is_left();
end $function$;
grant execute on function change_operator(text,text[],text[],text,text) to holdpoint_server;

CREATE OR REPLACE FUNCTION holdpoint.channel_facts(c notification_channels)
 RETURNS jsonb
 LANGUAGE sql
 STABLE
AS $function$
  select jsonb_build_object('name', c.name, 'kind', c.kind, 'address', c.address, 'classes', c.classes, 'reasons', c.reasons,
    'agents', c.agents, 'minimumRisk', c.minimum_risk, 'enabled', c.enabled)
$function$;

CREATE OR REPLACE FUNCTION holdpoint.check_actor(actor text, why text)
 RETURNS void
 LANGUAGE plpgsql
 SET search_path TO 'holdpoint', 'pg_temp'
AS $function$
begin
  perform assert_operator();
  if coalesce(actor, '') = '' then
    raise exception 'the actor is missing: nothing was done' using errcode = 'HP010';
  end if;
  -- A verb must see what committed while it waited for the run's lock: a child, a hold, a decision.
  if current_setting('transaction_isolation') <> 'read committed' then
    raise exception 'a verb needs a READ COMMITTED transaction, not %: nothing was done',
      upper(current_setting('transaction_isolation')) using errcode = 'HP010';
  end if;
  perform check_text('the actor', actor, 200), check_text('the reason', why, 2000);
  if not is_administrator() and not exists (select from powers_of(actor)) then
    raise exception 'nobody named % may act here: nothing was done', actor
      using errcode = 'HP030', hint = 'They were disabled, or their token was revoked.';
  end if;
end $function$;

CREATE OR REPLACE FUNCTION holdpoint.check_answer(q approval_queue, verdict text, edited jsonb)
 RETURNS void
 LANGUAGE plpgsql
AS $function$
declare
  answer text := case when verdict = 'rejected' then 'reject' when edited is null then 'approve' else 'edit' end;
begin
  if verdict is null or verdict not in ('approved', 'rejected') then
    raise exception 'a decision is approved or rejected, not "%": nothing was done', verdict using errcode = 'HP010';
  end if;
  if edited is not null and (verdict <> 'approved' or not has_arguments(q)) then
    raise exception 'only arguments that were named can be edited, with a yes: nothing was done' using errcode = 'HP010';
  end if;
  if not allows(q, answer) then
    raise exception 'approval % allows %, not %: nothing was done', q.approval_id, array_to_string(q.allowed, ', '), answer
      using errcode = 'HP021';
  end if;
  perform check_size('arguments', edited, 262144);
end $function$;

CREATE OR REPLACE FUNCTION holdpoint.check_condition(condition text)
 RETURNS void
 LANGUAGE plpgsql
 IMMUTABLE
AS $function$
begin
  if condition is null then return; end if;
  if char_length(condition) > 500 or condition ~ '\*\*' or condition ~ '^\s*(lax|strict)\y' or condition ~ '\\\d'
      or not pg_input_is_valid('strict ' || condition, 'jsonpath') then
    raise exception 'a condition is a JSON path of at most 500 characters, without ** and back references: nothing was done'
      using errcode = 'HP010', hint = 'As in: $.eur <= 20 && $.currency == "EUR"';
  end if;
end $function$;

CREATE OR REPLACE FUNCTION holdpoint.check_epoch(r workflow_checkpoints, caller_epoch integer)
 RETURNS void
 LANGUAGE plpgsql
AS $function$
begin
  if r.epoch is distinct from caller_epoch then
    raise exception 'run % is held by another worker (epoch %, yours is %): nothing was written',
      r.workflow_id, r.epoch, caller_epoch
      using errcode = 'HP006', hint = 'Stop: another worker has gone on with this run.';
  end if;
end $function$;

CREATE OR REPLACE FUNCTION holdpoint.check_escalation(escalation jsonb)
 RETURNS void
 LANGUAGE plpgsql
 IMMUTABLE
AS $function$
begin
  if escalation is null then return; end if;
  if jsonb_typeof(escalation) <> 'array' or jsonb_array_length(escalation) not between 1 and 5 or exists (
      select from jsonb_array_elements(escalation) s
      where jsonb_typeof(s) <> 'object' or s - '{to,afterS}'::text[] <> '{}'
        or coalesce(jsonb_typeof(s -> 'to'), '') <> 'array' or jsonb_array_length(s -> 'to') not between 1 and 20
        or jsonb_path_exists(s, 'strict $.to[*] ? (@.type() != "string")')
        or coalesce(s ->> 'afterS', '') !~ '^[1-9]\d{0,6}$') then
    raise exception 'an escalation is a list of 1 to 5 steps {to: [people], afterS: seconds}: nothing was done' using errcode = 'HP010';
  end if;
end $function$;

CREATE OR REPLACE FUNCTION holdpoint.check_further(q approval_queue, verdict text, further jsonb)
 RETURNS void
 LANGUAGE plpgsql
 STABLE
AS $function$
begin
  if further is null then return; end if;
  if jsonb_typeof(further) <> 'object' or further - '{scope,condition,target,maxUses,until}'::text[] <> '{}'
      or coalesce(further ->> 'scope', '') not in ('run', 'agent')
      or further ->> 'scope' = 'agent' and (coalesce(further ->> 'condition', '') = '' or not further ? 'maxUses' or not further ? 'until') then
    raise exception 'a rule is {scope: run | agent, condition, target, maxUses, until}; for an agent it needs all but target: nothing was done'
      using errcode = 'HP010';
  end if;
  if verdict <> 'approved' or bar_to_further(q) = 'tool' then
    raise exception 'only a yes to a tool can stand for more: nothing was done' using errcode = 'HP010';
  end if;
  if bar_to_further(q) = 'several' then
    raise exception 'a request that needs several people is answered for itself alone: nothing was done' using errcode = 'HP021';
  end if;
  perform check_condition(further ->> 'condition'), check_text('target', further ->> 'target', 1000);
  if (further ->> 'until')::timestamptz not between clock_timestamp() and clock_timestamp() + interval '90 days' then
    raise exception 'a rule ends within 90 days: nothing was done' using errcode = 'HP010';
  end if;
end $function$;

CREATE OR REPLACE FUNCTION holdpoint.check_grade(q approval_queue, verdict text, grade jsonb)
 RETURNS void
 LANGUAGE plpgsql
AS $function$
begin
  if (q.kind = 'output') <> (grade is not null) then
    raise exception 'a grade belongs to an output, and an output needs one: nothing was done' using errcode = 'HP010';
  end if;
  if grade is not null and (jsonb_typeof(grade) <> 'object' or grade - '{score,label,note}'::text[] <> '{}'
      or coalesce(jsonb_typeof(grade -> 'score'), '') <> 'number' or (grade ->> 'score')::numeric not between 0 and 1
      or coalesce(jsonb_typeof(grade -> 'label'), 'string') <> 'string' or char_length(grade ->> 'label') > 100
      or coalesce(jsonb_typeof(grade -> 'note'), 'string') <> 'string' or char_length(grade ->> 'note') > 2000) then
    raise exception 'a grade is {score: 0 to 1, label?, note?}: nothing was done' using errcode = 'HP010';
  end if;
end $function$;

CREATE OR REPLACE FUNCTION holdpoint.check_in_due(r workflow_checkpoints, p approval_policies)
 RETURNS text
 LANGUAGE sql
 STABLE
AS $function$
  select case
    when hours_up(p, coalesce(r.looked_at,
        least(r.created_at, (select l.began_at from run_lives l where l.workflow_id = r.workflow_id)))) <= clock_timestamp()
      then format('nobody has looked for %s hours', trim_scale(p.check_in_hours))
    when steps_up(p, r.steps - r.looked_steps) then format('nobody has looked for %s steps', r.steps - r.looked_steps)
  end
$function$;

CREATE OR REPLACE FUNCTION holdpoint.check_may_go_on(r workflow_checkpoints)
 RETURNS void
 LANGUAGE plpgsql
AS $function$
begin
  if is_final(r.status) then perform raise_ended(r); end if;
  if cardinality(r.held_by) > 0 or r.status in ('paused', 'lost') then perform raise_held(r); end if;
end $function$;

CREATE OR REPLACE FUNCTION holdpoint.check_not_lower(what text, now_is numeric, wanted numeric)
 RETURNS void
 LANGUAGE plpgsql
 IMMUTABLE
AS $function$
begin
  if wanted < now_is then
    raise exception '% of % is less than the limit now, %: nothing was done', what, wanted, now_is
      using errcode = 'HP010', hint = 'A limit is only raised. Pause or kill the run to stop it.';
  end if;
end $function$;

CREATE OR REPLACE FUNCTION holdpoint.check_pausing_again(old workflow_checkpoints, new workflow_checkpoints)
 RETURNS void
 LANGUAGE plpgsql
AS $function$
declare
  rest workflow_checkpoints := new;
begin
  rest.paused_at := old.paused_at;
  rest.current_step := old.current_step;
  rest.step_input := old.step_input;
  if rest *<> old then perform raise_held(old); end if;
  if (new.current_step, new.step_input) is distinct from (old.current_step, old.step_input) and exists (
      select from run_events e
      where e.workflow_id = old.workflow_id and e.kind in ('run.paused', 'run.step') and e.actor = 'agent:' || old.agent_id
        and e.at >= (select coalesce(min(h.opened_at), old.status_since) from run_holds h
          where h.workflow_id = old.workflow_id and h.cleared_at is null)) then
    perform raise_held(old);
  end if;
end $function$;

CREATE OR REPLACE FUNCTION holdpoint.check_quorum(quorum jsonb)
 RETURNS void
 LANGUAGE plpgsql
 IMMUTABLE
AS $function$
declare
  named jsonb;
begin
  if quorum is null then return; end if;
  if jsonb_typeof(quorum) <> 'array' or jsonb_array_length(quorum) not between 1 and 5 or exists (
      select from jsonb_array_elements(quorum) g
      where jsonb_typeof(g) <> 'object' or g - '{name,count,members}'::text[] <> '{}'
        or coalesce(jsonb_typeof(g -> 'name'), '') <> 'string' or char_length(g ->> 'name') not between 1 and 100
        or coalesce(jsonb_typeof(g -> 'count'), '') <> 'number' or (g ->> 'count') !~ '^([1-9]|10)$'
        or g ? 'members' and (jsonb_typeof(g -> 'members') <> 'array' or jsonb_array_length(g -> 'members') not between 1 and 100
          or jsonb_path_exists(g, 'strict $.members[*] ? (@.type() != "string")'))) then
    raise exception 'a quorum is a list of 1 to 5 groups {name, count, members?}: nothing was done' using errcode = 'HP010';
  end if;
  named := jsonb_path_query_array(quorum, '$[*] ? (exists (@.members))');
  if named <> '[]' and not fills(named, array(select jsonb_array_elements_text(g -> 'members') from jsonb_array_elements(named) g)) then
    raise exception 'the groups name too few people to fill them all: nothing was done' using errcode = 'HP010',
      hint = 'Each person stands for one group, once.';
  end if;
end $function$;

CREATE OR REPLACE FUNCTION holdpoint.check_shapes(labels jsonb, waiting_on jsonb)
 RETURNS void
 LANGUAGE plpgsql
 STABLE
AS $function$
begin
  if jsonb_typeof(labels) <> 'object'
      or jsonb_path_exists(labels, 'strict $.* ? (@.type() != "string")', silent => true) then
    raise exception 'labels are an object of texts: nothing was written' using errcode = 'HP010';
  end if;
  if waiting_on is not null and (jsonb_typeof(waiting_on) <> 'object'
      or coalesce(waiting_on ->> 'kind', '') not in ('child', 'job', 'timer', 'backoff')
      or jsonb_typeof(waiting_on -> 'what') not in ('string', 'null')
      or waiting_on ->> 'until' !~ '^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:\d\d)?$'
      or not pg_input_is_valid(waiting_on ->> 'until', 'timestamptz')) then
    raise exception 'waiting_on is {kind: child | job | timer | backoff, what: text, until: instant}: nothing was written'
      using errcode = 'HP010', hint = 'An instant is ISO 8601, as in 2030-01-31T12:00:00Z.';
  end if;
end $function$;

CREATE OR REPLACE FUNCTION holdpoint.check_size(what text, value jsonb, most integer)
 RETURNS void
 LANGUAGE plpgsql
 STABLE
AS $function$
declare
  size integer := pg_column_size(jsonb_build_array(value));
begin
  if size <= most and octet_length(value::text) > 2 * most then
    size := octet_length(value::text);
  end if;
  if size > most then
    raise exception '% is % bytes, the limit is %: nothing was written', what, size, most
      using errcode = 'HP016', hint = 'Store large data elsewhere and write a reference to it.';
  end if;
  -- A hundred levels need more than 400 bytes; most values are spared the search.
  if size > 400 and jsonb_path_exists(value, '$.**{101}') then
    raise exception '% is nested deeper than 100 levels: nothing was written', what using errcode = 'HP016';
  end if;
end $function$;

CREATE OR REPLACE FUNCTION holdpoint.check_sizes(r workflow_checkpoints)
 RETURNS void
 LANGUAGE plpgsql
AS $function$
begin
  perform check_size('step_input', r.step_input, 262144), check_size('labels', r.labels, 4096),
    check_size('waiting_on', r.waiting_on, 4096), check_size('capabilities', r.capabilities, 16384),
    check_text('agent_id', r.agent_id, 200), check_text('engine', r.engine, 100),
    check_text('native_id', r.native_id, 500),
    check_text('current_step', r.current_step, 500), check_text('goal', r.goal, 4000),
    check_text('skill', r.skill, 200), check_text('skill_version', r.skill_version, 200),
    check_text('current_tool', r.current_tool, 200), check_text('tool_target', r.tool_target, 1000);
  perform check_shapes(r.labels, r.waiting_on);
end $function$;

CREATE OR REPLACE FUNCTION holdpoint.check_spend(said jsonb)
 RETURNS void
 LANGUAGE plpgsql
 IMMUTABLE
AS $function$
begin
  if least((said ->> 'tokensIn')::bigint, (said ->> 'tokensOut')::bigint) < 0
      or (said ->> 'costUsd')::numeric < 0 or (said ->> 'costUsd')::numeric = 'NaN' then
    raise exception 'what was spent cannot be less than nothing: nothing was written' using errcode = 'HP010';
  end if;
end $function$;

CREATE OR REPLACE FUNCTION holdpoint.check_text(what text, value text, most integer)
 RETURNS void
 LANGUAGE plpgsql
 IMMUTABLE
AS $function$
begin
  if char_length(value) > most then
    raise exception '% is % characters long, the limit is %: nothing was written', what, char_length(value), most
      using errcode = 'HP016';
  end if;
end $function$;

CREATE OR REPLACE FUNCTION holdpoint.check_worker(worker_name text)
 RETURNS void
 LANGUAGE plpgsql
 IMMUTABLE
AS $function$
begin
  if coalesce(worker_name, '') = '' then
    raise exception 'worker is missing: nothing was written' using errcode = 'HP010';
  end if;
  perform check_text('worker', worker_name, 200);
end $function$;

CREATE OR REPLACE FUNCTION holdpoint.claim_next(agent text, worker_name text, lease_ms integer DEFAULT 15000, wanted jsonb DEFAULT NULL::jsonb)
 RETURNS jsonb
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'holdpoint', 'pg_temp'
AS $function$
declare
  r workflow_checkpoints;
  -- Asked first, because it costs least: of a long queue most may be other skills' runs.
  skills text[];
begin
  perform check_worker(worker_name);
  if not may_act_as(agent) then
    raise exception 'login "%" may not act as agent "%": nothing was written', session_user, agent using errcode = 'HP004';
  end if;
  if jsonb_typeof(wanted) <> 'array' then
    raise exception 'wanted is a list of {skill, version, resumes}: nothing was written' using errcode = 'HP010';
  end if;
  skills := array(select can ->> 'skill' from jsonb_array_elements(wanted) can);
  select w.* into r from workflow_checkpoints w
    where w.agent_id = agent and w.worker is null and w.status in ('queued', 'running', 'paused', 'approved', 'lost')
      and (w.engine <> 'sql' or w.status = 'queued')
      and (wanted is null or w.skill is null or w.skill = any (skills)) and is_claimable(w) and fitting(w, wanted) is not null
    order by coalesce(w.enqueued_at, w.created_at) limit 1 for no key update skip locked;
  if not found then
    select w.* into r from run_leases l join workflow_checkpoints w on w.workflow_id = l.workflow_id
      where l.lease_until < clock_timestamp() and w.agent_id = agent and is_claimable(w) and fitting(w, wanted) is not null
      order by l.lease_until limit 1 for no key update of w skip locked;
    if not found then return null; end if;
  end if;
  -- Its worker may have been heard of again in between.
  if has_worker(r.workflow_id) then return null; end if;
  return take_run(r, worker_name, lease_ms, fitting(r, wanted));
end $function$;
grant execute on function claim_next(text,text,integer,jsonb) to agent_worker;

CREATE OR REPLACE FUNCTION holdpoint.claim_notifications(most integer, per_channel integer, lease_seconds integer, most_attempts integer)
 RETURNS TABLE(notification_id uuid, claim uuid, class text, channel_id uuid, kind text, address text, sealed bytea)
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'holdpoint', 'pg_temp'
AS $function$
begin
  perform assert_operator();
  update notifications n set state = 'failed', claim = null, lease_until = null, failed_at = clock_timestamp(),
      last_error = 'the server stopped while it was sending'
    where n.state = 'sending' and n.lease_until <= clock_timestamp() and n.attempts >= most_attempts;
  return query
    with due as (
      select d.notification_id from notification_channels c cross join lateral (
        select n.notification_id from notifications n
        where n.channel_id = c.channel_id and (c.enabled or n.class = 'test')
          and (n.state = 'pending' and n.next_attempt_at <= clock_timestamp()
            or n.state = 'sending' and n.lease_until <= clock_timestamp())
        order by n.next_attempt_at
        limit greatest(0, per_channel - (select count(*) from notifications b
          where b.channel_id = c.channel_id and b.state = 'sending' and b.lease_until > clock_timestamp()))
        for update of n skip locked) d
      -- No channel is always the last.
      order by random() limit most),
    taken as (
      update notifications n set state = 'sending', claim = gen_random_uuid(), attempts = n.attempts + 1,
          lease_until = clock_timestamp() + lease_seconds * interval '1 second'
        from due where n.notification_id = due.notification_id returning n.*)
    select t.notification_id, t.claim, t.class, t.channel_id, c.kind, c.address, s.sealed
    from taken t join notification_channels c on c.channel_id = t.channel_id
    left join notification_secrets s on s.channel_id = t.channel_id;
end $function$;
grant execute on function claim_notifications(integer,integer,integer,integer) to holdpoint_server;

CREATE OR REPLACE FUNCTION holdpoint.claim_run(run uuid, worker_name text, lease_ms integer DEFAULT 15000, can jsonb DEFAULT NULL::jsonb)
 RETURNS jsonb
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'holdpoint', 'pg_temp'
AS $function$
declare
  r workflow_checkpoints;
begin
  perform check_worker(worker_name);
  r := lock_own_run(run);
  if is_final(r.status) then perform raise_ended(r); end if;
  if has_worker(run) then
    raise exception 'run % is held by worker "%": nothing was written', run, r.worker
      using errcode = 'HP017', hint = 'Wait until its lease runs out.';
  end if;
  if r.engine = 'sql' and r.status <> 'queued' then
    raise exception 'run % is driven by plain SQL and has no lease: nothing was written', run using errcode = 'HP003';
  end if;
  if not knows_version(r, can) then
    raise exception 'run % is pinned to version "%" of skill "%", this worker has %: nothing was written', run,
        r.skill_version, r.skill, coalesce('"' || (can ->> 'version') || '"', 'named none')
      using errcode = 'HP018', hint = 'Start a worker of that version, or one that says it can go on with it.';
  end if;
  return take_run(r, worker_name, lease_ms, can);
end $function$;
grant execute on function claim_run(uuid,text,integer,jsonb) to agent_worker;

CREATE OR REPLACE FUNCTION holdpoint.clear_outcome_hold(run uuid, action uuid, by_whom text, how text)
 RETURNS void
 LANGUAGE plpgsql
AS $function$
begin
  update run_holds set cleared_at = clock_timestamp(), cleared_by = by_whom, cleared_why = how
    where workflow_id = run and action_id = action and cleared_at is null;
  if found then
    perform settle_run(run, jsonb_build_object('actor', by_whom, 'otherwise', 'hold.cleared', 'detail',
      jsonb_build_object('hold', 'outcome', 'why', how, 'actionId', action)));
  end if;
end $function$;

CREATE OR REPLACE FUNCTION holdpoint.cleared_by_condition(p approval_policies, its_target text, args jsonb)
 RETURNS text
 LANGUAGE sql
 STABLE
AS $function$
  select format('policy:%s@%s', p.name, p.version)
  where p.auto_approve is not null and condition_holds(p.auto_approve, args, its_target)
$function$;

CREATE OR REPLACE FUNCTION holdpoint.cleared_without_asking(r workflow_checkpoints, p approval_policies, called text, its_target text, args jsonb)
 RETURNS text
 LANGUAGE plpgsql
AS $function$
begin
  return coalesce(cleared_by_condition(p, its_target, args), use_rule(r, p, called, its_target, args));
end $function$;

CREATE OR REPLACE FUNCTION holdpoint.close_run(run uuid, by_whom text, how text)
 RETURNS integer
 LANGUAGE plpgsql
AS $function$
begin
  update run_holds set cleared_at = clock_timestamp(), cleared_by = by_whom, cleared_why = how
    where workflow_id = run and cleared_at is null;
  update approval_queue set closed_at = clock_timestamp(), closed_why = how
    where workflow_id = run and decision is null and closed_at is null;
  delete from run_leases where workflow_id = run;
  return settle_actions_in_flight(run);
end $function$;

CREATE OR REPLACE FUNCTION holdpoint.cluster_identity()
 RETURNS text
 LANGUAGE sql
 STABLE
AS $function$ select system_identifier::text from pg_control_system() $function$;

CREATE OR REPLACE FUNCTION holdpoint.collect_notifications(rules jsonb)
 RETURNS boolean
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'holdpoint', 'pg_temp'
 SET enable_seqscan TO 'off'
 SET plan_cache_mode TO 'force_generic_plan'
 SET jit TO 'off'
AS $function$
declare
  was notification_tail;
  here text := (select system_identifier || '.' || (select oid from pg_database where datname = current_database())
    from pg_control_system());
begin
  perform assert_operator();
  -- Of two leaders the second waits here, and goes on where the first has read to.
  select * into was from notification_tail for update;
  if not found or was.cluster <> here then
    insert into notification_tail (cluster, snapshot) values (here, pg_current_snapshot())
      on conflict (one) do update set cluster = excluded.cluster, snapshot = excluded.snapshot;
    return true;
  end if;
  -- One statement, so that the position is the snapshot that the rows were read with.
  with now_at as (select pg_current_snapshot() as snapshot),
  news as (
    select e.workflow_id, e.seq, e.kind, e.at, e.detail, e.state
    from now_at cross join lateral events_between(was.snapshot, now_at.snapshot) e),
  rule as (
    select r ->> 'class' as class, nth, array(select jsonb_array_elements_text(r -> 'kinds')) as kinds,
      case when r ->> 'holds' is not null then array(select jsonb_array_elements_text(r -> 'holds')) end as holds,
      (r ->> 'byReason')::boolean as by_reason
    from jsonb_array_elements(rules) with ordinality r(r, nth)),
  notable as (
    select distinct on (e.workflow_id, e.seq) e.workflow_id, e.seq, e.at, e.state ->> 'agentId' as agent_id,
      e.state ->> 'stopReason' as stop_reason, rule.class, rule.by_reason,
      case when e.kind like 'approval.%' then (e.detail ->> 'approvalId')::uuid end as approval_id,
      case when rule.class = 'outcome.unknown' then (e.detail ->> 'actionId')::uuid end as action_id
    from news e join rule on e.kind = any (rule.kinds)
      -- Events of these kinds carry the hold they opened; of others the kind says all.
      and (rule.holds is null or e.kind not in ('run.paused', 'hold.opened') or e.detail ->> 'hold' = any (rule.holds))
    -- An agent's isolation is told once, not for each of its runs.
    where e.detail ->> 'hold' is distinct from 'isolation'
    order by e.workflow_id, e.seq, rule.nth),
  queued as (
    insert into notifications (channel_id, class, event_key, workflow_id, seq, event_at, agent_id)
      select c.channel_id, n.class,
        -- That an action's outcome is unknown is one thing to tell, although its worker's word and the hold are two events.
        coalesce('outcome:' || n.action_id || ':' || a.attempt, 'run:' || n.workflow_id || ':' || n.seq),
        n.workflow_id, n.seq, n.at, n.agent_id
      from notable n join notification_channels c on c.enabled and n.class = any (c.classes)
        and (c.agents = '{}' or n.agent_id = any (c.agents))
        and (not n.by_reason or n.stop_reason = any (c.reasons))
      left join approval_queue q on q.approval_id = n.approval_id
      left join actions a on a.action_id = n.action_id
      -- A request that declares no risk may be of any.
      where c.minimum_risk is null or q.risk is null or risk_rank(q.risk) >= risk_rank(c.minimum_risk)
      order by n.at
      on conflict (channel_id, event_key) do nothing)
  update notification_tail set snapshot = now_at.snapshot from now_at;
  return false;
end $function$;
grant execute on function collect_notifications(jsonb) to holdpoint_server;

CREATE OR REPLACE FUNCTION holdpoint.condition_holds(condition text, args jsonb, target text)
 RETURNS boolean
 LANGUAGE sql
 STABLE
 SET "TimeZone" TO 'UTC'
AS $function$
  select coalesce(jsonb_path_match_tz(coalesce(args, 'null'), ('strict ' || condition)::jsonpath,
    jsonb_build_object('target', target), true), false)
$function$;

CREATE OR REPLACE FUNCTION holdpoint.control_ack(run uuid, caller_epoch integer, stage text)
 RETURNS jsonb
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'holdpoint', 'pg_temp'
AS $function$
declare
  r workflow_checkpoints;
  reached jsonb;
begin
  if stage is null or stage not in ('delivered', 'acknowledged', 'quiesced') then
    raise exception 'unknown stage "%": nothing was written', stage using errcode = 'HP010';
  end if;
  r := lock_own_run(run);
  perform check_epoch(r, caller_epoch);
  -- Its word would be the agent's own: without a lease nobody can be observed to obey.
  if r.engine = 'sql' then
    raise exception 'run % is driven by plain SQL: whether it obeyed cannot be observed', run using errcode = 'HP003';
  end if;
  if stage = 'quiesced' and exists (
      select from actions where workflow_id = run and state in ('intended', 'accepted')) then
    raise exception 'run % has an action in flight: not quiesced', run using errcode = 'HP003';
  end if;
  reached := control_reached(r.control, stage);
  if reached is distinct from r.control then
    update workflow_checkpoints set control = reached,
      event_hint = jsonb_build_object('kind', 'control.' || stage, 'detail', jsonb_build_object('outcome', r.control ->> 'verb'))
      where workflow_id = run returning * into r;
  end if;
  return run_state(r);
end $function$;
grant execute on function control_ack(uuid,integer,text) to agent_worker;

CREATE OR REPLACE FUNCTION holdpoint.control_reached(control jsonb, stage text)
 RETURNS jsonb
 LANGUAGE sql
 SET "TimeZone" TO 'UTC'
AS $function$
  select case when control is null then null else
    control
      || case when control ->> 'deliveredAt' is null then jsonb_build_object('deliveredAt', clock_timestamp()) else '{}' end
      || case when stage in ('acknowledged', 'quiesced') and control ->> 'acknowledgedAt' is null
           then jsonb_build_object('acknowledgedAt', clock_timestamp()) else '{}' end
      || case when stage = 'quiesced' and control ->> 'quiescedAt' is null
           then jsonb_build_object('quiescedAt', clock_timestamp()) else '{}' end
  end
$function$;

CREATE OR REPLACE FUNCTION holdpoint.control_requested(r workflow_checkpoints, verb text, actor text, why text)
 RETURNS jsonb
 LANGUAGE sql
 SET "TimeZone" TO 'UTC'
AS $function$
  select jsonb_build_object('verb', verb, 'by', actor, 'why', why, 'requestedAt', clock_timestamp(),
    'deliveredAt', null, 'acknowledgedAt', null,
    'quiescedAt', case when r.engine <> 'sql' and not has_worker(r.workflow_id) then clock_timestamp() end)
$function$;

CREATE OR REPLACE FUNCTION holdpoint.could_be_met(q approval_queue)
 RETURNS boolean
 LANGUAGE sql
 STABLE
AS $function$
  select fills(coalesce(q.quorum, '[{"count": 1}]'),
      array(select m from jsonb_array_elements(q.quorum) g, jsonb_array_elements_text(g -> 'members') m
        where could_say_yes(q, w.agent_id, m))
      || array(select 'operator:' || o.name from operators o
        where (q.quorum is null or jsonb_path_exists(q.quorum, '$[*] ? (!exists (@.members))'))
          and could_say_yes(q, w.agent_id, 'operator:' || o.name) limit 50))
    from workflow_checkpoints w where w.workflow_id = q.workflow_id
$function$;

CREATE OR REPLACE FUNCTION holdpoint.could_say_yes(q approval_queue, agent text, person text)
 RETURNS boolean
 LANGUAGE sql
 STABLE
AS $function$
  select person_of(person) = person and bar_to_part(q, person) is null and bar_to_act(person, 'approval.answer', agent) is null
    and not exists (select from approval_votes v where v.approval_id = q.approval_id and v.person = could_say_yes.person
      and v.digest = coalesce(q.digest, '') and vote_void_since(v.person, v.actor, v.voted_at) is not null)
$function$;

CREATE OR REPLACE FUNCTION holdpoint.count_failure(of_key text, free integer)
 RETURNS void
 LANGUAGE sql
AS $function$
  insert into sign_in_failures as f values (failure_key(of_key), 1, clock_timestamp(), clock_timestamp())
    on conflict (key) do update set
      failures = case when f.last_at < clock_timestamp() - interval '1 day' then 1 else f.failures + 1 end,
      last_at = clock_timestamp(),
      blocked_until = clock_timestamp() + case when f.failures + 1 < free then interval '0'
        else least(900, 2 ^ least(f.failures + 1 - free, 20)) * interval '1 second' end
$function$;

CREATE OR REPLACE FUNCTION holdpoint.count_history(most integer DEFAULT 20000)
 RETURNS integer
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'holdpoint', 'pg_temp'
 SET enable_seqscan TO 'off'
 SET enable_bitmapscan TO 'off'
 SET enable_hashjoin TO 'off'
 SET enable_mergejoin TO 'off'
 SET jit TO 'off'
 SET max_parallel_workers_per_gather TO '0'
AS $function$
declare
  old pg_snapshot;
  new pg_snapshot;
  counted integer;
begin
  perform assert_operator();
  -- One at a time: whoever waited here goes on from where the other came to.
  select snapshot into old from history_position for update;
  new := snapshot_up_to(pg_current_snapshot(), (
    select e.xid from run_events e where e.xid >= pg_snapshot_xmax(old) order by e.xid offset greatest(most, 1) - 1 limit 1));
  with fresh as materialized (
    select c.* from counted_between(old, new) c
  ), met as (
    insert into history_agents (agent_id)
      select distinct f.agent_id from fresh f
      where f.agent_id is not null and not exists (select from history_agents a where a.agent_id = f.agent_id)
      returning agent, agent_id
  ), agents as materialized (
    select agent, agent_id from met union all select agent, agent_id from history_agents
  ), named as materialized (
    select f.*, coalesce(a.agent, 0) as agent from fresh f left join agents a using (agent_id)
  ), minutes as materialized (
    select n.agent, floor(extract(epoch from n.at) / 60)::integer as minute, count(*) as events,
      count(*) filter (where n.stops) as stops
    from named n group by 1, 2
  ), counts as (
    insert into event_counts as c (grain, agent, minute, events, stops)
      select g.grain, m.agent, m.minute - m.minute % g.grain, sum(m.events), sum(m.stops)
      from (
        select agent, minute, events, stops from minutes where agent <> 0
        union all
        select 0, minute, events, stops from minutes) m, unnest('{1,10,60,360}'::smallint[]) g(grain)
      group by 1, 2, 3
      on conflict (grain, agent, minute) do update set events = c.events + excluded.events, stops = c.stops + excluded.stops
  ), ends as (
    insert into end_counts as c (agent, hour, status, runs, tokens_in, tokens_out, cost_usd)
      select g.agent, date_bin('1 hour', n.ended_at, timestamptz 'epoch'), n.ended_as, count(*),
        coalesce(sum((n.spend ->> 'tokensIn')::numeric), 0), coalesce(sum((n.spend ->> 'tokensOut')::numeric), 0),
        coalesce(sum((n.spend ->> 'costUsd')::numeric), 0)
      from named n cross join lateral (select 0 union select n.agent) g(agent)
      where n.ended_as is not null group by 1, 2, 3
      on conflict (agent, status, hour) do update set runs = c.runs + excluded.runs,
        tokens_in = c.tokens_in + excluded.tokens_in, tokens_out = c.tokens_out + excluded.tokens_out,
        cost_usd = c.cost_usd + excluded.cost_usd
  ), marks as (
    insert into event_marks (at, workflow_id, seq, agent, kind, stops, late, reason, approval_id)
      select n.at, n.workflow_id, n.seq, n.agent, n.kind, n.stops, n.late, case when n.stops then n.reason end, n.approval_id
      from named n
      where n.stops or n.by_person or n.late or n.marked_kind
  ), moved as (
    update history_position set snapshot = new
  )
  select count(*) into counted from named;
  return counted;
end $function$;
grant execute on function count_history(integer) to holdpoint_server;

CREATE OR REPLACE FUNCTION holdpoint.counted_between(old pg_snapshot, new pg_snapshot)
 RETURNS TABLE(workflow_id uuid, seq bigint, at timestamp with time zone, agent_id text, kind text, stops boolean, by_person boolean, late boolean, marked_kind boolean, ended_at timestamp with time zone, ended_as text, reason text, approval_id uuid, spend jsonb)
 LANGUAGE sql
 STABLE ROWS 100
AS $function$
  select e.workflow_id, e.seq, e.at, l.agent_id, e.kind,
    e.state ->> 'status' in ('paused', 'lost', 'failed', 'killed') and not exists (
      select from run_events p where p.workflow_id = e.workflow_id and p.seq = e.seq - 1
        and p.state ->> 'status' = e.state ->> 'status'),
    e.actor not like 'agent:%' and e.actor <> 'holdpoint',
    coalesce(e.seq > l.ended_seq, false), is_marked_kind(e.kind),
    case when e.seq = l.ended_seq then l.ended_at end,
    case when e.seq = l.ended_seq then l.status end,
    e.state ->> 'stopReason',
    case when e.kind in ('approval.requested', 'approval.decided') then (e.detail ->> 'approvalId')::uuid end,
    case when e.seq = l.ended_seq then e.state -> 'spend' end
  from events_between(old, new) e left join run_lives l using (workflow_id)
$function$;

CREATE OR REPLACE FUNCTION holdpoint.decide_approval(approval uuid, actor text, verdict text, reason text DEFAULT NULL::text, seen integer DEFAULT NULL::integer, edited jsonb DEFAULT NULL::jsonb, further jsonb DEFAULT NULL::jsonb, grade jsonb DEFAULT NULL::jsonb)
 RETURNS jsonb
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'holdpoint', 'pg_temp'
AS $function$
declare
  q approval_queue;
  before jsonb;
  r workflow_checkpoints;
  settled boolean;
  said jsonb;
begin
  perform check_actor(actor, reason);
  q := answerable_approval(approval, seen);
  before := jsonb_build_object('decision', null, 'digest', q.digest);
  perform check_answer(q, verdict, edited), check_further(q, verdict, further), check_grade(q, verdict, grade);
  q := edit_approval(q, actor, edited);
  insert into approval_votes (approval_id, actor, vote, digest, reason)
    values (approval, actor, case verdict when 'approved' then 'approve' else 'reject' end, coalesce(q.digest, ''), reason);
  settled := verdict = 'rejected' or quorum_met(approval);
  if settled then
    perform keep_grade(q, actor, verdict, grade);
    update approval_queue set decision = verdict, decided_by = actor, decided_at = clock_timestamp(), decision_reason = reason
      where approval_id = approval and decision is null and closed_at is null returning * into q;
    if not found then
      raise exception 'approval % was settled meanwhile: nothing was done', approval using errcode = 'HP007';
    end if;
    update run_holds set cleared_at = clock_timestamp(), cleared_by = actor, cleared_why = verdict
      where approval_id = approval and cleared_at is null;
    perform make_rule(q, actor, further, reason);
  end if;
  said := jsonb_strip_nulls(jsonb_build_object('approvalId', approval, 'decision', verdict, 'why', reason,
    'edited', case when q.edited_by is not null then true end, 'grade', grade));
  r := settle_run(q.workflow_id, jsonb_build_object('kind', case when settled then 'approval.decided' else 'approval.voted' end,
    'actor', actor, 'detail', said),
    null, case when settled then case verdict when 'rejected' then 'rejected' else 'approved' end end);
  perform audit_approval(q, actor, 'approval.' || case when settled then verdict else 'voted' end, before,
    said - 'approvalId' || jsonb_strip_nulls(jsonb_build_object('digest', q.digest, 'editedBy', q.edited_by, 'further', further)));
  perform wake_workers(r.workflow_id);
  return run_state(r);
end $function$;
grant execute on function decide_approval(uuid,text,text,text,integer,jsonb,jsonb,jsonb) to holdpoint_server;

CREATE OR REPLACE FUNCTION holdpoint.declare_loop(spec jsonb)
 RETURNS void
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'holdpoint', 'pg_temp'
AS $function$
declare
  zone text := coalesce(spec ->> 'timeZone', 'UTC');
begin
  if not may_act_as(spec ->> 'agentId') then
    raise exception 'login "%" may not act as agent "%": nothing was written', session_user, spec ->> 'agentId'
      using errcode = 'HP004';
  end if;
  if coalesce(spec ->> 'agentId', '') = '' then
    raise exception 'agentId is missing: nothing was written' using errcode = 'HP010';
  end if;
  if coalesce(spec ->> 'name', '') = '' or spec ->> 'event' = '' or (spec ->> 'cron' is null) = (spec ->> 'event' is null) then
    raise exception 'a loop has a name, and either a cron schedule or an event: nothing was written' using errcode = 'HP010';
  end if;
  if spec ->> 'cron' !~ '^[0-9A-Za-z*,/#LW?-]+( [0-9A-Za-z*,/#LW?-]+){4}$' then
    raise exception 'cron "%" has not five fields: nothing was written', spec ->> 'cron' using errcode = 'HP010',
      hint = 'Minute, hour, day of the month, month, day of the week: 0 3 * * 1-5';
  end if;
  if not exists (select from pg_timezone_names z where z.name = zone) then
    raise exception 'time zone "%" is not known: nothing was written', zone using errcode = 'HP010';
  end if;
  perform check_text('agentId', spec ->> 'agentId', 200), check_text('name', spec ->> 'name', 200), check_text('goal', spec ->> 'goal', 4000),
    check_text('cron', spec ->> 'cron', 200), check_text('event', spec ->> 'event', 200);
  if not exists (select from loops where agent_id = spec ->> 'agentId' and name = spec ->> 'name')
      and (select count(*) from loops where agent_id = spec ->> 'agentId') >= 200 then
    raise exception 'agent "%" has declared 200 loops: nothing was written', spec ->> 'agentId' using errcode = 'HP016',
      hint = 'One loop fires many runs. An operator retires loops that are no longer run.';
  end if;
  insert into loops as l (agent_id, name, goal, cron, time_zone, event, expect_ms, grace_ms)
    values (spec ->> 'agentId', spec ->> 'name', spec ->> 'goal', spec ->> 'cron', zone, spec ->> 'event',
      (spec ->> 'expectMs')::bigint, coalesce((spec ->> 'graceMs')::bigint, 60000))
    on conflict (agent_id, name) do update set goal = excluded.goal, cron = excluded.cron, time_zone = excluded.time_zone,
      event = excluded.event, expect_ms = excluded.expect_ms, grace_ms = excluded.grace_ms,
      declared_login = session_user, declared_at = clock_timestamp(), next_due_at = null, overdue_since = null,
      tended_until = null, trouble = null
    where (l.goal, l.cron, l.time_zone, l.event, l.expect_ms, l.grace_ms) is distinct from
      (excluded.goal, excluded.cron, excluded.time_zone, excluded.event, excluded.expect_ms, excluded.grace_ms);
end $function$;
grant execute on function declare_loop(jsonb) to agent_worker;

CREATE OR REPLACE FUNCTION holdpoint.delegate_approval(approval uuid, actor text, person text, why text DEFAULT NULL::text, seen integer DEFAULT NULL::integer)
 RETURNS jsonb
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'holdpoint', 'pg_temp'
AS $function$
declare
  q approval_queue;
  was jsonb;
  could boolean;
  giver text := person_of(actor);
  taker text := person_of(person);
begin
  perform check_actor(actor, why), check_text('the person', person, 200);
  q := answerable_approval(approval, seen);
  was := jsonb_build_object('assignees', q.assignees, 'quorum', q.quorum, 'handedOn', q.handed_on);
  could := could_be_met(q);
  if coalesce(taker, '') !~ '^\S+:\S' or taker = giver then
    raise exception 'a request is handed to another person, as in operator:ana: nothing was done' using errcode = 'HP010';
  end if;
  perform assert_may_answer(q, array[taker]);
  if q.four_eyes and is_behind(q, taker) then
    raise exception '% is behind this request, and does not answer it: nothing was done', taker using errcode = 'HP022';
  end if;
  if bar_to_hand_on(q, giver) = 'answered' or exists (select from approval_votes v where v.approval_id = approval and v.person = taker) then
    raise exception 'one of you has answered this already: nothing was done' using errcode = 'HP022';
  end if;
  case bar_to_hand_on(q, giver)
    when 'behind' then raise exception '% is behind this request, and has no part to hand on: nothing was done', giver
      using errcode = 'HP022';
    when 'handed' then raise exception '% has handed this on already: nothing was done', giver using errcode = 'HP021';
    when 'others' then raise exception '% is none of those who are asked: nothing was done', giver using errcode = 'HP021';
    else null;
  end case;
  update approval_queue set version = version + 1, assignees = array_remove(array_remove(assignees, giver), taker) || taker,
      handed_on = array_remove(handed_on, taker) || giver,
      quorum = (select jsonb_agg(case when it -> 'members' ? giver
        then jsonb_set(it, '{members}', (it -> 'members') - giver - taker || to_jsonb(taker)) else it end order by n)
        from jsonb_array_elements(quorum) with ordinality g(it, n))
    where approval_id = approval returning * into q;
  -- The one it is handed to can answer it, as it then stands: else it would wait for nobody.
  if bar_to_vote(q, taker, 'approve', coalesce(q.digest, '')) is not null then
    raise exception '% could not say yes to this: nothing was done', taker using errcode = 'HP031',
      hint = 'Several people are asked: hand it to a person, written as in operator:ana.';
  end if;
  if could and not could_be_met(q) then
    raise exception 'too few would be left to say yes to this: nothing was done' using errcode = 'HP031',
      hint = format('%s is asked already, and nobody counts twice: hand it to somebody else.', taker);
  end if;
  return pass_on(q, actor, 'delegated', why, was);
end $function$;
grant execute on function delegate_approval(uuid,text,text,text,integer) to holdpoint_server;

CREATE OR REPLACE FUNCTION holdpoint.denied(code text, why text)
 RETURNS jsonb
 LANGUAGE sql
 IMMUTABLE
AS $function$ select jsonb_build_object('decision', 'deny', 'code', code, 'why', why) $function$;

CREATE OR REPLACE FUNCTION holdpoint.digest_of(value jsonb)
 RETURNS text
 LANGUAGE sql
 IMMUTABLE
AS $function$ select encode(sha256(convert_to(canonical_json(coalesce(value, 'null')), 'UTF8')), 'hex') $function$;

CREATE OR REPLACE FUNCTION holdpoint.disable_operator(person text, actor text, why text DEFAULT NULL::text)
 RETURNS void
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'holdpoint', 'pg_temp'
AS $function$
declare
  before operators;
  o operators;
begin
  perform check_actor(actor, why);
  before := lock_person(person);
  if actor = 'operator:' || person then
    raise exception 'nobody disables themselves: nothing was done' using errcode = 'HP015', hint = 'Ask another administrator.';
  end if;
  if before.disabled_at is not null then
    raise exception '% is disabled already: nothing was done', person using errcode = 'HP015';
  end if;
  update operators set disabled_at = clock_timestamp(), disabled_by = actor where name = person returning * into o;
  perform assert_an_admin_is_left();
  perform end_sign_ins(person, actor);
  perform audit_person(person, 'operator.disable', actor, person_state(before), person_state(o) || jsonb_build_object('why', why));
end $function$;
grant execute on function disable_operator(text,text,text) to holdpoint_server;

CREATE OR REPLACE FUNCTION holdpoint.draft_of(policy uuid, spec jsonb)
 RETURNS approval_policies
 LANGUAGE plpgsql
 STABLE
AS $function$
declare
  p approval_policies := policy_of(spec);
begin
  p.policy_id := coalesce(policy, gen_random_uuid());
  p.created_at := clock_timestamp();
  return p;
end $function$;

CREATE OR REPLACE FUNCTION holdpoint.edit_approval(q approval_queue, actor text, edited jsonb)
 RETURNS approval_queue
 LANGUAGE plpgsql
AS $function$
begin
  if edited is null or edited = q.arguments then return q; end if;
  update approval_queue set original_arguments = coalesce(original_arguments, arguments),
      original_digest = coalesce(original_digest, digest), arguments = edited, digest = digest_of(edited), edited_by = actor,
      version = version + 1
    where approval_id = q.approval_id returning * into q;
  return q;
end $function$;

CREATE OR REPLACE FUNCTION holdpoint.enable_operator(person text, actor text)
 RETURNS void
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'holdpoint', 'pg_temp'
AS $function$
declare
  before operators;
  o operators;
begin
  perform check_actor(actor, null);
  before := lock_person(person);
  if before.disabled_at is null then
    raise exception '% is not disabled: nothing was done', person using errcode = 'HP015';
  end if;
  update operators set disabled_at = null, disabled_by = null where name = person returning * into o;
  perform audit_person(person, 'operator.enable', actor, person_state(before), person_state(o));
end $function$;
grant execute on function enable_operator(text,text) to holdpoint_server;

CREATE OR REPLACE FUNCTION holdpoint.end_action(run uuid, caller_epoch integer, action uuid, outcome jsonb)
 RETURNS jsonb
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'holdpoint', 'pg_temp'
AS $function$
declare
  r workflow_checkpoints;
  a actions;
  said text := outcome ->> 'state';
begin
  if said is null or said not in ('accepted', 'confirmed', 'failed', 'unknown', 'cancelled') then
    raise exception 'unknown outcome "%": nothing was written', said using errcode = 'HP010';
  end if;
  r := lock_own_run(run);
  select * into a from actions where action_id = action and workflow_id = run;
  if not found then
    raise exception 'run % has no action %: nothing was written', run, action using errcode = 'HP013';
  end if;
  perform check_size('response', outcome -> 'response', 262144), check_text('error', outcome ->> 'error', 4000),
    check_text('external reference', outcome ->> 'externalRef', 500), check_size('outcome', outcome, 327680);
  if a.epoch <> caller_epoch then perform check_epoch(r, caller_epoch); end if;
  perform check_spend(outcome);
  -- Sent once more by a worker that did not hear the answer: a replay changes nothing. What agrees with a person's
  -- word is no replay: it is the evidence for it.
  if a.state = said and a.epoch = caller_epoch and a.settled_by is null then
    return jsonb_build_object('accepted', true, 'late', false);
  end if;

  if is_final(r.status) or r.epoch <> caller_epoch
      or a.state not in ('intended', 'accepted') and not (a.state = 'unknown' and said = 'confirmed') then
    if a.late is null then
      update actions set late = outcome || jsonb_build_object('seenAt', clock_timestamp() at time zone 'utc') where action_id = action;
      update workflow_checkpoints set event_hint = jsonb_build_object('kind', 'action.late', 'detail',
        jsonb_build_object('actionId', action, 'tool', a.tool, 'outcome', said)) where workflow_id = run;
      insert into agent_audit_log (agent_id, workflow_id, action, target_table, target_row_id, data_after, data_timestamp,
          actor, late)
        values (r.agent_id, run, 'action.late ' || a.tool, 'actions', action::text, jsonb_build_object('said', said),
          clock_timestamp(), 'agent:' || r.agent_id, true);
    end if;
    return jsonb_build_object('accepted', false, 'late', true);
  end if;

  update actions set state = said, epoch = caller_epoch, response = coalesce(outcome -> 'response', response),
      error = outcome ->> 'error', error_class = outcome ->> 'errorClass',
      external_ref = coalesce(outcome ->> 'externalRef', external_ref),
      ended_at = case when said <> 'accepted' then clock_timestamp() end
    where action_id = action;
  update workflow_checkpoints set
    current_tool = case when said = 'accepted' then current_tool end,
    tokens_in = tokens_in + coalesce((outcome ->> 'tokensIn')::bigint, 0),
    tokens_out = tokens_out + coalesce((outcome ->> 'tokensOut')::bigint, 0),
    cost_usd = cost_usd + coalesce((outcome ->> 'costUsd')::numeric, 0),
    event_hint = jsonb_build_object('kind', 'action.' || said, 'actor', 'agent:' || r.agent_id, 'detail', jsonb_strip_nulls(jsonb_build_object(
      'actionId', action, 'tool', a.tool, 'step', a.step, 'error', left(outcome ->> 'error', 500),
      'errorClass', outcome ->> 'errorClass')))
    where workflow_id = run;
  if a.state = 'unknown' and 'outcome' = any (r.held_by) then
    perform clear_outcome_hold(run, action, 'agent:' || r.agent_id, 'its worker confirmed it');
  end if;
  return jsonb_build_object('accepted', true, 'late', false);
end $function$;
grant execute on function end_action(uuid,integer,uuid,jsonb) to agent_worker;

CREATE OR REPLACE FUNCTION holdpoint.end_agent_sessions(agent text)
 RETURNS integer
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'holdpoint', 'pg_temp'
AS $function$
begin
  perform assert_operator();
  return (select count(pg_terminate_backend(a.pid, 5000)) from pg_stat_activity a
    join agent_logins l on l.login = a.usename
    where l.agent_id = agent and l.isolated_at is not null and a.pid <> pg_backend_pid());
end $function$;
grant execute on function end_agent_sessions(text) to holdpoint_server;

CREATE OR REPLACE FUNCTION holdpoint.end_life()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'holdpoint', 'pg_temp'
AS $function$
begin
  update run_lives set ended_at = greatest(began_at, (new.last_event ->> 'at')::timestamptz), ended_seq = new.seq,
      status = new.status, stop_reason = new.stop_reason
    where workflow_id = new.workflow_id and ended_at is null;
  return null;
end $function$;

CREATE OR REPLACE FUNCTION holdpoint.end_run(run uuid, caller_epoch integer, end_status text, reason text DEFAULT NULL::text, detail text DEFAULT NULL::text)
 RETURNS jsonb
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'holdpoint', 'pg_temp'
AS $function$
declare
  r workflow_checkpoints;
begin
  if end_status is null or end_status not in ('complete', 'failed') then
    raise exception 'a run ends complete or failed, not "%": nothing was written', end_status using errcode = 'HP010';
  end if;
  if reason is not null and reason not in ('TOOL_FAILURE', 'TIMEOUT', 'RETRY_LIMIT_REACHED', 'BUDGET_EXCEEDED') then
    raise exception 'an agent cannot give the stop reason "%": nothing was written', reason using errcode = 'HP010';
  end if;
  r := lock_own_run(run);
  if r.status = end_status and r.epoch = caller_epoch then return run_state(r); end if;
  if is_final(r.status) then perform raise_ended(r); end if;
  perform check_epoch(r, caller_epoch), check_text('detail', detail, 4000);
  if r.status = 'lost' then
    raise exception 'run % is lost: claim it before ending it', run using errcode = 'HP006';
  end if;
  perform close_run(run, 'agent:' || r.agent_id, 'the run ended: ' || end_status);
  update workflow_checkpoints set status = end_status, held_by = '{}', resume_to = null, current_tool = null, waiting_on = null,
    stop_reason = case when end_status = 'failed' then reason end, stop_detail = case when end_status = 'failed' then detail end,
    event_hint = jsonb_build_object('kind', 'run.' || end_status, 'detail', jsonb_strip_nulls(jsonb_build_object('why', left(detail, 500))))
    where workflow_id = run returning * into r;
  return run_state(r);
end $function$;
grant execute on function end_run(uuid,integer,text,text,text) to agent_worker;

CREATE OR REPLACE FUNCTION holdpoint.end_session(session_pid integer, actor text, why text DEFAULT NULL::text)
 RETURNS boolean
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'holdpoint', 'pg_temp'
AS $function$
declare
  a record;
begin
  perform check_actor(actor, why);
  select s.pid, s.usename, l.agent_id into a from pg_stat_activity s
    join agent_logins l on l.login = s.usename where s.pid = session_pid;
  if not found then
    raise exception 'no agent session with pid %: nothing was done', session_pid using errcode = 'HP011';
  end if;
  insert into agent_audit_log (agent_id, action, target_table, target_row_id, data_after, data_timestamp, actor)
    values (a.agent_id, 'session.end', 'pg_stat_activity', session_pid::text,
      jsonb_build_object('login', a.usename, 'why', why), clock_timestamp(), actor);
  return pg_terminate_backend(session_pid, 2000);
end $function$;
grant execute on function end_session(integer,text,text) to holdpoint_server;

CREATE OR REPLACE FUNCTION holdpoint.end_sign_in(session uuid, actor text)
 RETURNS void
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'holdpoint', 'pg_temp'
AS $function$
declare
  s operator_sessions;
begin
  perform check_actor(actor, null);
  update operator_sessions set ended_at = clock_timestamp(), ended_by = actor
    where session_id = session and ended_at is null returning * into s;
  if not found then
    raise exception 'there is no such session: nothing was done' using errcode = 'HP015', hint = 'It has ended already.';
  end if;
  perform audit_person(s.operator, case when actor = 'operator:' || s.operator then 'sign_in.end' else 'sign_in.revoke' end,
    actor, null, jsonb_build_object('session', session));
end $function$;
grant execute on function end_sign_in(uuid,text) to holdpoint_server;

CREATE OR REPLACE FUNCTION holdpoint.end_sign_ins(person text, actor text, but uuid DEFAULT NULL::uuid)
 RETURNS integer
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'holdpoint', 'pg_temp'
AS $function$
declare
  ended integer;
begin
  perform check_actor(actor, null);
  update operator_sessions set ended_at = clock_timestamp(), ended_by = actor
    where operator = person and ended_at is null and session_id is distinct from but;
  get diagnostics ended = row_count;
  delete from sign_in_links where operator = person;
  perform audit_person(person, case when actor = 'operator:' || person then 'sign_in.end' else 'sign_in.revoke' end,
    actor, null, jsonb_build_object('sessions', ended));
  return ended;
end $function$;
grant execute on function end_sign_ins(text,text,uuid) to holdpoint_server;

CREATE OR REPLACE FUNCTION holdpoint.end_step(run uuid, caller_epoch integer, step_name text, nth integer, outcome jsonb)
 RETURNS jsonb
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'holdpoint', 'pg_temp'
AS $function$
declare
  r workflow_checkpoints;
  failed boolean := outcome ? 'error';
begin
  r := lock_own_run(run);
  if is_final(r.status) then perform raise_ended(r); end if;
  perform check_epoch(r, caller_epoch), check_size('step result', outcome -> 'result', 262144),
    check_size('memory', outcome -> 'memory', 1048576), check_text('error', outcome ->> 'error', 4000);
  update run_steps set state = case when failed then 'failed' else 'done' end, result = outcome -> 'result',
      error = outcome ->> 'error', ended_at = clock_timestamp()
    where workflow_id = run and name = step_name and occurrence = nth and state = 'running';
  if not found then
    -- Sent once more by a worker that did not hear the answer: a replay changes nothing.
    if exists (select from run_steps s where s.workflow_id = run and s.name = step_name and s.occurrence = nth
        and s.epoch = caller_epoch and s.state = case when failed then 'failed' else 'done' end
        and s.result is not distinct from outcome -> 'result' and s.error is not distinct from outcome ->> 'error') then
      return run_state(r);
    end if;
    raise exception 'step "%" (%) of run % is not running: nothing was written', step_name, nth, run using errcode = 'HP013';
  end if;
  if outcome ? 'memory' then
    insert into run_memory (workflow_id, memory, epoch) values (run, outcome -> 'memory', caller_epoch)
      on conflict (workflow_id) do update set memory = excluded.memory, epoch = excluded.epoch, written_at = clock_timestamp();
  end if;
  update workflow_checkpoints set current_tool = null,
    event_hint = jsonb_build_object('kind', case when failed then 'step.failed' else 'step.completed' end,
      'detail', jsonb_strip_nulls(jsonb_build_object('step', step_name, 'occurrence', nth, 'error', left(outcome ->> 'error', 500))))
    where workflow_id = run returning * into r;
  return run_state(r);
end $function$;
grant execute on function end_step(uuid,integer,text,integer,jsonb) to agent_worker;

CREATE OR REPLACE FUNCTION holdpoint.enqueue_run(spec jsonb)
 RETURNS jsonb
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'holdpoint', 'pg_temp'
AS $function$
declare
  r workflow_checkpoints;
begin
  r := insert_run(spec, 'queued', null);
  return run_state(r);
end $function$;
grant execute on function enqueue_run(jsonb) to agent_worker;

CREATE OR REPLACE FUNCTION holdpoint.ensure_first_admin(token_hash bytea)
 RETURNS void
 LANGUAGE plpgsql
 SET search_path TO 'holdpoint', 'pg_temp'
AS $function$
begin
  perform ensure_operator('local', '{admin}');
  insert into api_tokens as t (name, token_hash, scopes)
    values ('cli', ensure_first_admin.token_hash, '{read,control,decide,isolate,administer}')
    on conflict (name) do update set token_hash = excluded.token_hash, revoked_at = null, revoked_by = null
      where t.token_hash <> excluded.token_hash;
end $function$;

CREATE OR REPLACE FUNCTION holdpoint.ensure_operator(person text, roles text[])
 RETURNS void
 LANGUAGE sql
AS $function$
  insert into operators (name, roles, added_by) values (person, ensure_operator.roles, 'login:' || session_user) on conflict do nothing
$function$;

CREATE OR REPLACE FUNCTION holdpoint.escalate_approval(approval uuid, actor text, people text[] DEFAULT NULL::text[], why text DEFAULT NULL::text, seen integer DEFAULT NULL::integer)
 RETURNS jsonb
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'holdpoint', 'pg_temp'
AS $function$
declare
  q approval_queue;
  step jsonb;
  was jsonb;
  giver text;
  other text;
  by_name boolean := people is not null;
begin
  perform check_actor(actor, why), check_size('the people', to_jsonb(people), 8192);
  q := answerable_approval(approval, seen);
  was := jsonb_build_object('assignees', q.assignees, 'quorum', q.quorum, 'expiresAt', q.expires_at, 'handedOn', q.handed_on);
  step := q.escalation -> q.escalated;
  if people is not null then
    people := array(select distinct person_of(p) from unnest(people) p);
    if person_of(actor) = any (people) then
      raise exception '% does not ask themselves: nothing was done', person_of(actor) using errcode = 'HP021';
    end if;
    if not may_name_others(q, actor) then
      raise exception '% is none of those who are asked: nothing was done', person_of(actor) using errcode = 'HP021';
    end if;
    -- They stand for the groups of whoever asks them; an administrator's word is for all.
    if not exists (select from powers_of(actor) may where 'administer' = any (may.scopes)) then giver := person_of(actor); end if;
    if giver is not null and people && q.handed_on then
      raise exception 'one of them has handed this on: nothing was done' using errcode = 'HP021',
        hint = 'It can be handed back to them, or an administrator can ask them again.';
    end if;
  end if;
  people := coalesce(people, array(select jsonb_array_elements_text(step -> 'to')));
  if cardinality(people) not between 1 and 20 or exists (select from unnest(people) p where coalesce(p, '') !~ '^\S+:\S') then
    raise exception 'name the people to ask, as in operator:ana: nothing was done' using errcode = 'HP010';
  end if;
  if by_name then perform assert_may_answer(q, people); end if;
  q := ask_others(q, people, case when by_name then q.expires_at
    else greatest(q.expires_at, clock_timestamp() + make_interval(secs => (step ->> 'afterS')::integer)) end,
    case when by_name then 0 else 1 end, giver, person_of(actor));
  other := (select p from unnest(people) p where bar_to_vote(q, p, 'approve', coalesce(q.digest, '')) is not null limit 1);
  if by_name and other is not null then
    raise exception '% could not say yes to this: nothing was done', other using errcode = 'HP031',
      hint = 'They are behind it, have answered it, or are nobody''s hand: ask somebody else.';
  end if;
  return pass_on(q, actor, 'escalated', why, was);
end $function$;
grant execute on function escalate_approval(uuid,text,text[],text,integer) to holdpoint_server;

CREATE OR REPLACE FUNCTION holdpoint.events_between(old pg_snapshot, new pg_snapshot)
 RETURNS SETOF run_events
 LANGUAGE sql
 STABLE ROWS 100
AS $function$
  select e.* from run_events e
    where e.xid >= pg_snapshot_xmax(old) and e.xid < pg_snapshot_xmax(new) and pg_visible_in_snapshot(e.xid, new)
  union all
  select e.* from run_events e
    where e.xid = any (array(select pg_snapshot_xip(old))) and pg_visible_in_snapshot(e.xid, new)
$function$;
grant execute on function events_between(pg_snapshot,pg_snapshot) to holdpoint_server;

CREATE OR REPLACE FUNCTION holdpoint.expire_approval(q approval_queue)
 RETURNS void
 LANGUAGE plpgsql
AS $function$
declare
  closes boolean := q.on_expiry = 'reject';
  words text := 'nobody decided by ' || shown_time(q.expires_at);
  step jsonb := case when q.on_expiry = 'escalate' then q.escalation -> q.escalated end;
  was jsonb := jsonb_build_object('assignees', q.assignees, 'quorum', q.quorum, 'expiresAt', q.expires_at, 'handedOn', q.handed_on);
begin
  if step is not null then
    q := ask_others(q, array(select jsonb_array_elements_text(step -> 'to')),
      clock_timestamp() + make_interval(secs => (step ->> 'afterS')::integer), 1);
    perform pass_on(q, 'holdpoint', 'escalated', words, was);
    return;
  end if;
  update approval_queue set expired_at = clock_timestamp(), version = version + 1,
      closed_at = case when closes then clock_timestamp() end, closed_why = case when closes then 'expired: ' || words end
    where approval_id = q.approval_id;
  if closes then
    update run_holds set cleared_at = clock_timestamp(), cleared_by = 'holdpoint', cleared_why = words
      where approval_id = q.approval_id and cleared_at is null;
  else
    update run_holds set stop_reason = 'APPROVAL_EXPIRED', why = words where approval_id = q.approval_id and cleared_at is null;
  end if;
  perform settle_run(q.workflow_id, jsonb_build_object('kind', case when closes then 'approval.expired' else 'approval.overdue' end,
    'actor', 'holdpoint', 'detail', jsonb_build_object('approvalId', q.approval_id, 'why', words)),
    null, case when closes then 'rejected' end);
  perform audit_approval(q, 'holdpoint', 'approval.expired', jsonb_build_object('decision', null),
    jsonb_build_object('onExpiry', q.on_expiry, 'expiresAt', q.expires_at));
  perform wake_workers(q.workflow_id);
end $function$;

CREATE OR REPLACE FUNCTION holdpoint.expire_approvals(most integer DEFAULT 200)
 RETURNS integer
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'holdpoint', 'pg_temp'
AS $function$
declare
  due record;
  q approval_queue;
  done integer := 0;
begin
  perform assert_operator();
  for due in
    select approval_id, workflow_id from approval_queue
    where decision is null and closed_at is null and expired_at is null and expires_at <= clock_timestamp()
    order by expires_at limit most
  loop
    perform from workflow_checkpoints where workflow_id = due.workflow_id for no key update skip locked;
    continue when not found;
    select * into q from approval_queue where approval_id = due.approval_id
      and decision is null and closed_at is null and expired_at is null and expires_at <= clock_timestamp();
    continue when not found;
    perform expire_approval(q);
    done := done + 1;
  end loop;
  return done;
end $function$;
grant execute on function expire_approvals(integer) to holdpoint_server;

CREATE OR REPLACE FUNCTION holdpoint.extend_approval(approval uuid, actor text, until timestamp with time zone, why text DEFAULT NULL::text, seen integer DEFAULT NULL::integer)
 RETURNS jsonb
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'holdpoint', 'pg_temp'
AS $function$
declare
  q approval_queue;
  before jsonb;
  r workflow_checkpoints;
begin
  perform check_actor(actor, why);
  q := open_approval(approval, seen);
  if q.closed_at is not null then
    raise exception 'approval % closed without a decision (%): nothing was done', approval, q.closed_why using errcode = 'HP008';
  end if;
  if until is null or until <= clock_timestamp() or until <= q.expires_at then
    raise exception 'the new deadline is not later: nothing was done' using errcode = 'HP010';
  end if;
  before := jsonb_build_object('expiresAt', q.expires_at, 'expiredAt', q.expired_at);
  update approval_queue set expires_at = until, expired_at = null, version = version + 1 where approval_id = approval;
  update run_holds set stop_reason = 'AWAITING_APPROVAL', why = extend_approval.why
    where approval_id = approval and cleared_at is null;
  r := settle_run(q.workflow_id, jsonb_build_object('kind', 'approval.changed', 'actor', actor, 'detail',
    jsonb_strip_nulls(jsonb_build_object('approvalId', approval, 'change', 'extended', 'why', why))));
  perform audit_approval(q, actor, 'approval.extended', before, jsonb_build_object('expiresAt', until, 'why', why));
  return run_state(r);
end $function$;
grant execute on function extend_approval(uuid,text,timestamp with time zone,text,integer) to holdpoint_server;

CREATE OR REPLACE FUNCTION holdpoint.failure_key(key text)
 RETURNS text
 LANGUAGE plpgsql
 STABLE
AS $function$
declare
  said text := split_part(substr(key, 9), '%', 1);
  address inet;
begin
  if key not like 'address:%' or not pg_input_is_valid(said, 'inet') then return key; end if;
  address := said::inet;
  return case
    when family(address) = 4 then key
    when address <<= inet '::ffff:0:0/96' then 'address:' || host(inet '0.0.0.0' + (address - inet '::ffff:0:0'))
    else 'address:' || network(set_masklen(address, 64))
  end;
end $function$;

CREATE OR REPLACE FUNCTION holdpoint.fills(groups jsonb, people text[])
 RETURNS boolean
 LANGUAGE sql
 IMMUTABLE
AS $function$
  select coalesce(bool_and(
      (select count(distinct p) from unnest(people) p where exists (select from jsonb_array_elements(groups) with ordinality g(it, n)
        where choice >> (n - 1)::integer & 1 = 1 and (not it ? 'members' or it -> 'members' ? p)))
      >= (select sum((it ->> 'count')::integer) from jsonb_array_elements(groups) with ordinality g(it, n)
        where choice >> (n - 1)::integer & 1 = 1)), false)
    from generate_series(1, (1 << jsonb_array_length(groups)) - 1) choice
$function$;

CREATE OR REPLACE FUNCTION holdpoint.find_drift_work(here_now text, most integer)
 RETURNS boolean
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'holdpoint', 'pg_temp'
 SET enable_seqscan TO 'off'
 SET jit TO 'off'
AS $function$
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
end $function$;
grant execute on function find_drift_work(text,integer) to holdpoint_server;

CREATE OR REPLACE FUNCTION holdpoint.finish_control(r workflow_checkpoints, verb text, act text, actor text, why text, hold text DEFAULT NULL::text, resume_as text DEFAULT NULL::text)
 RETURNS workflow_checkpoints
 LANGUAGE plpgsql
AS $function$
declare
  before jsonb := held_state(r);
  what jsonb := case when hold is null then '{}' else jsonb_build_object('hold', hold) end;
begin
  r := settle_run(r.workflow_id, jsonb_build_object('actor', actor,
      'otherwise', case verb when 'resume' then 'hold.cleared' else 'hold.opened' end,
      'detail', what || jsonb_build_object('why', why)),
    control_requested(r, verb, actor, why), resume_as);
  perform audit_operator(r, actor, act, before, held_state(r) || jsonb_build_object('why', why));
  perform wake_workers(r.workflow_id);
  return r;
end $function$;

CREATE OR REPLACE FUNCTION holdpoint.fitting(r workflow_checkpoints, wanted jsonb)
 RETURNS jsonb
 LANGUAGE sql
 IMMUTABLE
AS $function$
  select case when wanted is null then case when r.skill_version is null then '{}'::jsonb end
    else (select can from jsonb_array_elements(wanted) can
      where can ->> 'skill' is not distinct from r.skill and knows_version(r, can) limit 1) end
$function$;

CREATE OR REPLACE FUNCTION holdpoint.forget_identity(person text, actor text)
 RETURNS void
 LANGUAGE plpgsql
 SET search_path TO 'holdpoint', 'pg_temp'
AS $function$
begin
  perform check_actor(actor, null);
  delete from operator_identities where operator = person;
  if not found then
    raise exception '% has no account at a provider: nothing was done', person using errcode = 'HP015';
  end if;
  perform audit_person(person, 'operator.forget_identity', actor, null, null);
end $function$;

CREATE OR REPLACE FUNCTION holdpoint.forget_old_notifications(most integer)
 RETURNS integer
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'holdpoint', 'pg_temp'
AS $function$
declare
  gone integer;
begin
  perform assert_operator();
  delete from notifications where notification_id in (
    select o.notification_id from notifications o
    where o.state = 'sent' and o.sent_at < clock_timestamp() - interval '30 days'
      or o.state = 'failed' and o.failed_at < clock_timestamp() - interval '90 days' limit most);
  get diagnostics gone = row_count;
  return gone;
end $function$;
grant execute on function forget_old_notifications(integer) to holdpoint_server;

CREATE OR REPLACE FUNCTION holdpoint.fresh_events(since timestamp with time zone, until timestamp with time zone)
 RETURNS TABLE(workflow_id uuid, seq bigint, at timestamp with time zone, agent_id text, kind text, stops boolean, late boolean, marked boolean, ended_at timestamp with time zone, ended_as text, reason text, approval_id uuid, spend jsonb)
 LANGUAGE plpgsql
 STABLE SECURITY DEFINER ROWS 100
 SET search_path TO 'holdpoint', 'pg_temp'
 SET enable_seqscan TO 'off'
 SET enable_bitmapscan TO 'off'
 SET enable_hashjoin TO 'off'
 SET enable_mergejoin TO 'off'
 SET jit TO 'off'
 SET max_parallel_workers_per_gather TO '0'
 SET plan_cache_mode TO 'force_generic_plan'
AS $function$
declare
  -- As the question sees it that calls this: what is counted there is not fresh here.
  counted pg_snapshot := (select snapshot from history_position);
begin
  return query
    select f.workflow_id, f.seq, f.at, f.agent_id, f.kind, f.stops, f.late,
      f.stops or f.by_person or f.late or f.marked_kind, f.ended_at, f.ended_as, f.reason, f.approval_id, f.spend
    -- Offset: found by what is new, and not by time, of which the planner expects less.
    from (select c.* from counted_between(counted, pg_current_snapshot()) c offset 0) f
    where f.at >= since and f.at < until;
end $function$;
grant execute on function fresh_events(timestamp with time zone,timestamp with time zone) to holdpoint_server;

CREATE OR REPLACE FUNCTION holdpoint.gate_refusal(run uuid, caller_epoch integer)
 RETURNS jsonb
 LANGUAGE plpgsql
AS $function$
declare
  r workflow_checkpoints := lock_own_run(run);
  no jsonb := refusal(r, caller_epoch);
begin
  if no is not null then
    perform note_gate_told(r, caller_epoch);
  elsif r.engine <> 'sql' and not has_worker(run) then
    no := jsonb_build_object('decision', 'deny', 'code', 'FENCED', 'why', 'the lease ran out; claim the run again');
  end if;
  return no;
end $function$;

CREATE OR REPLACE FUNCTION holdpoint.guard_approval_change()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'holdpoint', 'pg_temp'
AS $function$
begin
  if not is_operator() and (new.decision, new.decided_by, new.decided_at, new.arguments, new.digest, new.version, new.quorum,
      new.four_eyes) is distinct from (old.decision, old.decided_by, old.decided_at, old.arguments, old.digest, old.version,
      old.quorum, old.four_eyes) then
    raise exception 'an agent cannot decide: nothing was written' using errcode = 'HP004';
  end if;
  if old.decision is not null and (new.decision, new.decided_by, new.tool, new.target, new.arguments, new.digest, new.expires_at,
      new.policy_id, new.policy_version) is distinct from (old.decision, old.decided_by, old.tool, old.target, old.arguments,
      old.digest, old.expires_at, old.policy_id, old.policy_version) then
    raise exception 'approval % was % by % already: nothing was written', old.approval_id, old.decision, old.decided_by
      using errcode = 'HP007';
  end if;
  if old.consumed_at is not null and (new.consumed_at, new.consumed_by) is distinct from (old.consumed_at, old.consumed_by) then
    raise exception 'approval % was used already: nothing was written', old.approval_id using errcode = 'HP007';
  end if;
  if old.closed_at is not null and new.decision is not null then
    raise exception 'approval % closed without a decision (%): nothing was written', old.approval_id, old.closed_why
      using errcode = 'HP008';
  end if;
  if new.decision is not null and old.decision is null and old.expires_at <= clock_timestamp() then
    raise exception 'approval % expired at %: nothing was written', old.approval_id, shown_time(old.expires_at)
      using errcode = 'HP019';
  end if;
  if new.decision = 'approved' and old.decision is null and not quorum_met(old.approval_id) then
    raise exception 'approval % has not the votes that it needs: nothing was written', old.approval_id using errcode = 'HP021';
  end if;
  -- Invariant 6: an output has no verdict without its grade, and no grade without its output.
  if new.decision is not null and old.decision is null and new.kind = 'output'
      and not exists (select from grades g where g.approval_id = old.approval_id and g.digest = new.digest) then
    raise exception 'an output is graded: nothing was written' using errcode = 'HP021';
  end if;
  return new;
end $function$;

CREATE OR REPLACE FUNCTION holdpoint.guard_approval_request()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'holdpoint', 'pg_temp'
AS $function$
declare
  r workflow_checkpoints;
  p approval_policies;
  said text := new.digest;
begin
  r := lock_run_to_write(new.workflow_id);
  if is_final(r.status) then perform raise_ended(r); end if;
  if not r.held_by <@ '{self,approval}' or r.status = 'lost' then perform raise_held(r); end if;
  if new.decision is not null then
    raise exception 'a request cannot carry its own decision: nothing was written' using errcode = 'HP004';
  end if;
  perform check_size('arguments', new.arguments, 262144), check_text('the reason', new.agent_reason, 4000),
    check_text('requested_by', new.requested_by, 200), check_text('tool', new.tool, 200), check_text('target', new.target, 1000),
    check_text('digest', new.digest, 200), check_size('the schema', new.arguments_schema, 65536),
    check_size('the consequence', new.consequence, 65536), check_size('assignees', to_jsonb(new.assignees), 16384);
  if array_ndims(new.assignees) > 1 or array_position(new.assignees, null) is not null
      or array_ndims(new.allowed) > 1 or cardinality(new.allowed) > 3 then
    raise exception 'assignees and allowed are lists of texts, allowed of at most three: nothing was written' using errcode = 'HP010';
  end if;
  if new.tool is not null or new.arguments is not null then
    new.digest := digest_of(new.arguments);
    if said <> new.digest then
      raise exception 'the digest is not that of the arguments: nothing was written'
        using errcode = 'HP010', hint = 'It is the SHA-256 of their RFC 8785 form, in hex. Leave it out: it is worked out here.';
    end if;
  end if;
  if new.kind = 'output' and new.arguments is null then
    raise exception 'an output that is asked about is in the arguments: nothing was written' using errcode = 'HP010';
  end if;
  if new.kind = 'change' and (new.tool is null or coalesce(new.arguments ->> 'what', '') not in ('skill', 'rubric', 'policy')
      or coalesce(jsonb_typeof(new.arguments -> 'name'), '') <> 'string' or not coalesce(new.arguments ? 'to', false)) then
    raise exception 'a change is the tool that makes it, and {what: skill | rubric | policy, name, from?, to}: nothing was written'
      using errcode = 'HP010';
  end if;
  new.requested_login := session_user;
  new.version := 1;
  new.original_arguments := null;
  new.original_digest := null;
  new.edited_by := null;
  new.decided_by := null;
  new.decided_at := null;
  new.decision_reason := null;
  new.expired_at := null;
  new.consumed_at := null;
  new.consumed_by := null;
  new.closed_at := null;

  p := policy_for(r.agent_id, r.skill, new.tool);
  new := under_policy(new, p, clock_timestamp());
  if new.tool is not null and new.kind = 'action' and (new.expires_at is null or new.expires_at > clock_timestamp()) then
    new.decided_by := cleared_without_asking(r, p, new.tool, new.target, new.arguments);
    if new.decided_by is not null then
      new.decision := 'approved';
      new.decided_at := clock_timestamp();
    end if;
  end if;
  return new;
end $function$;

CREATE OR REPLACE FUNCTION holdpoint.guard_audit_row()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'holdpoint', 'pg_temp'
AS $function$
declare
  r workflow_checkpoints;
begin
  new.login := session_user;
  new.seen_at := clock_timestamp();
  new.actor := case when is_operator() then 'login:' || session_user else 'agent:' || new.agent_id end;
  perform check_size('data_before', new.data_before, 262144), check_size('data_after', new.data_after, 262144),
    check_text('action', new.action, 500), check_text('credentials', new.credentials, 1000),
    check_text('target_table', new.target_table, 500), check_text('target_row_id', new.target_row_id, 500);
  if new.workflow_id is null then return new; end if;
  select * into r from workflow_checkpoints where workflow_id = new.workflow_id for no key update;
  if not found then return new; end if;
  if not is_operator() and not may_act_as(r.agent_id) then
    raise exception 'no run %: nothing was written', new.workflow_id using errcode = 'HP005';
  end if;
  new.late := is_final(r.status);
  return new;
end $function$;

CREATE OR REPLACE FUNCTION holdpoint.guard_new_run(r workflow_checkpoints)
 RETURNS workflow_checkpoints
 LANGUAGE plpgsql
AS $function$
declare
  parent workflow_checkpoints;
begin
  if r.agent_id is null or r.agent_id = '' then
    raise exception 'agent_id is missing: nothing was written' using errcode = 'HP010';
  end if;
  if r.event_hint is null and r.status not in ('queued', 'running', 'paused', 'complete', 'failed') then
    raise exception 'a run cannot start as %: nothing was written', r.status using errcode = 'HP003';
  end if;
  if not is_operator() and not may_act_as(r.agent_id) then
    raise exception 'login "%" may not act as agent "%": nothing was written', session_user, r.agent_id
      using errcode = 'HP004';
  end if;
  -- A connection of an isolated agent that has not ended yet starts nothing new.
  if exists (select from agent_logins where login = session_user and isolated_at is not null) then
    raise exception 'agent "%" is isolated: nothing was written', r.agent_id using errcode = 'HP001';
  end if;
  r.root_id := r.workflow_id;
  if r.parent_id is not null then
    -- The parent's row is locked against a kill that would not see this child.
    select * into parent from workflow_checkpoints where workflow_id = r.parent_id for share;
    -- The same words for another agent's run: its id is not confirmed.
    if not found or not (is_operator() or may_act_as(parent.agent_id)) then
      raise exception 'no parent run %: nothing was written', r.parent_id using errcode = 'HP005';
    end if;
    perform check_may_go_on(parent);
    r.root_id := coalesce(parent.root_id, parent.workflow_id);
  end if;
  if r.status = 'paused' then
    r.held_by := '{self}';
    r.resume_to := 'approved';
    r.stop_reason := 'AWAITING_APPROVAL';
    r.stop_detail := 'started paused by its agent; no approval asked for yet';
  end if;
  r.status_since := clock_timestamp();
  r.step_since := case when r.current_step is not null then clock_timestamp() end;
  r.steps := case when r.current_step is not null then 1 else 0 end;
  r.tool_since := case when r.current_tool is not null then clock_timestamp() end;
  return r;
end $function$;

CREATE OR REPLACE FUNCTION holdpoint.guard_owner()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'holdpoint', 'pg_temp'
AS $function$
declare
  named text := lower(btrim(new.owner));
begin
  new.owner := person_of(case when named like '%:%' then named else 'operator:' || named end);
  if not exists (select from operators o where new.owner = 'operator:' || o.name) then
    raise exception 'there is nobody named "%": nothing was done', left(named, 200) using errcode = 'HP031',
      hint = 'The owner of a login is a person, as in operator:ana. Add them first.';
  end if;
  return new;
end $function$;

CREATE OR REPLACE FUNCTION holdpoint.guard_plain_change(old workflow_checkpoints, new workflow_checkpoints)
 RETURNS workflow_checkpoints
 LANGUAGE plpgsql
AS $function$
declare
  held boolean := cardinality(old.held_by) > 0;
  self_pausing boolean := new.status = 'paused'
    and (old.status <> 'paused' or new.paused_at is distinct from old.paused_at);
begin
  if is_final(old.status) then
    perform raise_ended(old);
  end if;
  if new.workflow_id <> old.workflow_id or new.agent_id is distinct from old.agent_id then
    raise exception 'a run keeps its id and its agent: nothing was written' using errcode = 'HP003';
  end if;
  -- Invariant 13: writing down that less was spent than before would widen the agent's own budget.
  if new.tokens_in < old.tokens_in or new.tokens_out < old.tokens_out or new.cost_usd < old.cost_usd then
    raise exception 'what run % spent only grows: nothing was written', old.workflow_id using errcode = 'HP010';
  end if;

  if old.status = 'lost' then
    raise exception 'run % is lost: its worker''s lease ran out, nothing was written', old.workflow_id
      using errcode = 'HP006', hint = 'Claim the run again (claim_run) and go on from its last checkpoint.';
  end if;

  if new.status in ('complete', 'failed') then
    -- Ending is not an action: accepted while held.
    perform close_run(old.workflow_id, 'agent:' || old.agent_id, 'the run ended: ' || new.status);
    new.held_by := '{}';
    new.resume_to := null;
    new.stop_reason := null;
    new.stop_detail := null;
    new.current_tool := null;
    new.waiting_on := null;
    return new;
  end if;

  if self_pausing then
    -- Pausing is always accepted.
    if old.status = 'paused' then perform check_pausing_again(old, new); end if;
    if not old.held_by && '{self,approval}' then
      insert into run_holds (workflow_id, kind, stop_reason, opened_by, why)
        values (old.workflow_id, 'self', 'AWAITING_APPROVAL', 'agent:' || old.agent_id, 'paused by its agent');
      new.held_by := old.held_by || 'self'::text;
    end if;
    if not held then
      new.stop_reason := 'AWAITING_APPROVAL';
      new.stop_detail := 'paused by its agent; no approval asked for yet';
    end if;
    -- Pausing anew after a no that nothing else holds means that the agent has read it.
    new.resume_to := case when old.resume_to = 'rejected' and held then 'rejected' else 'approved' end;
    return new;
  end if;

  if held then
    perform raise_held(old);
  end if;
  if old.status = 'paused' then
    -- The agent's own edge after a no: it has read the answer and goes on without the refused action.
    if new.status <> 'running' or old.resume_to is distinct from 'rejected' then perform raise_held(old); end if;
    new.resume_to := null;
  elsif new.status <> old.status and not exists (
      select from run_transitions t
      where t.from_status = old.status and t.to_status = new.status and t.taken_by = 'agent') then
    raise exception 'run % cannot go from % to % by its agent''s write: nothing was written',
      old.workflow_id, old.status, new.status using errcode = 'HP003';
  end if;
  if new.status = 'running' and old.status <> 'running' then
    new.stop_reason := null;
    new.stop_detail := null;
  end if;
  return new;
end $function$;

CREATE OR REPLACE FUNCTION holdpoint.guard_run_insert()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'holdpoint', 'pg_temp'
 SET "TimeZone" TO 'UTC'
AS $function$
declare
  hint jsonb := new.event_hint;
begin
  -- No run is ever removed: this row will meet the one that is there, as an upsert or as an error. The rules for
  -- a new run (its parent may have ended since) are not its rules.
  if exists (select from workflow_checkpoints where workflow_id = new.workflow_id) then return new; end if;
  new := guard_new_run(new);
  -- Quoted: to PL/pgSQL the bare word is a keyword.
  perform check_sizes(new), check_text('loop', new."loop", 200);
  new.enqueued_at := case when new.status = 'queued' then clock_timestamp() end;
  new.event_hint := null;
  new.seq := 1;
  new.last_event := jsonb_build_object('kind', coalesce(hint ->> 'kind', 'run.started'),
    'actor', coalesce(hint ->> 'actor', writer(new.agent_id)), 'at', clock_timestamp());
  return new;
end $function$;

CREATE OR REPLACE FUNCTION holdpoint.guard_run_update()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'holdpoint', 'pg_temp'
 SET "TimeZone" TO 'UTC'
AS $function$
declare
  hint jsonb := new.event_hint;
  kind text;
  actor text;
begin
  new.event_hint := null;
  if hint is null then
    -- Nothing changed, or a final status written again: a no-op.
    if new *= old or is_same_end(old, new) then return old; end if;
    perform check_sizes(new);
    new := guard_plain_change(old, new);
  elsif new.status <> old.status then
    if not exists (select from run_transitions t where t.from_status = old.status and t.to_status = new.status) then
      raise exception 'run % cannot go from % to %: nothing was written', old.workflow_id, old.status, new.status
        using errcode = 'HP003';
    end if;
  end if;
  -- Columns that follow from what was written.
  if new.current_step is distinct from old.current_step then
    new.step_since := clock_timestamp();
    new.steps := old.steps + 1;
    if new.current_tool is not distinct from old.current_tool then new.current_tool := null; end if;
    if new.waiting_on is not distinct from old.waiting_on then new.waiting_on := null; end if;
  end if;
  -- Of plain SQL whatever it writes is a moment to look: one that writes only tasks would never be held.
  if new.status in ('queued', 'running', 'approved') and (hint is null or new.engine = 'sql'
      and hint ->> 'kind' in ('task.written', 'audit.recorded', 'run.progress', 'run.waiting')) then
    new := hold_over_budget(new);
  end if;
  if new.status <> old.status then new.status_since := clock_timestamp(); end if;
  if new.current_tool is null then
    new.tool_since := null;
    new.tool_target := null;
  elsif new.current_tool is distinct from old.current_tool then
    new.tool_since := clock_timestamp();
  end if;

  kind := coalesce(hint ->> 'kind', kind_of_change(old, new));
  actor := coalesce(hint ->> 'actor', writer(new.agent_id));
  new.seq := old.seq + 1;
  new.last_event := jsonb_build_object('kind', kind, 'actor', actor, 'at', clock_timestamp());
  insert into run_events (workflow_id, seq, kind, actor, at, detail, state)
    values (new.workflow_id, new.seq, kind, actor, (new.last_event ->> 'at')::timestamptz, hint -> 'detail',
      run_state(new));
  return new;
end $function$;

CREATE OR REPLACE FUNCTION holdpoint.guard_sign_in_way()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'holdpoint', 'pg_temp'
AS $function$
begin
  perform assert_passwords();
  return new;
end $function$;

CREATE OR REPLACE FUNCTION holdpoint.guard_task(run uuid)
 RETURNS void
 LANGUAGE plpgsql
AS $function$
begin
  perform check_may_go_on(lock_run_to_write(run));
end $function$;

CREATE OR REPLACE FUNCTION holdpoint.guard_task_result()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'holdpoint', 'pg_temp'
AS $function$
declare
  t tasks;
begin
  select * into t from tasks where id = new.task_id;
  if found and not is_operator() and not may_act_as(t.agent_id) then
    raise exception 'no task %: nothing was written', new.task_id using errcode = 'HP004';
  end if;
  if t.workflow_id is not null then perform guard_task(t.workflow_id); end if;
  return new;
end $function$;

CREATE OR REPLACE FUNCTION holdpoint.guard_task_write()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'holdpoint', 'pg_temp'
AS $function$
begin
  if tg_op = 'UPDATE' and old.workflow_id is not null then
    if new.workflow_id is distinct from old.workflow_id then
      raise exception 'task % keeps its run: nothing was written', old.id using errcode = 'HP003';
    end if;
    if new *= old then return new; end if;
  end if;
  if new.workflow_id is not null then
    perform guard_task(new.workflow_id);
  end if;
  return new;
end $function$;

CREATE OR REPLACE FUNCTION holdpoint.guard_vote()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'holdpoint', 'pg_temp'
AS $function$
declare
  q approval_queue;
begin
  new.person := person_of(new.actor);
  perform from operators o where new.person = 'operator:' || o.name for share;
  perform from api_tokens t where new.actor = 'token:' || t.name for share;
  new.voted_at := clock_timestamp();
  select * into q from approval_queue where approval_id = new.approval_id;
  case bar_to_vote(q, new.person, new.vote, new.digest)
    when 'behind' then raise exception '% is behind this request, and does not answer it: nothing was done', new.person
      using errcode = 'HP022';
    when 'handed' then raise exception '% has handed this on, and does not answer it: nothing was done', new.person
      using errcode = 'HP021', hint = 'It can be handed back, or an administrator can ask them again.';
    when 'answered' then raise exception '% has answered this already: nothing was done', new.person using errcode = 'HP022';
    when 'others' then raise exception '% is none of those who are asked: nothing was done', new.person using errcode = 'HP021';
    when 'machine' then raise exception 'several people are asked, and % is nobody''s: nothing was done', new.person
      using errcode = 'HP021';
    else return new;
  end case;
end $function$;

CREATE OR REPLACE FUNCTION holdpoint.has_arguments(q approval_queue)
 RETURNS boolean
 LANGUAGE sql
 IMMUTABLE
AS $function$ select q.tool is not null and q.arguments is not null $function$;

CREATE OR REPLACE FUNCTION holdpoint.has_worker(run uuid)
 RETURNS boolean
 LANGUAGE sql
 STABLE
AS $function$ select exists (select from run_leases where workflow_id = run and lease_until > clock_timestamp()) $function$;

CREATE OR REPLACE FUNCTION holdpoint.heartbeat(worker_name text, runs uuid[], lease_ms integer DEFAULT 15000)
 RETURNS TABLE(run_id uuid, status text, held_by text[], stop_reason text, run_epoch integer, control jsonb, leased boolean)
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'holdpoint', 'pg_temp'
AS $function$
begin
  update run_leases l set heartbeat_at = clock_timestamp(), lease_until = clock_timestamp() + lease_length(lease_ms)
    where l.worker = worker_name and l.login = session_user and l.workflow_id = any (runs);
  return query
    select w.workflow_id, w.status, w.held_by, w.stop_reason, w.epoch, w.control, l.workflow_id is not null
    from workflow_checkpoints w
      left join run_leases l on l.workflow_id = w.workflow_id and l.worker = worker_name
    where w.workflow_id = any (runs) and may_act_as(w.agent_id)
      and (w.status <> 'running' or w.control ->> 'acknowledgedAt' is null and w.control is not null or l.workflow_id is null);
end $function$;
grant execute on function heartbeat(text,uuid[],integer) to agent_worker;

CREATE OR REPLACE FUNCTION holdpoint.held_state(r workflow_checkpoints)
 RETURNS jsonb
 LANGUAGE sql
 IMMUTABLE
AS $function$
  select jsonb_build_object('status', r.status, 'heldBy', r.held_by, 'stopReason', r.stop_reason, 'seq', r.seq)
$function$;

CREATE OR REPLACE FUNCTION holdpoint.hold_agent_runs(agent text, actor text, reason text DEFAULT NULL::text, most integer DEFAULT NULL::integer)
 RETURNS integer
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'holdpoint', 'pg_temp'
AS $function$
declare
  run uuid;
  r workflow_checkpoints;
  held integer := 0;
begin
  perform check_actor(actor, reason);
  -- Only release_agent lifts such a hold, and it needs the login.
  if not exists (select from agent_logins where agent_id = agent and isolated_at is not null) then
    raise exception 'the login of agent "%" is not locked: nothing was done', agent
      using errcode = 'HP011', hint = 'Call lock_agent_login first.';
  end if;
  for run in
    select workflow_id from workflow_checkpoints
    where agent_id = agent and status not in ('complete', 'failed', 'killed') and not 'isolation' = any (held_by)
    order by workflow_id limit most
  loop
    r := lock_run(run);
    continue when is_final(r.status) or 'isolation' = any (r.held_by);
    insert into run_holds (workflow_id, kind, stop_reason, opened_by, why)
      values (run, 'isolation', 'ISOLATED', actor, reason);
    perform finish_control(r, 'pause', 'run.isolate', actor, reason, 'isolation');
    held := held + 1;
  end loop;
  return held;
end $function$;
grant execute on function hold_agent_runs(text,text,text,integer) to holdpoint_server;

CREATE OR REPLACE FUNCTION holdpoint.hold_at_gate(run uuid, hold_kind text, reason text, why text, action uuid DEFAULT NULL::uuid)
 RETURNS jsonb
 LANGUAGE plpgsql
AS $function$
begin
  insert into run_holds (workflow_id, kind, stop_reason, opened_by, why, action_id)
    values (run, hold_kind, reason, 'holdpoint', why, action) on conflict do nothing;
  perform settle_run(run, jsonb_build_object('actor', 'holdpoint', 'otherwise', 'hold.opened', 'detail',
    jsonb_strip_nulls(jsonb_build_object('hold', hold_kind, 'why', why, 'actionId', action))));
  return jsonb_build_object('decision', 'hold', 'stopReason', reason, 'why', why);
end $function$;

CREATE OR REPLACE FUNCTION holdpoint.hold_for_approval()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'holdpoint', 'pg_temp'
AS $function$
declare
  r workflow_checkpoints;
  before jsonb;
  about jsonb := jsonb_build_object('approvalId', new.approval_id, 'tool', new.tool, 'target', left(new.target, 200),
    'changes', change_of(new.kind, new.arguments));
  asked jsonb := jsonb_strip_nulls(about - 'approvalId' || jsonb_build_object('digest', new.digest, 'expiresAt', new.expires_at));
begin
  select * into r from workflow_checkpoints where workflow_id = new.workflow_id;
  before := held_state(r);
  -- What held the run until its request came is answered by the request.
  update run_holds set cleared_at = clock_timestamp(), cleared_by = opened_by, cleared_why = 'its request arrived'
    where workflow_id = new.workflow_id and kind = 'self' and cleared_at is null;
  if new.decision is not null then
    perform audit_approval(new, writer(r.agent_id), 'approval.request', before, before || asked);
    perform settle_run(new.workflow_id, jsonb_build_object('kind', 'approval.decided', 'actor', 'holdpoint', 'detail',
      jsonb_strip_nulls(about || jsonb_build_object('decision', new.decision, 'why', 'by ' || new.decided_by))), null, 'approved');
    perform audit_approval(new, 'holdpoint', 'approval.' || new.decision, jsonb_build_object('decision', null),
      jsonb_build_object('decision', new.decision, 'digest', new.digest, 'by', new.decided_by));
    return null;
  end if;
  insert into run_holds (workflow_id, kind, stop_reason, opened_by, why, approval_id)
    values (new.workflow_id, 'approval', 'AWAITING_APPROVAL', 'agent:' || r.agent_id, asked_words(new), new.approval_id);
  r := settle_run(new.workflow_id, jsonb_build_object('kind', 'approval.requested', 'detail', jsonb_strip_nulls(about)),
    null, 'approved');
  perform audit_approval(new, writer(r.agent_id), 'approval.request', before, held_state(r) || asked);
  return null;
end $function$;

CREATE OR REPLACE FUNCTION holdpoint.hold_for_check_in(most integer DEFAULT 200)
 RETURNS integer
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'holdpoint', 'pg_temp'
AS $function$
declare
  due record;
  r workflow_checkpoints;
  done integer := 0;
begin
  perform assert_operator();
  for due in
    select w.workflow_id, p.policy_id, p.version from approval_policies p join workflow_checkpoints w
      on w.status in ('queued', 'running', 'approved') and (p.agent_id is null or p.agent_id = w.agent_id)
        and (p.skill is null or p.skill = w.skill)
    where p.current and (p.check_in_hours is not null or p.check_in_steps is not null) and check_in_due(w, p) is not null
    limit most
  loop
    select * into r from workflow_checkpoints where workflow_id = due.workflow_id for no key update skip locked;
    continue when not found or r.status not in ('queued', 'running', 'approved');
    perform hold_at_gate(r.workflow_id, 'check_in', 'CHECK_IN_DUE', check_in_due(r, p))
      from approval_policies p where p.policy_id = due.policy_id and p.version = due.version and check_in_due(r, p) is not null;
    if found then
      perform audit_operator(r, 'holdpoint', 'run.check_in', null, jsonb_build_object('policy', due.policy_id, 'version', due.version));
      done := done + 1;
    end if;
  end loop;
  return done;
end $function$;
grant execute on function hold_for_check_in(integer) to holdpoint_server;

CREATE OR REPLACE FUNCTION holdpoint.hold_over_budget(r workflow_checkpoints)
 RETURNS workflow_checkpoints
 LANGUAGE plpgsql
AS $function$
declare
  why text := coalesce(used_up(r),
    case when r.steps > r.limit_steps then format('step %s began, the limit is %s', r.steps, r.limit_steps) end);
begin
  if why is null then return r; end if;
  insert into run_holds (workflow_id, kind, stop_reason, opened_by, why)
    values (r.workflow_id, 'budget', 'BUDGET_EXCEEDED', 'holdpoint', why);
  r.resume_to := r.status;
  r.status := 'paused';
  r.held_by := '{budget}';
  r.paused_at := clock_timestamp();
  r.stop_reason := 'BUDGET_EXCEEDED';
  r.stop_detail := why;
  return r;
end $function$;

CREATE OR REPLACE FUNCTION holdpoint.hold_rank(kind text)
 RETURNS integer
 LANGUAGE sql
 IMMUTABLE
AS $function$
  select array_position(array['isolation', 'operator_pause', 'detection', 'budget', 'breaker', 'check_in', 'restore',
    'outcome', 'approval', 'self'], kind)
$function$;

CREATE OR REPLACE FUNCTION holdpoint.hold_used_up(run uuid)
 RETURNS jsonb
 LANGUAGE plpgsql
AS $function$
declare
  r workflow_checkpoints;
begin
  select * into r from workflow_checkpoints where workflow_id = run;
  return case when used_up(r) is not null then hold_at_gate(run, 'budget', 'BUDGET_EXCEEDED', used_up(r)) end;
end $function$;

CREATE OR REPLACE FUNCTION holdpoint.hours_up(p approval_policies, looked timestamp with time zone)
 RETURNS timestamp with time zone
 LANGUAGE sql
 STABLE
AS $function$ select looked + make_interval(secs => (p.check_in_hours * 3600)::double precision) $function$;

CREATE OR REPLACE FUNCTION holdpoint.insert_run(spec jsonb, first_status text, worker_name text)
 RETURNS workflow_checkpoints
 LANGUAGE plpgsql
AS $function$
declare
  r workflow_checkpoints;
  limits jsonb := coalesce(spec -> 'limits', '{}');
begin
  if not may_act_as(spec ->> 'agentId') then
    raise exception 'login "%" may not act as agent "%": nothing was written', session_user, spec ->> 'agentId'
      using errcode = 'HP004';
  end if;
  -- "sql" promises an operator less than a lease does; claim_run refuses such a run.
  if spec ->> 'engine' = 'sql' then
    raise exception 'a run under a lease cannot have the engine "sql": nothing was written' using errcode = 'HP010';
  end if;
  perform check_size('memory', spec -> 'memory', 1048576);
  insert into workflow_checkpoints (workflow_id, agent_id, goal, skill, skill_version, parent_id, labels, engine,
      native_id, capabilities, current_step, status, worker, epoch, limit_tokens, limit_cost_usd, limit_steps, deadline_at,
      loop, due_at)
    values (coalesce((spec ->> 'runId')::uuid, gen_random_uuid()), spec ->> 'agentId', spec ->> 'goal', spec ->> 'skill',
      spec ->> 'skillVersion', (spec ->> 'parentId')::uuid, coalesce(spec -> 'labels', '{}'),
      coalesce(spec ->> 'engine', 'sdk'), spec ->> 'nativeId', spec -> 'capabilities', spec ->> 'step', first_status,
      worker_name, (worker_name is not null)::integer, (limits ->> 'tokens')::bigint, (limits ->> 'costUsd')::numeric,
      (limits ->> 'steps')::integer, (limits ->> 'deadline')::timestamptz, spec ->> 'loop', (spec ->> 'dueAt')::timestamptz)
    on conflict (workflow_id) do nothing returning * into r;
  if not found then
    raise exception 'run % exists already: nothing was written', spec ->> 'runId'
      using errcode = 'HP017', hint = 'Claim it (claim_run) to go on with it.';
  end if;
  if spec ? 'memory' then
    insert into run_memory (workflow_id, memory, epoch) values (r.workflow_id, spec -> 'memory', r.epoch);
  end if;
  return r;
end $function$;

CREATE OR REPLACE FUNCTION holdpoint.is_about_call(p approval_policies, agent text, run_skill text, called text)
 RETURNS boolean
 LANGUAGE sql
 IMMUTABLE
AS $function$
  select coalesce(stands_for(p.tool, called) and is_about_run(p, agent, run_skill), false)
$function$;

CREATE OR REPLACE FUNCTION holdpoint.is_about_run(p approval_policies, agent text, run_skill text)
 RETURNS boolean
 LANGUAGE sql
 IMMUTABLE
AS $function$
  select (p.agent_id is null or p.agent_id = agent) and (p.skill is null or p.skill = run_skill)
$function$;

CREATE OR REPLACE FUNCTION holdpoint.is_administrator()
 RETURNS boolean
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO 'holdpoint', 'pg_temp'
AS $function$
  select (select rolsuper from pg_roles where rolname = session_user) or session_user = 'holdpoint_owner'
    or pg_has_role(session_user, 'holdpoint_owner', 'usage')
$function$;

CREATE OR REPLACE FUNCTION holdpoint.is_asked(quorum jsonb, person text)
 RETURNS boolean
 LANGUAGE sql
 IMMUTABLE
AS $function$
  select quorum is null or exists (select from jsonb_array_elements(quorum) g where not g ? 'members' or g -> 'members' ? person)
$function$;

CREATE OR REPLACE FUNCTION holdpoint.is_behind(q approval_queue, person text)
 RETURNS boolean
 LANGUAGE sql
 STABLE
AS $function$
  select person in (q.requested_by, 'operator:' || q.requested_by)
    or exists (select from agent_logins l join workflow_checkpoints w on w.workflow_id = q.workflow_id
      where (l.agent_id = w.agent_id or l.login = q.requested_login) and l.owner = person)
$function$;

CREATE OR REPLACE FUNCTION holdpoint.is_claimable(r workflow_checkpoints)
 RETURNS boolean
 LANGUAGE sql
 IMMUTABLE
AS $function$
  select r.status in ('queued', 'running', 'paused', 'approved', 'lost') and cardinality(r.held_by) = 0
    and (r.status <> 'paused' or r.resume_to = 'rejected')
    and (r.engine <> 'sql' or r.status = 'queued')
    and (r.parent_id is null or r.enqueued_at is not null)
$function$;

CREATE OR REPLACE FUNCTION holdpoint.is_digest(text)
 RETURNS boolean
 LANGUAGE sql
 IMMUTABLE PARALLEL SAFE
AS $function$ select char_length($1) = 64 and translate($1, '0123456789abcdef', '') = '' $function$;

CREATE OR REPLACE FUNCTION holdpoint.is_final(status text)
 RETURNS boolean
 LANGUAGE sql
 IMMUTABLE PARALLEL SAFE
AS $function$ select status in ('complete', 'failed', 'killed') $function$;
grant execute on function is_final(text) to holdpoint_server;

CREATE OR REPLACE FUNCTION holdpoint.is_live(s operator_sessions)
 RETURNS boolean
 LANGUAGE sql
 STABLE
AS $function$
  select s.ended_at is null and s.expires_at > clock_timestamp() and s.last_seen_at > clock_timestamp() - interval '7 days'
$function$;

CREATE OR REPLACE FUNCTION holdpoint.is_marked_kind(kind text)
 RETURNS boolean
 LANGUAGE sql
 IMMUTABLE PARALLEL SAFE
AS $function$
  select kind in ('approval.requested', 'approval.decided', 'approval.voted', 'approval.changed', 'approval.overdue',
    'approval.expired', 'action.unknown', 'action.late', 'action.settled', 'action.refused', 'limits.raised', 'hold.opened',
    'hold.cleared', 'run.paused', 'run.lost', 'run.failed', 'run.killed')
$function$;

CREATE OR REPLACE FUNCTION holdpoint.is_operator()
 RETURNS boolean
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO 'holdpoint', 'pg_temp'
AS $function$
  select case
    when exists (select from agent_logins where login in (session_user, current_setting('role')))
      or current_setting('role') = 'agent_worker' then false
    when (select rolsuper from pg_roles where rolname = session_user) then true
    else session_user = 'holdpoint_owner'
      or pg_has_role(session_user, 'holdpoint_server', 'usage')
      or pg_has_role(session_user, 'holdpoint_owner', 'usage')
  end
$function$;
grant execute on function is_operator() to holdpoint_server;

CREATE OR REPLACE FUNCTION holdpoint.is_same_end(old workflow_checkpoints, new workflow_checkpoints)
 RETURNS boolean
 LANGUAGE plpgsql
 IMMUTABLE
AS $function$
begin
  if not is_final(old.status) then return false; end if;
  new.paused_at := old.paused_at;
  new.resumed_at := old.resumed_at;
  new.current_tool := old.current_tool;
  new.tool_target := old.tool_target;
  new.waiting_on := old.waiting_on;
  return new *= old;
end $function$;

CREATE OR REPLACE FUNCTION holdpoint.is_someone(actor text)
 RETURNS boolean
 LANGUAGE sql
 IMMUTABLE
AS $function$ select actor is not null and actor !~ '^(holdpoint$|agent:|login:)' $function$;

CREATE OR REPLACE FUNCTION holdpoint.is_trial_login()
 RETURNS boolean
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO 'holdpoint', 'pg_temp'
AS $function$ select exists (select from agent_logins where login = session_user and agent_id is null) $function$;
grant execute on function is_trial_login() to agent_worker;

CREATE OR REPLACE FUNCTION holdpoint.is_visible_change(shown real, score double precision)
 RETURNS boolean
 LANGUAGE sql
 IMMUTABLE
AS $function$
  select score is not null and (abs(score - coalesce(shown, 0)) >= 0.05 or score = 0 and shown > 0)
$function$;

CREATE OR REPLACE FUNCTION holdpoint.judge_detection(detection uuid, actor text, was_right boolean, why text DEFAULT NULL::text)
 RETURNS void
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'holdpoint', 'pg_temp'
AS $function$
declare
  d detections;
  r workflow_checkpoints;
  said text := case when was_right then 'right' else 'wrong' end;
begin
  perform check_actor(actor, why);
  if was_right is null then
    raise exception 'say whether it was right: nothing was done' using errcode = 'HP010';
  end if;
  select * into d from detections where detection_id = detection;
  if not found then
    raise exception 'no detection %: nothing was done', detection using errcode = 'HP015';
  end if;
  r := lock_run(d.workflow_id);
  select * into d from detections where detection_id = detection;
  update detections set verdict = said, verdict_by = actor, verdict_why = judge_detection.why, verdict_at = clock_timestamp(),
      over_at = case when hold_id is null then coalesce(over_at, clock_timestamp()) end
    where detection_id = detection;
  perform audit_operator(r, actor, 'detection.judge', jsonb_build_object('detection', detection, 'verdict', d.verdict),
    jsonb_build_object('detection', detection, 'finding', d.finding, 'verdict', said, 'why', why));
end $function$;
grant execute on function judge_detection(uuid,text,boolean,text) to holdpoint_server;

CREATE OR REPLACE FUNCTION holdpoint.keep_action_attempt()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
begin
  insert into action_attempts (action_id, attempt, epoch, state, response, error, error_class, external_ref, late,
      intended_at, ended_at)
    values (old.action_id, old.attempt, old.epoch, old.state, old.response, old.error, old.error_class, old.external_ref,
      old.late, old.intended_at, old.ended_at);
  return null;
end $function$;

CREATE OR REPLACE FUNCTION holdpoint.keep_grade(q approval_queue, actor text, verdict text, grade jsonb)
 RETURNS void
 LANGUAGE sql
AS $function$
  insert into grades (approval_id, workflow_id, output, digest, grade, verdict, graded_by)
    select q.approval_id, q.workflow_id, q.arguments, q.digest, grade, verdict, actor where grade is not null
$function$;

CREATE OR REPLACE FUNCTION holdpoint.keep_policy_version()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
declare
  rest approval_policies := new;
begin
  rest.current := old.current;
  rest.retired_by := old.retired_by;
  rest.retired_at := old.retired_at;
  if rest *<> old or not old.current then
    raise exception 'a version of a policy is kept as it was: nothing was written' using errcode = 'HP009';
  end if;
  return new;
end $function$;

CREATE OR REPLACE FUNCTION holdpoint.keep_step_attempt()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
begin
  insert into step_attempts (workflow_id, name, occurrence, attempt, epoch, state, input, result, error, started_at, ended_at)
    values (old.workflow_id, old.name, old.occurrence, old.attempt, old.epoch, old.state, old.input, old.result, old.error,
      old.started_at, old.ended_at);
  return null;
end $function$;

CREATE OR REPLACE FUNCTION holdpoint.keep_words()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'holdpoint', 'pg_temp'
AS $function$
begin
  insert into run_words select k.* from words_row(new) k
    on conflict (workflow_id) do update set span = excluded.span, agent_id = excluded.agent_id, skill = excluded.skill,
      status = excluded.status, stop_reason = excluded.stop_reason, status_since = excluded.status_since,
      created_at = excluded.created_at, words = excluded.words;
  return null;
end $function$;

CREATE OR REPLACE FUNCTION holdpoint.kill_one(r workflow_checkpoints, actor text, why text)
 RETURNS workflow_checkpoints
 LANGUAGE plpgsql
AS $function$
declare
  before jsonb := held_state(r);
  request jsonb := control_requested(r, 'kill', actor, why);
  in_flight integer := close_run(r.workflow_id, actor, 'the run was killed');
begin
  update workflow_checkpoints set status = 'killed', held_by = '{}', resume_to = null, stop_reason = 'USER_KILLED',
    stop_detail = why, waiting_on = null, current_tool = null, control = request,
    event_hint = jsonb_build_object('kind', 'run.killed', 'actor', actor,
      'detail', jsonb_build_object('why', why, 'inFlight', in_flight))
    where workflow_id = r.workflow_id returning * into r;
  perform audit_operator(r, actor, 'run.kill', before, held_state(r) || jsonb_build_object('why', why));
  perform wake_workers(r.workflow_id);
  return r;
end $function$;

CREATE OR REPLACE FUNCTION holdpoint.kill_run(run uuid, actor text, why text DEFAULT NULL::text, most integer DEFAULT NULL::integer)
 RETURNS SETOF jsonb
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'holdpoint', 'pg_temp'
AS $function$
declare
  r workflow_checkpoints;
  level uuid[] := array[run];
  living uuid[];
  below uuid;
  named workflow_checkpoints;
  killed integer := 0;
begin
  perform check_actor(actor, why);
  named := lock_run(run);
  if not is_final(named.status) then
    return next run_state(kill_one(named, actor, why));
    killed := 1;
  elsif named.status <> 'killed' then
    perform raise_ended(named);
  end if;
  loop
    select array_agg(workflow_id), array_agg(workflow_id order by workflow_id) filter (where not is_final(status))
      into level, living from workflow_checkpoints where parent_id = any (level);
    exit when level is null;
    foreach below in array coalesce(living, '{}') loop
      if killed >= most then return; end if;
      r := lock_run(below);
      continue when is_final(r.status);
      return next run_state(kill_one(r, actor, left('its parent was killed: ' || coalesce(why, 'no reason given'), 2000)));
      killed := killed + 1;
    end loop;
  end loop;
  if killed = 0 then perform raise_ended(named); end if;
end $function$;
grant execute on function kill_run(uuid,text,text,integer) to holdpoint_server;

CREATE OR REPLACE FUNCTION holdpoint.kind_of_change(old workflow_checkpoints, new workflow_checkpoints)
 RETURNS text
 LANGUAGE sql
 IMMUTABLE
AS $function$
  select case
    when new.status <> old.status then 'run.' || new.status
    when new.current_step is distinct from old.current_step
      or new.step_input is distinct from old.step_input then 'run.step'
    when new.waiting_on is distinct from old.waiting_on then 'run.waiting'
    else 'run.progress'
  end
$function$;

CREATE OR REPLACE FUNCTION holdpoint.knows_version(r workflow_checkpoints, can jsonb)
 RETURNS boolean
 LANGUAGE sql
 IMMUTABLE
AS $function$
  select r.skill_version is null or coalesce(can ->> 'version' = r.skill_version, false)
    or coalesce(jsonb_typeof(can -> 'resumes') = 'array' and can -> 'resumes' ? r.skill_version, false)
$function$;

CREATE OR REPLACE FUNCTION holdpoint.lacks_people(approval uuid)
 RETURNS boolean
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO 'holdpoint', 'pg_temp'
AS $function$
  select why_settled(q) is null and not could_be_met(q) from approval_queue q where q.approval_id = approval
$function$;
grant execute on function lacks_people(uuid) to holdpoint_server;

CREATE OR REPLACE FUNCTION holdpoint.last_no(run uuid)
 RETURNS text
 LANGUAGE sql
 STABLE
AS $function$
  select coalesce((select case when q.expired_at is not null then 'APPROVAL_EXPIRED' else 'APPROVAL_REJECTED' end
    from approval_queue q where q.workflow_id = run and (q.decision = 'rejected' or q.expired_at is not null)
    order by coalesce(q.expired_at, q.decided_at) desc limit 1), 'APPROVAL_REJECTED')
$function$;

CREATE OR REPLACE FUNCTION holdpoint.lease_length(lease_ms integer)
 RETURNS interval
 LANGUAGE sql
 IMMUTABLE
AS $function$ select make_interval(secs => least(greatest(lease_ms, 1000), 3600000) / 1000.0) $function$;

CREATE OR REPLACE FUNCTION holdpoint.lease_run(run uuid, run_epoch integer, worker_name text, lease_ms integer)
 RETURNS void
 LANGUAGE sql
AS $function$
  insert into run_leases (workflow_id, epoch, worker, login, heartbeat_at, lease_until)
    values (run, run_epoch, worker_name, session_user, clock_timestamp(), clock_timestamp() + lease_length(lease_ms))
    on conflict (workflow_id) do update set epoch = excluded.epoch, worker = excluded.worker, login = excluded.login,
      heartbeat_at = excluded.heartbeat_at, lease_until = excluded.lease_until
$function$;

CREATE OR REPLACE FUNCTION holdpoint.lock_agent_login(agent text, actor text, reason text DEFAULT NULL::text)
 RETURNS void
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'holdpoint', 'pg_temp'
AS $function$
declare
  l agent_logins;
begin
  perform check_actor(actor, reason);
  select * into l from agent_logins where agent_id = agent for update;
  if not found then
    raise exception 'agent "%" has no login of its own: nothing was done', agent
      using errcode = 'HP011', hint = 'It works through the shared login; kill its runs, or give it a login (holdpoint agent add).';
  end if;
  execute format('alter role %I nologin', l.login);
  update agent_logins set isolated_at = clock_timestamp(), isolated_by = actor, isolated_why = reason
    where login = l.login;
  perform audit_login(l, actor, 'agent.isolate', reason);
end $function$;
grant execute on function lock_agent_login(text,text,text) to holdpoint_server;

CREATE OR REPLACE FUNCTION holdpoint.lock_own_run(run uuid)
 RETURNS workflow_checkpoints
 LANGUAGE plpgsql
AS $function$
declare
  r workflow_checkpoints;
begin
  select * into r from workflow_checkpoints where workflow_id = run for no key update;
  -- The same words for another agent's run as for none: ids are not confirmed.
  if not found or not may_act_as(r.agent_id) then
    raise exception 'no run %: nothing was written', run using errcode = 'HP005';
  end if;
  return r;
end $function$;

CREATE OR REPLACE FUNCTION holdpoint.lock_person(person text)
 RETURNS operators
 LANGUAGE plpgsql
AS $function$
declare
  o operators;
begin
  lock table operators in share row exclusive mode;
  select * into o from operators where name = person for update;
  if not found then
    raise exception 'there is nobody named "%": nothing was done', person using errcode = 'HP031';
  end if;
  return o;
end $function$;

CREATE OR REPLACE FUNCTION holdpoint.lock_run(run uuid)
 RETURNS workflow_checkpoints
 LANGUAGE plpgsql
AS $function$
declare
  r workflow_checkpoints;
begin
  select * into r from workflow_checkpoints where workflow_id = run for no key update;
  if not found then
    raise exception 'no run %: nothing was written', run using errcode = 'HP005';
  end if;
  return r;
end $function$;

CREATE OR REPLACE FUNCTION holdpoint.lock_run_to_write(run uuid)
 RETURNS workflow_checkpoints
 LANGUAGE plpgsql
AS $function$
declare
  r workflow_checkpoints := lock_run(run);
begin
  if not is_operator() and not may_act_as(r.agent_id) then
    raise exception 'no run %: nothing was written', run using errcode = 'HP005';
  end if;
  return r;
end $function$;

CREATE OR REPLACE FUNCTION holdpoint.look_at_run(run uuid, actor text)
 RETURNS jsonb
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'holdpoint', 'pg_temp'
AS $function$
declare
  r workflow_checkpoints;
begin
  perform check_actor(actor, null);
  r := lock_run(run);
  if is_final(r.status) or r.looked_by = actor and r.looked_at > clock_timestamp() - interval '1 minute' then
    return run_state(r);
  end if;
  update workflow_checkpoints set looked_at = clock_timestamp(), looked_by = actor, looked_steps = steps,
      event_hint = jsonb_build_object('kind', 'run.looked', 'actor', actor)
    where workflow_id = run returning * into r;
  perform audit_operator(r, actor, 'run.look', null, jsonb_build_object('steps', r.steps));
  return run_state(r);
end $function$;
grant execute on function look_at_run(uuid,text) to holdpoint_server;

CREATE OR REPLACE FUNCTION holdpoint.loses_answers(before operators, after operators)
 RETURNS boolean
 LANGUAGE sql
 IMMUTABLE
AS $function$
  select after.disabled_at is not null and before.disabled_at is null
    or 'decide' = any (scopes_of(before.roles)) and not 'decide' = any (scopes_of(after.roles))
    or after.agents is not null and (before.agents is null or not before.agents <@ after.agents)
$function$;

CREATE OR REPLACE FUNCTION holdpoint.make_event_partitions(months integer)
 RETURNS integer
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'holdpoint', 'pg_temp'
AS $function$
declare
  m date;
  part text;
  made integer := 0;
begin
  for i in 0..months loop
    m := date_trunc('month', now() at time zone 'utc')::date + make_interval(months => i);
    part := 'run_events_' || to_char(m, 'YYYY_MM');
    continue when to_regclass(part) is not null;
    continue when exists (
      select from run_events_default
      where at >= m::timestamp at time zone 'utc' and at < (m + interval '1 month') at time zone 'utc');
    execute format('create table %I partition of run_events for values from (%L) to (%L)', part,
      m::timestamp at time zone 'utc', (m + interval '1 month') at time zone 'utc');
    execute format('create trigger events_are_not_truncated before truncate on %I
      for each statement execute function refuse_removal()', part);
    made := made + 1;
  end loop;
  return made;
end $function$;
grant execute on function make_event_partitions(integer) to holdpoint_server;

CREATE OR REPLACE FUNCTION holdpoint.make_rule(q approval_queue, actor text, further jsonb, why text)
 RETURNS void
 LANGUAGE plpgsql
AS $function$
declare
  u approval_rules;
begin
  if further is null then return; end if;
  insert into approval_rules (agent_id, workflow_id, tool, target, condition, max_uses, expires_at, policy_id, policy_version,
      approval_id, created_by, why)
    select w.agent_id, case when further ->> 'scope' = 'run' then q.workflow_id end, q.tool, further ->> 'target',
      further ->> 'condition', (further ->> 'maxUses')::integer, (further ->> 'until')::timestamptz, q.policy_id, q.policy_version,
      q.approval_id, actor, make_rule.why
    from workflow_checkpoints w where w.workflow_id = q.workflow_id returning * into u;
  perform audit_of(u.agent_id, actor, 'rule.make', 'approval_rules', u.rule_id::text, null, to_jsonb(u));
end $function$;

CREATE OR REPLACE FUNCTION holdpoint.make_sign_in_link(link_hash bytea, person text, hours integer, actor text)
 RETURNS void
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'holdpoint', 'pg_temp'
AS $function$
begin
  perform check_actor(actor, null);
  if not exists (select from operators where name = person and disabled_at is null) then
    raise exception 'there is nobody named "%" who may sign in: nothing was done', person using errcode = 'HP031';
  end if;
  insert into sign_in_links (link_hash, operator, made_by, expires_at)
    values (make_sign_in_link.link_hash, person, actor, clock_timestamp() + least(hours, 720) * interval '1 hour')
    on conflict do nothing;
  delete from sign_in_links where operator = person and sign_in_links.link_hash not in (
    select l.link_hash from sign_in_links l where l.operator = person order by l.made_at desc limit 20);
  perform audit_person(person, 'operator.link', actor, null, jsonb_build_object('hours', least(hours, 720)));
end $function$;
grant execute on function make_sign_in_link(bytea,text,integer,text) to holdpoint_server;

CREATE OR REPLACE FUNCTION holdpoint.make_token(token text, token_hash bytea, scopes text[], agents text[], expires_at timestamp with time zone, actor text)
 RETURNS void
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'holdpoint', 'pg_temp'
AS $function$
declare
  who text := person_of(actor);
  maker text := case when who like 'operator:%' then substr(who, 10) end;
begin
  perform check_actor(actor, null);
  if not make_token.scopes <@ (select may.scopes from powers_of(actor) may) and not is_administrator() then
    raise exception 'a token may not do more than the one who makes it: nothing was done' using errcode = 'HP030';
  end if;
  insert into api_tokens (name, token_hash, scopes, agents, made_by, expires_at)
    values (token, make_token.token_hash, make_token.scopes, make_token.agents, maker, make_token.expires_at)
    on conflict (name) do nothing;
  if not found then
    raise exception 'there is, or was, a token named "%": nothing was done', token using errcode = 'HP015',
      hint = 'The log names tokens, so a name is given once. Choose another.';
  end if;
  insert into agent_audit_log (action, target_table, target_row_id, data_after, data_timestamp, actor)
    values ('token.make', 'api_tokens', token, jsonb_build_object('scopes', make_token.scopes, 'agents', make_token.agents,
      'expiresAt', make_token.expires_at), clock_timestamp(), actor);
end $function$;
grant execute on function make_token(text,bytea,text[],text[],timestamp with time zone,text) to holdpoint_server;

CREATE OR REPLACE FUNCTION holdpoint.may_act_as(agent text)
 RETURNS boolean
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO 'holdpoint', 'pg_temp'
AS $function$
  select exists (
    select from agent_logins l
    where l.login = session_user
      and (l.agent_id = agent
        or (l.agent_id is null and not exists (select from agent_logins o where o.agent_id = agent)))
  )
$function$;
grant execute on function may_act_as(text) to agent_worker;

CREATE OR REPLACE FUNCTION holdpoint.may_name_others(q approval_queue, actor text)
 RETURNS boolean
 LANGUAGE sql
 STABLE
AS $function$
  select bar_to_part(q, person_of(actor)) is null
    or exists (select from powers_of(actor) may where 'administer' = any (may.scopes))
$function$;

CREATE OR REPLACE FUNCTION holdpoint.may_try_identity(address text)
 RETURNS void
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'holdpoint', 'pg_temp'
AS $function$
begin
  perform assert_operator(), refuse_too_many_tries(array['address:' || left(address, 100)]);
end $function$;
grant execute on function may_try_identity(text) to holdpoint_server;

CREATE OR REPLACE FUNCTION holdpoint.met_by(q approval_queue, p approval_policies, asks boolean, at timestamp with time zone)
 RETURNS jsonb
 LANGUAGE plpgsql
 STABLE
AS $function$
begin
  if not asks and not coalesce(p.gate, false) then return '{"would": "free"}'; end if;
  if q.kind = 'action' and cleared_by_condition(p, q.target, q.arguments) is not null then return '{"would": "pass"}'; end if;
  q := under_policy(q, p, at);
  return jsonb_build_object('would', 'wait', 'quorum', q.quorum, 'fourEyes', q.four_eyes,
    'yeses', (select sum((g ->> 'count')::integer) from jsonb_array_elements(coalesce(q.quorum, '[{"count": 1}]')) g),
    'withinS', case when q.expires_at is not null then greatest(0, extract(epoch from q.expires_at - at)::bigint) end,
    'onExpiry', case when q.expires_at is not null then q.on_expiry end,
    'next', case when q.expires_at is not null and q.on_expiry = 'escalate' then q.escalation -> 0 -> 'to' end);
end $function$;

CREATE OR REPLACE FUNCTION holdpoint.moved(precondition jsonb)
 RETURNS text
 LANGUAGE plpgsql
 SET search_path TO 'holdpoint', 'pg_temp'
AS $function$
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
end $function$;
grant execute on function moved(jsonb) to agent_worker;

CREATE OR REPLACE FUNCTION holdpoint.needs_several(quorum jsonb)
 RETURNS boolean
 LANGUAGE sql
 IMMUTABLE
AS $function$
  select (select sum((g ->> 'count')::integer) from jsonb_array_elements(coalesce(quorum, '[{"count": 1}]')) g) > 1
$function$;

CREATE OR REPLACE FUNCTION holdpoint.next_resume_to(r workflow_checkpoints, wanted text)
 RETURNS text
 LANGUAGE sql
 IMMUTABLE
AS $function$
  select case
    when wanted = 'running' then 'running'
    -- A request made after the no, with nothing else open, is a new question.
    when r.status = 'paused' and r.resume_to = 'rejected' and not (wanted = 'approved' and r.held_by = '{}')
      then 'rejected'
    when wanted is not null then wanted
    when r.status in ('running', 'queued', 'approved') then r.status
    else r.resume_to
  end
$function$;

CREATE OR REPLACE FUNCTION holdpoint.note_barring()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
begin
  new.barred_last_at := clock_timestamp();
  return new;
end $function$;

CREATE OR REPLACE FUNCTION holdpoint.note_gate_told(r workflow_checkpoints, caller_epoch integer)
 RETURNS void
 LANGUAGE plpgsql
AS $function$
begin
  if r.control ->> 'verb' in ('pause', 'kill') and r.control ->> 'acknowledgedAt' is null and r.epoch = caller_epoch
      and (cardinality(r.held_by) > 0 or r.status = 'killed') then
    update workflow_checkpoints set control = control_reached(r.control, 'acknowledged'),
      event_hint = jsonb_build_object('kind', 'control.acknowledged', 'detail', jsonb_build_object('outcome', r.control ->> 'verb'))
      where workflow_id = r.workflow_id;
  end if;
end $function$;

CREATE OR REPLACE FUNCTION holdpoint.note_policy_change()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'holdpoint', 'pg_temp'
AS $function$
begin
  update policies_changed set at = clock_timestamp();
  return null;
end $function$;

CREATE OR REPLACE FUNCTION holdpoint.note_refusal(run uuid, a actions, call jsonb, no jsonb)
 RETURNS jsonb
 LANGUAGE plpgsql
AS $function$
begin
  update workflow_checkpoints w set event_hint = jsonb_build_object('kind', 'action.refused', 'actor', 'agent:' || w.agent_id,
      'detail', jsonb_strip_nulls(jsonb_build_object('tool', a.tool, 'target', left(a.target, 200), 'step', a.step,
        'outcome', no ->> 'code', 'why', left(no ->> 'why', 500), 'approvalId', call ->> 'approval')))
    where workflow_id = run;
  insert into agent_audit_log (agent_id, workflow_id, action, target_table, target_row_id, data_after, data_timestamp, actor)
    select w.agent_id, run, 'action.refuse ' || coalesce(a.tool, ''), 'actions',
      (select x.action_id::text from actions x where x.action_id = a.action_id),
      jsonb_strip_nulls(jsonb_build_object('tool', a.tool, 'target', left(a.target, 200), 'step', a.step,
        'digest', left(call ->> 'digest', 64), 'code', no ->> 'code', 'why', left(no ->> 'why', 2000),
        'approval', left(call ->> 'approval', 100))),
      clock_timestamp(), 'agent:' || w.agent_id
    from workflow_checkpoints w where w.workflow_id = run;
  return no;
end $function$;

CREATE OR REPLACE FUNCTION holdpoint.note_seen(hashes bytea[])
 RETURNS void
 LANGUAGE sql
 SECURITY DEFINER
 SET search_path TO 'holdpoint', 'pg_temp'
AS $function$
  update operator_sessions set last_seen_at = clock_timestamp()
    where token_hash = any (hashes) and ended_at is null and last_seen_at < clock_timestamp() - interval '1 minute';
  update api_tokens set last_used_at = clock_timestamp()
    where token_hash = any (hashes) and revoked_at is null
      and (last_used_at is null or last_used_at < clock_timestamp() - interval '1 minute');
$function$;
grant execute on function note_seen(bytea[]) to holdpoint_server;

CREATE OR REPLACE FUNCTION holdpoint.note_task(run uuid, task uuid, status text)
 RETURNS void
 LANGUAGE sql
AS $function$
  update workflow_checkpoints set event_hint = jsonb_build_object('kind', 'task.written', 'detail',
    jsonb_build_object('taskId', task, 'taskStatus', left(status, 100))) where workflow_id = run
$function$;

CREATE OR REPLACE FUNCTION holdpoint.open_approval(approval uuid, seen integer)
 RETURNS approval_queue
 LANGUAGE plpgsql
AS $function$
declare
  q approval_queue;
  run uuid;
begin
  select workflow_id into run from approval_queue where approval_id = approval;
  if not found then
    raise exception 'no approval %: nothing was done', approval using errcode = 'HP014';
  end if;
  perform lock_run(run);
  select * into q from approval_queue where approval_id = approval for no key update;
  if q.decision is not null then
    raise exception 'approval % was % by % at %: nothing was done', approval, q.decision, q.decided_by,
      to_char(q.decided_at at time zone 'utc', 'HH24:MI:SS"Z"') using errcode = 'HP007';
  end if;
  if q.closed_at is not null and q.expired_at is null then
    raise exception 'approval % closed without a decision (%): nothing was done', approval, q.closed_why
      using errcode = 'HP008';
  end if;
  if q.version <> seen then
    raise exception 'approval % has changed since you looked (version %, you saw %): nothing was done', approval, q.version, seen
      using errcode = 'HP020', hint = 'Look at it again, then decide.';
  end if;
  return q;
end $function$;

CREATE OR REPLACE FUNCTION holdpoint.open_detection(r workflow_checkpoints, finding jsonb)
 RETURNS void
 LANGUAGE plpgsql
AS $function$
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
end $function$;

CREATE OR REPLACE FUNCTION holdpoint.open_run_transactions(most integer DEFAULT 10)
 RETURNS TABLE(pid integer, login name, transaction_age double precision, is_agent boolean)
 LANGUAGE plpgsql
 STABLE SECURITY DEFINER
 SET search_path TO 'holdpoint', 'pg_temp'
AS $function$
begin
  perform assert_operator();
  return query
    select a.pid, a.usename, extract(epoch from clock_timestamp() - a.xact_start)::double precision,
      exists (select from agent_logins l where l.login = a.usename)
    from pg_stat_activity a
    where a.datname = current_database() and a.pid <> pg_backend_pid()
      and not exists (
        select from pg_auth_members m where m.member = a.usesysid and m.roleid = 'holdpoint_server'::regrole)
      -- Writing a row, or locking it to write, leaves such a lock on the table until the end.
      and exists (
        select from pg_locks k
        where k.pid = a.pid and k.granted and k.locktype = 'relation' and k.relation = 'workflow_checkpoints'::regclass
          and k.mode in ('RowShareLock', 'RowExclusiveLock', 'ShareRowExclusiveLock', 'ExclusiveLock', 'AccessExclusiveLock'))
    -- Of a login that the owner does not administer the age is not to be seen; it comes last.
    order by a.xact_start nulls last limit most;
end $function$;
grant execute on function open_run_transactions(integer) to holdpoint_server;

CREATE OR REPLACE FUNCTION holdpoint.own_agent()
 RETURNS text
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO 'holdpoint', 'pg_temp'
AS $function$ select agent_id from agent_logins where login = session_user $function$;
grant execute on function own_agent() to agent_worker;

CREATE OR REPLACE FUNCTION holdpoint.own_agent_login(agent text, owner_name text, actor text)
 RETURNS void
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'holdpoint', 'pg_temp'
AS $function$
declare
  l agent_logins;
begin
  perform check_actor(actor, null), check_text('the owner', owner_name, 200);
  update agent_logins set owner = owner_name where agent_id = agent returning * into l;
  if not found then
    raise exception 'no agent "%" with a login: nothing was done', agent using errcode = 'HP011';
  end if;
  perform audit_of(agent, actor, 'agent.own', 'agent_logins', agent, null, jsonb_build_object('owner', l.owner));
end $function$;
grant execute on function own_agent_login(text,text,text) to holdpoint_server;

CREATE OR REPLACE FUNCTION holdpoint.owned_agents()
 RETURNS text[]
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO 'holdpoint', 'pg_temp'
AS $function$ select coalesce(array_agg(agent_id), '{}') from agent_logins where agent_id is not null $function$;
grant execute on function owned_agents() to agent_worker;

CREATE OR REPLACE FUNCTION holdpoint.pass_gate(run uuid, caller_epoch integer, a actions, cleared boolean)
 RETURNS text
 LANGUAGE plpgsql
AS $function$
declare
  agent text;
begin
  if current_setting('transaction_isolation') <> 'read committed' then perform assert_policies_seen(); end if;
  update workflow_checkpoints w set current_tool = a.tool, tool_target = a.target, tool_since = clock_timestamp(),
    status = 'running', waiting_on = null,
    event_hint = jsonb_build_object('kind', 'action.intended', 'actor', 'agent:' || w.agent_id, 'detail',
      jsonb_strip_nulls(jsonb_build_object('actionId', a.action_id, 'tool', a.tool, 'target', left(a.target, 200),
        'step', coalesce(a.step, w.current_step), 'attempt', a.attempt, 'approvalId', a.approval_id)))
    where workflow_id = run and epoch = caller_epoch and status in ('running', 'approved', 'queued')
      and cardinality(held_by) = 0
      -- used_up, written out, as is may_act_as: the gate is the hot path.
      and (limit_tokens is null or tokens_in < limit_tokens - tokens_out)
      and (limit_cost_usd is null or cost_usd < limit_cost_usd)
      and (deadline_at is null or deadline_at > clock_timestamp())
      and (cleared or a.tool <> all (bound_tools) and not exists (select from approval_policies p
        where p.current and p.gate and (p.agent_id is null or p.agent_id = w.agent_id) and (p.skill is null or p.skill = w.skill)
          and (p.tool = a.tool or right(p.tool, 1) = '*' and starts_with(a.tool, left(p.tool, -1)))))
      and exists (select from agent_logins l where l.login = session_user and (l.agent_id = w.agent_id
        or (l.agent_id is null and not exists (select from agent_logins o where o.agent_id = w.agent_id))))
      -- The row is looked at as it is now, the lease as it was when this statement began: a run that was let go
      -- meanwhile shows by its row.
      and (engine = 'sql' or worker is not null and exists (select from run_leases l
        where l.workflow_id = run and l.epoch = caller_epoch and l.lease_until > clock_timestamp()))
    returning w.agent_id into agent;
  return agent;
end $function$;

CREATE OR REPLACE FUNCTION holdpoint.pass_on(q approval_queue, actor text, change text, why text, was jsonb)
 RETURNS jsonb
 LANGUAGE plpgsql
AS $function$
declare
  r workflow_checkpoints;
begin
  r := settle_run(q.workflow_id, jsonb_build_object('kind', 'approval.changed', 'actor', actor, 'detail',
    jsonb_strip_nulls(jsonb_build_object('approvalId', q.approval_id, 'change', change, 'to', to_jsonb(q.assignees), 'why', why))));
  perform audit_approval(q, actor, 'approval.' || change, was, jsonb_strip_nulls(jsonb_build_object('assignees', q.assignees,
    'quorum', q.quorum, 'expiresAt', q.expires_at, 'handedOn', q.handed_on, 'why', why)));
  return run_state(r);
end $function$;

CREATE OR REPLACE FUNCTION holdpoint.password_salt(person text, address text)
 RETURNS TABLE(salt bytea, cost jsonb)
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'holdpoint', 'pg_temp'
AS $function$
begin
  perform assert_operator(), assert_passwords(),
    refuse_too_many_tries(array['account:' || left(person, 100), 'address:' || left(address, 100)]);
  return query
    select coalesce(p.salt, substr(sha256(k.pepper || convert_to(person, 'UTF8')), 1, 16)),
      coalesce(p.cost, '{"N": 32768, "r": 8, "p": 3}')
    from sign_in_pepper k left join operator_passwords p on p.operator = person;
end $function$;
grant execute on function password_salt(text,text) to holdpoint_server;

CREATE OR REPLACE FUNCTION holdpoint.pause_run(run uuid, actor text, why text DEFAULT NULL::text)
 RETURNS jsonb
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'holdpoint', 'pg_temp'
AS $function$
declare
  r workflow_checkpoints;
  earlier text;
begin
  perform check_actor(actor, why);
  r := lock_run(run);
  if is_final(r.status) then perform raise_ended(r); end if;
  select opened_by into earlier from run_holds
    where workflow_id = run and kind = 'operator_pause' and cleared_at is null;
  if found then
    raise exception 'run % was paused by % already: nothing was done', run, earlier using errcode = 'HP015';
  end if;
  insert into run_holds (workflow_id, kind, stop_reason, opened_by, why)
    values (run, 'operator_pause', 'USER_PAUSED', actor, why);
  return run_state(finish_control(r, 'pause', 'run.pause', actor, why, 'operator_pause'));
end $function$;
grant execute on function pause_run(uuid,text,text) to holdpoint_server;

CREATE OR REPLACE FUNCTION holdpoint.person_of(actor text)
 RETURNS text
 LANGUAGE sql
 STABLE
AS $function$
  select coalesce((select 'operator:' || t.made_by from api_tokens t
    where actor like 'token:%' and t.name = substr(actor, 7) and t.made_by is not null), actor)
$function$;

CREATE OR REPLACE FUNCTION holdpoint.person_state(o operators)
 RETURNS jsonb
 LANGUAGE sql
 IMMUTABLE
AS $function$
  select jsonb_build_object('roles', o.roles, 'agents', o.agents, 'email', o.email, 'disabled', o.disabled_at is not null)
$function$;

CREATE OR REPLACE FUNCTION holdpoint.policy_for(agent text, run_skill text, called text)
 RETURNS approval_policies
 LANGUAGE sql
 STABLE
AS $function$ select policy_under(null, agent, run_skill, called) $function$;

CREATE OR REPLACE FUNCTION holdpoint.policy_json(p approval_policies)
 RETURNS jsonb
 LANGUAGE sql
 STABLE
AS $function$
  select jsonb_build_object('id', p.policy_id, 'version', p.version, 'name', p.name, 'agentId', p.agent_id, 'skill', p.skill,
    'tool', p.tool, 'gate', p.gate, 'autoApprove', p.auto_approve, 'quorum', p.quorum, 'fourEyes', p.four_eyes,
    'expiresAfterS', p.expires_after_s, 'onExpiry', p.on_expiry, 'escalation', p.escalation, 'checkInHours', p.check_in_hours,
    'checkInSteps', p.check_in_steps, 'current', p.current, 'createdBy', p.created_by, 'createdAt', p.created_at, 'why', p.why,
    'retiredBy', p.retired_by, 'retiredAt', p.retired_at)
$function$;
grant execute on function policy_json(approval_policies) to holdpoint_server;

CREATE OR REPLACE FUNCTION holdpoint.policy_of(spec jsonb)
 RETURNS approval_policies
 LANGUAGE plpgsql
 STABLE SECURITY DEFINER
 SET search_path TO 'holdpoint', 'pg_temp'
AS $function$
declare
  p approval_policies;
begin
  if jsonb_typeof(spec) is distinct from 'object' or spec - '{name,agentId,skill,tool,gate,autoApprove,quorum,fourEyes,expiresAfterS,onExpiry,escalation,checkInHours,checkInSteps}'::text[] <> '{}' then
    raise exception 'a policy has a part that is not known: nothing was done' using errcode = 'HP010';
  end if;
  spec := jsonb_strip_nulls(spec);
  perform check_size('a policy', spec, 32768), check_condition(spec ->> 'autoApprove'), check_quorum(spec -> 'quorum'),
    check_escalation(spec -> 'escalation');
  p.name := spec ->> 'name';
  p.agent_id := spec ->> 'agentId';
  p.skill := spec ->> 'skill';
  p.tool := spec ->> 'tool';
  p.gate := coalesce((spec ->> 'gate')::boolean, p.tool is not null);
  p.auto_approve := spec ->> 'autoApprove';
  p.quorum := spec -> 'quorum';
  p.four_eyes := coalesce((spec ->> 'fourEyes')::boolean, true);
  p.expires_after_s := (spec ->> 'expiresAfterS')::integer;
  p.on_expiry := coalesce(spec ->> 'onExpiry', 'hold');
  p.escalation := spec -> 'escalation';
  p.check_in_hours := (spec ->> 'checkInHours')::numeric;
  p.check_in_steps := (spec ->> 'checkInSteps')::integer;
  if p.name is null or p.tool is null and (p.gate or p.check_in_hours is null and p.check_in_steps is null) then
    raise exception 'a policy has a name, and a tool or a check-in: nothing was done' using errcode = 'HP010';
  end if;
  if p.on_expiry <> 'hold' and p.expires_after_s is null or p.on_expiry = 'escalate' and p.escalation is null then
    raise exception 'what happens at a deadline needs the deadline, and an escalation its steps: nothing was done' using errcode = 'HP010';
  end if;
  return p;
end $function$;

CREATE OR REPLACE FUNCTION holdpoint.policy_under(draft approval_policies, agent text, run_skill text, called text)
 RETURNS approval_policies
 LANGUAGE sql
 STABLE
AS $function$
  select c.p from (
      select p from approval_policies p where p.current and p.policy_id is distinct from draft.policy_id
      union all select draft where draft.policy_id is not null) c(p)
    where is_about_call(c.p, agent, run_skill, called)
    order by (c.p).agent_id is not null desc, (c.p).skill is not null desc, right((c.p).tool, 1) <> '*' desc,
      char_length((c.p).tool) desc, (c.p).created_at desc limit 1
$function$;

CREATE OR REPLACE FUNCTION holdpoint.powers_of(actor text)
 RETURNS TABLE(scopes text[], agents text[])
 LANGUAGE sql
 STABLE
AS $function$
  select scopes_of(o.roles), o.agents from operators o
    where o.name = substr(actor, 10) and actor like 'operator:%' and o.disabled_at is null
  union all
  select case when m.name is null then t.scopes
      else array(select unnest(t.scopes) intersect select unnest(scopes_of(m.roles))) end,
    case when m.agents is null then t.agents when t.agents is null then m.agents
      else array(select unnest(t.agents) intersect select unnest(m.agents)) end
    from api_tokens t left join operators m on m.name = t.made_by
    where t.name = substr(actor, 7) and actor like 'token:%'
      and t.revoked_at is null and (t.expires_at is null or t.expires_at > clock_timestamp())
      and m.disabled_at is null
$function$;

CREATE OR REPLACE FUNCTION holdpoint.preview_calls(policy uuid, spec jsonb, days integer, most integer)
 RETURNS TABLE(call jsonb, counted integer)
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO 'holdpoint', 'pg_temp'
AS $function$
  with d as materialized (
    select draft, (select p from approval_policies p where p.policy_id = policy and p.current) as old from draft_of(policy, spec) draft
  ), logged as materialized (
    select a.action_id, l.seen_at as at
    from d, agent_audit_log l join actions a on a.workflow_id = l.workflow_id and a.approval_id is null
      and a.action_id = case when pg_input_is_valid(l.target_row_id, 'uuid') then l.target_row_id::uuid end
    join workflow_checkpoints w on w.workflow_id = l.workflow_id
    where l.seen_at > now() - make_interval(days => days) and l.action like 'action.begin %' and l.target_table = 'actions'
      -- Of the log alone, so that of most rows nothing else is read.
      and (stands_for((d.draft).tool, substr(l.action, 14)) or stands_for((d.old).tool, substr(l.action, 14)))
      and ((d.draft).agent_id is null or l.agent_id in ((d.draft).agent_id, (d.old).agent_id)
        or (d.old).policy_id is not null and (d.old).agent_id is null)
      and (is_about_call(d.draft, w.agent_id, w.skill, a.tool) or is_about_call(d.old, w.agent_id, w.skill, a.tool))
    order by l.seen_at desc limit most
  ), begun as (
    select a.workflow_id, as_request(a) as q, false as asks, l.at, a.cleared_by as by
    from (select action_id, max(at) as at from logged group by action_id) l join actions a using (action_id)
  ), asked as (
    select q.workflow_id, as_asked(q) as q, not q.by_gate as asks, q.requested_at as at, q.decided_by as by
    from d, approval_queue q join workflow_checkpoints w on w.workflow_id = q.workflow_id
    where q.requested_at > now() - make_interval(days => days)
      and (is_about_call(d.draft, w.agent_id, w.skill, q.tool) or is_about_call(d.old, w.agent_id, w.skill, q.tool))
    order by q.requested_at desc limit most
  ), newest as materialized (
    select * from (select * from begun union all select * from asked) c order by at desc limit most
  ), sized as (
    select n.*, sum(unpacked_size((n.q).arguments)) over (order by n.at desc rows unbounded preceding) as read from newest n
  ), looked_at as (
    select * from sized where read <= 32 * 1024 * 1024
  ), ruled as materialized (
    select c.*, w.agent_id, d.draft, is_about_call(d.draft, w.agent_id, w.skill, (c.q).tool) as meant,
      policy_under(d.draft, w.agent_id, w.skill, (c.q).tool) as p, policy_for(w.agent_id, w.skill, (c.q).tool) as now_p
    from d, looked_at c join workflow_checkpoints w using (workflow_id)
  ), met as materialized (
    select r.*, met_by(r.q, r.p, r.asks, r.at) as meets,
      ((r.p).policy_id, (r.p).version) is not distinct from ((r.now_p).policy_id, (r.now_p).version) as same_rule
    from ruled r
  ), told as (
    -- A yes that stands for calls to come ends with the version that it was given under.
    select m.*, m.same_rule or coalesce(m.by, '') not like 'rule:%' and m.meets = met_by(m.q, m.now_p, m.asks, m.at) as unchanged
    from met m
  )
  select jsonb_build_object('runId', m.workflow_id, 'agentId', m.agent_id, 'kind', (m.q).kind, 'tool', (m.q).tool,
      'target', left((m.q).target, 200), 'at', m.at, 'asked', m.asks, 'unchanged', m.unchanged, 'meets',
      case when m.meant and (m.p).policy_id <> (m.draft).policy_id then jsonb_build_object('would', 'other', 'policy', (m.p).name)
        else m.meets end),
    count(*) over ()::integer + (most <= (select count(*) from logged) or exists (select from sized where read > 32 * 1024 * 1024))::integer
  from told m order by m.unchanged, m.at desc
$function$;
grant execute on function preview_calls(uuid,jsonb,integer,integer) to holdpoint_server;

CREATE OR REPLACE FUNCTION holdpoint.preview_check_ins(spec jsonb, days integer, most integer)
 RETURNS TABLE(run jsonb, counted integer)
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO 'holdpoint', 'pg_temp'
AS $function$
  with d as materialized (
    select draft, now() - make_interval(days => days) as from_then from draft_of(null, spec) draft
  ), newest as (
    select l.workflow_id, l.agent_id, w.goal, least(w.created_at, l.began_at) as began, l.began_at,
      coalesce(l.ended_at, now()) as ended, w.seq, count(*) over ()::integer as counted
    from d, run_lives l join workflow_checkpoints w using (workflow_id)
    where coalesce(l.ended_at, now()) > d.from_then and is_about_run(d.draft, l.agent_id, w.skill)
  ), lives as materialized (
    select * from (
      select n.*, sum(n.seq) over (order by n.seq > 50000, n.began_at desc rows unbounded preceding) as read from newest n) n
    where read <= 250000 or read = seq order by seq > 50000, began_at desc limit most
  ), told as materialized (
    -- The little of each event that counts, so that it is sorted without its state.
    select l.workflow_id, l.began, l.ended, e.seq, e.at, e.state ->> 'status' as status, (e.state ->> 'steps')::integer as steps,
      is_someone(e.actor) and e.kind not in ('limits.raised', 'action.settled') as is_look
    from lives l join run_events e using (workflow_id)
  ), stretches as (
    -- From one event of a run to the next it is as the first left it.
    select t.*, lead(at, 1, ended) over run as until, count(*) filter (where is_look) over run as looks
    from told t window run as (partition by workflow_id order by seq)
  ), unlooked as (
    select s.*, case when looks = 0 then began else min(at) over look end as looked,
      steps - case when looks = 0 then 0 else min(steps) over look end as since
    from stretches s window look as (partition by workflow_id, looks)
  ), due as materialized (
    select u.workflow_id, greatest(u.at, d.from_then) as at, steps_up(d.draft, u.since) as by_steps, hours_up(d.draft, u.looked) as hours
    from d, unlooked u
    where u.status in ('queued', 'running', 'approved') and u.until > d.from_then
      and (steps_up(d.draft, u.since) or hours_up(d.draft, u.looked) < u.until)
  ), first_due as materialized (
    select distinct on (workflow_id) workflow_id, case when by_steps then at else greatest(at, hours) end as at, by_steps
    from due order by workflow_id, 2
  )
  select jsonb_build_object('runId', l.workflow_id, 'agentId', l.agent_id, 'goal', left(l.goal, 200), 'at', f.at,
      'by', case when f.at is null then null when f.by_steps then 'steps' else 'hours' end), l.counted
  from lives l left join first_due f using (workflow_id) order by f.at nulls last, l.began desc
$function$;
grant execute on function preview_check_ins(jsonb,integer,integer) to holdpoint_server;

CREATE OR REPLACE FUNCTION holdpoint.quorum_met(approval uuid)
 RETURNS boolean
 LANGUAGE sql
 STABLE
AS $function$
  select fills(coalesce(q.quorum, '[{"count": 1}]'), array(
      select v.person from approval_votes v where v.approval_id = approval and v.vote = 'approve' and v.digest = coalesce(q.digest, '')
        and vote_void_since(v.person, v.actor, v.voted_at) is null))
    from approval_queue q where q.approval_id = approval
$function$;

CREATE OR REPLACE FUNCTION holdpoint.raise_ended(r workflow_checkpoints)
 RETURNS void
 LANGUAGE plpgsql
AS $function$
begin
  raise exception 'run % is % (%): that is final, nothing was written', r.workflow_id, r.status,
      coalesce(r.stop_reason, 'ended by its agent')
    using errcode = 'HP002', hint = 'Stop working on this run; start a new one if the work is still wanted.';
end $function$;

CREATE OR REPLACE FUNCTION holdpoint.raise_held(r workflow_checkpoints)
 RETURNS void
 LANGUAGE plpgsql
AS $function$
declare
  h run_holds := top_hold(r.workflow_id);
begin
  raise exception 'run % is held (%)%: nothing was written', r.workflow_id, coalesce(r.stop_reason, r.status),
      case when h.hold_id is null then '' else format(' by %s since %s%s', h.opened_by,
        to_char(h.opened_at at time zone 'utc', 'YYYY-MM-DD HH24:MI:SS"Z"'), coalesce(', ' || h.why, '')) end
    using errcode = 'HP001', hint = 'Wait until the run''s status is running or approved, then write again.';
end $function$;

CREATE OR REPLACE FUNCTION holdpoint.raise_limits(run uuid, actor text, limits jsonb, why text DEFAULT NULL::text)
 RETURNS jsonb
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'holdpoint', 'pg_temp'
 SET "TimeZone" TO 'UTC'
AS $function$
declare
  r workflow_checkpoints;
  before jsonb;
begin
  perform check_actor(actor, why);
  if jsonb_typeof(limits) is distinct from 'object' or limits = '{}' or limits - '{tokens,costUsd,steps,deadline}'::text[] <> '{}' then
    raise exception 'limits are {tokens, costUsd, steps, deadline}: nothing was done' using errcode = 'HP010';
  end if;
  r := lock_run(run);
  if is_final(r.status) then perform raise_ended(r); end if;
  perform check_not_lower('a limit of tokens', r.limit_tokens, (limits ->> 'tokens')::numeric),
    check_not_lower('a limit of USD', r.limit_cost_usd, (limits ->> 'costUsd')::numeric),
    check_not_lower('a limit of steps', r.limit_steps, (limits ->> 'steps')::numeric),
    check_not_lower('a deadline', extract(epoch from r.deadline_at), extract(epoch from (limits ->> 'deadline')::timestamptz));
  before := run_state(r) -> 'limits';
  update workflow_checkpoints set
    limit_tokens = case when limits ? 'tokens' then (limits ->> 'tokens')::bigint else limit_tokens end,
    limit_cost_usd = case when limits ? 'costUsd' then (limits ->> 'costUsd')::numeric else limit_cost_usd end,
    limit_steps = case when limits ? 'steps' then (limits ->> 'steps')::integer else limit_steps end,
    deadline_at = case when limits ? 'deadline' then (limits ->> 'deadline')::timestamptz else deadline_at end,
    event_hint = jsonb_build_object('kind', 'limits.raised', 'actor', actor, 'detail',
      jsonb_strip_nulls(jsonb_build_object('why', why)))
    where workflow_id = run returning * into r;
  perform audit_operator(r, actor, 'run.raise_limits', before, (run_state(r) -> 'limits') || jsonb_build_object('why', why));
  if 'budget' = any (r.held_by) and steps_used_up(r) is null then
    update run_holds set cleared_at = clock_timestamp(), cleared_by = actor, cleared_why = 'its limit was raised'
      where workflow_id = run and kind = 'budget' and cleared_at is null;
    r := finish_control(r, 'resume', 'run.resume', actor, coalesce(why, 'its limit was raised'), 'budget');
  end if;
  return run_state(r);
end $function$;
grant execute on function raise_limits(uuid,text,jsonb,text) to holdpoint_server;

CREATE OR REPLACE FUNCTION holdpoint.record_audit_row()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'holdpoint', 'pg_temp'
AS $function$
begin
  update workflow_checkpoints set event_hint = jsonb_build_object('kind', 'audit.recorded', 'detail',
      jsonb_strip_nulls(jsonb_build_object('action', left(new.action, 200), 'table', left(new.target_table, 200),
        'row', left(new.target_row_id, 200), 'late', nullif(new.late, false), 'logId', new.log_id)))
    where workflow_id = new.workflow_id;
  return null;
end $function$;

CREATE OR REPLACE FUNCTION holdpoint.record_drift(run uuid, fed jsonb)
 RETURNS boolean
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'holdpoint', 'pg_temp'
 SET lock_timeout TO '250ms'
AS $function$
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
end $function$;
grant execute on function record_drift(uuid,jsonb) to holdpoint_server;

CREATE OR REPLACE FUNCTION holdpoint.record_firing(r workflow_checkpoints)
 RETURNS void
 LANGUAGE plpgsql
AS $function$
begin
  if not exists (select from loops where agent_id = r.agent_id and name = r."loop") then
    raise exception 'agent "%" has declared no loop "%": nothing was written', r.agent_id, r."loop"
      using errcode = 'HP010', hint = 'Declare it first (declare_loop).';
  end if;
  insert into loop_firings (agent_id, loop, due_at, fired_at, workflow_id)
    values (r.agent_id, r."loop", r.due_at, clock_timestamp(), r.workflow_id)
    on conflict (agent_id, loop, due_at) do update set fired_at = excluded.fired_at, workflow_id = excluded.workflow_id
      where loop_firings.fired_at is null;
  if not found then
    raise exception 'loop "%" was fired for % already: nothing was written', r."loop",
      to_char(r.due_at at time zone 'utc', 'YYYY-MM-DD HH24:MI:SS"Z"') using errcode = 'HP015';
  end if;
end $function$;

CREATE OR REPLACE FUNCTION holdpoint.record_fleet_sample()
 RETURNS void
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'holdpoint', 'pg_temp'
AS $function$
declare
  now_at timestamptz;
  before timestamptz;
begin
  perform assert_operator();
  -- One at a time, or two would count the same ends.
  lock table fleet_samples in share row exclusive mode;
  now_at := clock_timestamp();
  select max(at) into before from fleet_samples;
  if before > now_at - interval '1 second' then return; end if;
  insert into fleet_samples (at, counts, ended)
    select now_at,
      (select coalesce(jsonb_object_agg(state, n), '{}') from (
        select shown_state(w) as state, count(*) as n from workflow_checkpoints w
        where w.status in ('queued', 'running', 'paused', 'approved', 'lost') group by 1) s),
      (select jsonb_object_agg(s.status, (select count(*) from workflow_checkpoints w
          where w.status = s.status and w.status_since > coalesce(before, now_at - interval '15 seconds') and w.status_since <= now_at))
        from unnest('{complete,failed,killed}'::text[]) s(status));
  delete from fleet_samples where at < now_at - interval '31 days';
end $function$;
grant execute on function record_fleet_sample() to holdpoint_server;

CREATE OR REPLACE FUNCTION holdpoint.record_run_end()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'holdpoint', 'pg_temp'
AS $function$
begin
  insert into agent_audit_log (agent_id, workflow_id, action, target_table, target_row_id, data_before, data_after,
      data_timestamp, actor)
    values (new.agent_id, new.workflow_id, case new.status when 'complete' then 'run.complete' else 'run.fail' end,
      'workflow_checkpoints', new.workflow_id::text, held_state(old),
      held_state(new) || jsonb_strip_nulls(jsonb_build_object('step', left(new.current_step, 500),
        'why', left(new.stop_detail, 2000))),
      clock_timestamp(), new.last_event ->> 'actor');
  return null;
end $function$;

CREATE OR REPLACE FUNCTION holdpoint.record_run_insert()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'holdpoint', 'pg_temp'
 SET "TimeZone" TO 'UTC'
AS $function$
begin
  insert into run_events (workflow_id, seq, kind, actor, at, state)
    values (new.workflow_id, new.seq, new.last_event ->> 'kind', new.last_event ->> 'actor',
      (new.last_event ->> 'at')::timestamptz, run_state(new));
  if new.status = 'paused' then
    insert into run_holds (workflow_id, kind, stop_reason, opened_by, why)
      values (new.workflow_id, 'self', 'AWAITING_APPROVAL', 'agent:' || new.agent_id, 'started paused by its agent');
  end if;
  if new."loop" is not null then perform record_firing(new); end if;
  insert into agent_audit_log (agent_id, workflow_id, action, target_table, target_row_id, data_after, data_timestamp, actor)
    values (new.agent_id, new.workflow_id, 'run.start', 'workflow_checkpoints', new.workflow_id::text,
      jsonb_strip_nulls(jsonb_build_object('status', new.status, 'step', left(new.current_step, 500),
        'goal', left(new.goal, 500), 'skill', left(new.skill, 200), 'parent', new.parent_id, 'loop', new."loop")),
      clock_timestamp(), new.last_event ->> 'actor');
  return null;
end $function$;

CREATE OR REPLACE FUNCTION holdpoint.record_task_write()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'holdpoint', 'pg_temp'
AS $function$
begin
  perform note_task(new.workflow_id, new.id, new.status);
  return null;
end $function$;

CREATE OR REPLACE FUNCTION holdpoint.refusal(r workflow_checkpoints, caller_epoch integer)
 RETURNS jsonb
 LANGUAGE sql
 STABLE
AS $function$
  select case
    when is_final(r.status) then jsonb_build_object('decision', 'deny', 'code', 'RUN_ENDED',
      'why', format('the run is %s%s', r.status, coalesce(': ' || r.stop_detail, '')))
    when r.epoch is distinct from caller_epoch then jsonb_build_object('decision', 'deny', 'code', 'FENCED',
      'why', format('another worker holds the run (epoch %s, yours is %s)', r.epoch, caller_epoch))
    when r.status = 'lost' then jsonb_build_object('decision', 'deny', 'code', 'FENCED',
      'why', 'the lease ran out; claim the run again')
    when cardinality(r.held_by) > 0 or r.status = 'paused' then jsonb_build_object('decision', 'hold',
      'stopReason', r.stop_reason, 'why', r.stop_detail)
  end
$function$;

CREATE OR REPLACE FUNCTION holdpoint.refuse_drift(run uuid, caller_epoch integer, call jsonb, why text)
 RETURNS jsonb
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'holdpoint', 'pg_temp'
AS $function$
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
end $function$;
grant execute on function refuse_drift(uuid,integer,jsonb,text) to agent_worker;

CREATE OR REPLACE FUNCTION holdpoint.refuse_identity(who text, why text, address text)
 RETURNS void
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'holdpoint', 'pg_temp'
AS $function$
begin
  perform assert_operator(), count_failure('address:' || left(refuse_identity.address, 100), 20);
  insert into agent_audit_log (action, target_table, target_row_id, data_after, data_timestamp)
    values ('sign_in.refused', 'operators', left(who, 100), jsonb_build_object('method', 'oidc', 'why', left(why, 200),
      'address', left(refuse_identity.address, 100)), clock_timestamp());
end $function$;
grant execute on function refuse_identity(text,text,text) to holdpoint_server;

CREATE OR REPLACE FUNCTION holdpoint.refuse_removal()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
begin
  raise exception '% on % is refused: this record is kept', lower(tg_op), tg_table_name using errcode = 'HP009';
end $function$;

CREATE OR REPLACE FUNCTION holdpoint.refuse_too_many_tries(keys text[])
 RETURNS void
 LANGUAGE plpgsql
AS $function$
declare
  wait double precision;
begin
  select extract(epoch from max(blocked_until) - clock_timestamp()) into wait from sign_in_failures
    where key = any (array(select failure_key(k) from unnest(keys) k));
  if wait > 0 then
    raise exception 'too many tries: wait % s', ceil(wait) using errcode = 'HP032',
      hint = 'Or sign in with a link from an administrator.';
  end if;
end $function$;

CREATE OR REPLACE FUNCTION holdpoint.register_agent_login(login_name name, agent text)
 RETURNS void
 LANGUAGE sql
 SECURITY DEFINER
 SET search_path TO 'holdpoint', 'pg_temp'
AS $function$
  insert into agent_logins (login, agent_id) values (login_name, agent)
    on conflict (login) do update set agent_id = excluded.agent_id
$function$;

CREATE OR REPLACE FUNCTION holdpoint.release_agent(agent text, actor text, reason text DEFAULT NULL::text)
 RETURNS integer
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'holdpoint', 'pg_temp'
AS $function$
declare
  l agent_logins;
  run uuid;
  r workflow_checkpoints;
  released integer := 0;
begin
  perform check_actor(actor, reason);
  select * into l from agent_logins where agent_id = agent for update;
  if not found then
    raise exception 'agent "%" has no login of its own: nothing was done', agent using errcode = 'HP011';
  elsif l.isolated_at is null then
    raise exception 'agent "%" is not isolated: nothing was done', agent using errcode = 'HP015';
  end if;
  execute format('alter role %I login', l.login);
  update agent_logins set isolated_at = null, isolated_by = null, isolated_why = null where login = l.login;
  for run in
    select distinct workflow_id from run_holds
    where kind = 'isolation' and cleared_at is null
      and workflow_id in (select w.workflow_id from workflow_checkpoints w where w.agent_id = agent) order by 1
  loop
    r := lock_run(run);
    update run_holds set cleared_at = clock_timestamp(), cleared_by = actor, cleared_why = reason
      where workflow_id = run and kind = 'isolation' and cleared_at is null;
    continue when not found;
    perform finish_control(r, 'resume', 'run.release', actor, reason, 'isolation');
    released := released + 1;
  end loop;
  perform audit_login(l, actor, 'agent.release', reason);
  return released;
end $function$;
grant execute on function release_agent(text,text,text) to holdpoint_server;

CREATE OR REPLACE FUNCTION holdpoint.release_run(run uuid, caller_epoch integer, why text DEFAULT NULL::text)
 RETURNS jsonb
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'holdpoint', 'pg_temp'
AS $function$
declare
  r workflow_checkpoints;
begin
  perform check_text('why', why, 2000);
  r := lock_own_run(run);
  if is_final(r.status) then perform raise_ended(r); end if;
  perform check_epoch(r, caller_epoch);
  if r.engine = 'sql' then
    raise exception 'run % is driven by plain SQL and has no lease: nothing was written', run using errcode = 'HP003';
  end if;
  if exists (select from actions where workflow_id = run and state in ('intended', 'accepted')) then
    raise exception 'run % has an action in flight: it was not let go', run using errcode = 'HP003';
  end if;
  delete from run_leases where workflow_id = run;
  -- Swept meanwhile, or said twice.
  if r.worker is null then return run_state(r); end if;
  update workflow_checkpoints set worker = null, current_tool = null,
    status = case when status in ('running', 'approved') then 'queued' else status end,
    control = case when control ->> 'verb' <> 'resume' then control_reached(control, 'quiesced') else control end,
    event_hint = jsonb_build_object('kind', 'run.released', 'detail',
      jsonb_strip_nulls(jsonb_build_object('why', why, 'outcome', worker)))
    where workflow_id = run returning * into r;
  return run_state(r);
end $function$;
grant execute on function release_run(uuid,integer,text) to agent_worker;

CREATE OR REPLACE FUNCTION holdpoint.remove_channel(channel uuid, actor text)
 RETURNS void
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'holdpoint', 'pg_temp'
AS $function$
declare
  gone notification_channels;
  unsent integer;
begin
  perform check_actor(actor, null);
  select count(*) into unsent from notifications where channel_id = channel and state <> 'sent';
  delete from notification_channels where channel_id = channel returning * into gone;
  if not found then
    raise exception 'there is no such channel: nothing was done' using errcode = 'HP015';
  end if;
  perform audit_channel(channel, 'channel.remove', actor, channel_facts(gone), jsonb_build_object('unsent', unsent));
end $function$;
grant execute on function remove_channel(uuid,text) to holdpoint_server;

CREATE OR REPLACE FUNCTION holdpoint.remove_password(person text, actor text)
 RETURNS void
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'holdpoint', 'pg_temp'
AS $function$
begin
  perform check_actor(actor, null);
  delete from operator_passwords where operator = person;
  if not found then
    raise exception '% has no password: nothing was done', person using errcode = 'HP015';
  end if;
  perform audit_person(person, 'operator.remove_password', actor, null, null);
end $function$;
grant execute on function remove_password(text,text) to holdpoint_server;

CREATE OR REPLACE FUNCTION holdpoint.remove_view(view_name text, actor text)
 RETURNS void
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'holdpoint', 'pg_temp'
AS $function$
declare
  gone saved_views;
begin
  perform check_actor(actor, null);
  delete from saved_views where name = view_name returning * into gone;
  if not found then
    raise exception 'there is no view "%": nothing was done', view_name using errcode = 'HP015';
  end if;
  insert into agent_audit_log (action, target_table, target_row_id, data_before, data_timestamp, actor)
    values ('view.remove', 'saved_views', view_name, jsonb_build_object('search', gone.search), clock_timestamp(), actor);
end $function$;
grant execute on function remove_view(text,text) to holdpoint_server;

CREATE OR REPLACE FUNCTION holdpoint.report_progress(run uuid, caller_epoch integer, patch jsonb)
 RETURNS jsonb
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'holdpoint', 'pg_temp'
AS $function$
declare
  r workflow_checkpoints;
begin
  r := lock_own_run(run);
  if is_final(r.status) then perform raise_ended(r); end if;
  perform check_epoch(r, caller_epoch);
  -- Of plain SQL this is a checkpoint change like any other: invariant 1.
  if r.engine = 'sql' then perform check_may_go_on(r); end if;
  perform check_text('goal', patch ->> 'goal', 4000), check_size('labels', patch -> 'labels', 4096),
    check_size('waitingOn', patch -> 'waitingOn', 4096), check_spend(patch),
    check_shapes(coalesce(patch -> 'labels', '{}'), nullif(patch -> 'waitingOn', 'null'));
  if (patch ->> 'closed')::integer not between 0 and 1000000 or (patch ->> 'of')::integer not between 0 and 1000000 then
    raise exception 'a checklist has 0 to 1000000 items: nothing was written' using errcode = 'HP010';
  end if;
  update workflow_checkpoints set
    goal = coalesce(patch ->> 'goal', goal),
    labels = coalesce(patch -> 'labels', labels),
    waiting_on = case when patch ? 'waitingOn' then nullif(patch -> 'waitingOn', 'null') else waiting_on end,
    tokens_in = tokens_in + coalesce((patch ->> 'tokensIn')::bigint, 0),
    tokens_out = tokens_out + coalesce((patch ->> 'tokensOut')::bigint, 0),
    cost_usd = cost_usd + coalesce((patch ->> 'costUsd')::numeric, 0),
    event_hint = jsonb_strip_nulls(jsonb_build_object(
      'kind', case when patch ? 'waitingOn' then 'run.waiting' else 'run.progress' end,
      'detail', case when patch ? 'closed' then
        jsonb_strip_nulls(jsonb_build_object('closed', (patch ->> 'closed')::integer, 'of', (patch ->> 'of')::integer)) end))
    where workflow_id = run returning * into r;
  return run_state(r);
end $function$;
grant execute on function report_progress(uuid,integer,jsonb) to agent_worker;

CREATE OR REPLACE FUNCTION holdpoint.resume_judged(run uuid, actor text, was_right boolean, why text DEFAULT NULL::text)
 RETURNS jsonb
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'holdpoint', 'pg_temp'
AS $function$
declare
  r workflow_checkpoints;
  held uuid;
begin
  perform check_actor(actor, why);
  r := lock_run(run);
  select d.detection_id into held from detections d join run_holds h on h.hold_id = d.hold_id
    where d.workflow_id = run and h.cleared_at is null;
  if held is null and not is_final(r.status) then
    raise exception 'nothing that a rule found holds run %: nothing was done', run using errcode = 'HP015',
      hint = 'Resume it without a verdict.';
  end if;
  if held is not null then perform judge_detection(held, actor, was_right, why); end if;
  return resume_run(run, actor, why);
end $function$;
grant execute on function resume_judged(uuid,text,boolean,text) to holdpoint_server;

CREATE OR REPLACE FUNCTION holdpoint.resume_run(run uuid, actor text, why text DEFAULT NULL::text)
 RETURNS jsonb
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'holdpoint', 'pg_temp'
AS $function$
declare
  r workflow_checkpoints;
  cleared integer;
begin
  perform check_actor(actor, why);
  r := lock_run(run);
  if is_final(r.status) then perform raise_ended(r); end if;
  if 'budget' = any (r.held_by) and steps_used_up(r) is not null then
    raise exception 'run % has nothing left to go on with (%): nothing was done', run, steps_used_up(r)
      using errcode = 'HP001', hint = 'Raise its limit; that lets it go on.';
  end if;
  update run_holds set cleared_at = clock_timestamp(), cleared_by = actor, cleared_why = resume_run.why
    where workflow_id = run and cleared_at is null and kind not in ('approval', 'isolation', 'outcome');
  get diagnostics cleared = row_count;
  if cleared = 0 and 'isolation' = any (r.held_by) then
    raise exception 'run % is held because its agent is isolated: nothing was done', run
      using errcode = 'HP001', hint = 'Release the agent.';
  elsif cleared = 0 and 'outcome' = any (r.held_by) then
    raise exception 'run % waits until it is known whether its action landed: nothing was done', run
      using errcode = 'HP001', hint = 'Find out, and settle the action.';
  elsif cleared = 0 and cardinality(r.held_by) > 0 then
    raise exception 'run % waits for a decision: nothing was done', run
      using errcode = 'HP001', hint = 'Approve or reject what it asks for.';
  elsif cleared = 0 and r.status <> 'paused' then
    raise exception 'run % is % and nothing holds it: nothing was done', run, r.status using errcode = 'HP015';
  end if;
  -- With nothing cleared the run was stopped by a rejection alone; a person lets it go on.
  return run_state(finish_control(r, 'resume', 'run.resume', actor, why,
    resume_as => case when cleared = 0 then 'running' end));
end $function$;
grant execute on function resume_run(uuid,text,text) to holdpoint_server;

CREATE OR REPLACE FUNCTION holdpoint.retire_loop(agent text, loop_name text, actor text, why text DEFAULT NULL::text)
 RETURNS void
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'holdpoint', 'pg_temp'
AS $function$
declare
  gone loops;
begin
  perform check_actor(actor, why);
  delete from loops where agent_id = agent and name = loop_name returning * into gone;
  if not found then
    raise exception 'agent "%" has no loop "%": nothing was done', agent, loop_name using errcode = 'HP015';
  end if;
  insert into agent_audit_log (agent_id, action, target_table, target_row_id, data_before, data_after, data_timestamp, actor)
    values (agent, 'loop.retire', 'loops', loop_name, jsonb_build_object('cron', gone.cron, 'event', gone.event),
      jsonb_build_object('why', why), clock_timestamp(), actor);
end $function$;
grant execute on function retire_loop(text,text,text,text) to holdpoint_server;

CREATE OR REPLACE FUNCTION holdpoint.retire_policy(policy uuid, actor text, why text DEFAULT NULL::text)
 RETURNS jsonb
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'holdpoint', 'pg_temp'
AS $function$
declare
  p approval_policies;
begin
  perform check_actor(actor, why);
  update approval_policies set current = false, retired_by = actor, retired_at = clock_timestamp()
    where policy_id = policy and current returning * into p;
  if not found then
    raise exception 'no policy % that is in force: nothing was done', policy using errcode = 'HP023';
  end if;
  perform audit_of(p.agent_id, actor, 'policy.retire', 'approval_policies', policy::text, policy_json(p), jsonb_build_object('why', why));
  return policy_json(p);
end $function$;
grant execute on function retire_policy(uuid,text,text) to holdpoint_server;

CREATE OR REPLACE FUNCTION holdpoint.retry_notifications(channel uuid, actor text)
 RETURNS integer
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'holdpoint', 'pg_temp'
AS $function$
declare
  again integer;
begin
  perform check_actor(actor, null);
  update notifications set state = 'pending', next_attempt_at = clock_timestamp(),
      attempts = case state when 'failed' then 0 else attempts end
    where channel_id = channel and state in ('failed', 'pending');
  get diagnostics again = row_count;
  if again = 0 then
    raise exception 'nothing of this channel waits to be sent: nothing was done' using errcode = 'HP015';
  end if;
  perform audit_channel(channel, 'channel.retry', actor, null, jsonb_build_object('messages', again));
  return again;
end $function$;
grant execute on function retry_notifications(uuid,text) to holdpoint_server;

CREATE OR REPLACE FUNCTION holdpoint.revoke_rule(rule uuid, actor text, why text DEFAULT NULL::text)
 RETURNS void
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'holdpoint', 'pg_temp'
AS $function$
declare
  u approval_rules;
begin
  perform check_actor(actor, why);
  update approval_rules set revoked_by = actor, revoked_at = clock_timestamp() where rule_id = rule and revoked_at is null returning * into u;
  if not found then
    raise exception 'no rule % that is in force: nothing was done', rule using errcode = 'HP024';
  end if;
  perform audit_of(u.agent_id, actor, 'rule.revoke', 'approval_rules', rule::text, null, jsonb_build_object('why', why, 'uses', u.uses));
end $function$;
grant execute on function revoke_rule(uuid,text,text) to holdpoint_server;

CREATE OR REPLACE FUNCTION holdpoint.revoke_token(token text, actor text)
 RETURNS void
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'holdpoint', 'pg_temp'
AS $function$
begin
  perform check_actor(actor, null);
  -- First the row: a token that revokes itself is judged by what it is now.
  insert into agent_audit_log (action, target_table, target_row_id, data_timestamp, actor)
    values ('token.revoke', 'api_tokens', token, clock_timestamp(), actor);
  update api_tokens set revoked_at = clock_timestamp(), revoked_by = actor where name = token and revoked_at is null;
  if not found then
    raise exception 'there is no token "%" that could be revoked: nothing was done', token using errcode = 'HP015';
  end if;
end $function$;
grant execute on function revoke_token(text,text) to holdpoint_server;

CREATE OR REPLACE FUNCTION holdpoint.risk_rank(risk text)
 RETURNS integer
 LANGUAGE sql
 IMMUTABLE
AS $function$ select array_position('{low,medium,high}'::text[], risk) $function$;

CREATE OR REPLACE FUNCTION holdpoint.run_state(r workflow_checkpoints)
 RETURNS jsonb
 LANGUAGE sql
 STABLE
AS $function$
  select jsonb_build_object(
    'id', r.workflow_id, 'agentId', r.agent_id, 'parentId', r.parent_id, 'rootId', coalesce(r.root_id, r.workflow_id),
    'goal', left(r.goal, 300), 'skill', r.skill, 'skillVersion', r.skill_version, 'loop', r.loop, 'labels', r.labels,
    'engine', r.engine, 'worker', r.worker,
    'status', r.status, 'statusSince', r.status_since, 'heldBy', to_jsonb(r.held_by),
    'stopReason', r.stop_reason, 'stopDetail', r.stop_detail,
    'asks', case when 'approval' = any (r.held_by) then asked_of(r.workflow_id) end,
    'step', r.current_step, 'stepSince', r.step_since, 'steps', r.steps,
    'tool', r.current_tool, 'toolTarget', r.tool_target, 'toolSince', r.tool_since, 'waitingOn', r.waiting_on,
    'spend', jsonb_build_object('tokensIn', r.tokens_in, 'tokensOut', r.tokens_out, 'costUsd', r.cost_usd),
    'limits', jsonb_build_object('tokens', r.limit_tokens, 'costUsd', r.limit_cost_usd, 'steps', r.limit_steps,
      'deadline', r.deadline_at),
    'drift', r.drift, 'control', r.control, 'epoch', r.epoch, 'seq', r.seq, 'lastEvent', r.last_event,
    'createdAt', r.created_at)
$function$;
grant execute on function run_state(workflow_checkpoints) to holdpoint_server;

CREATE OR REPLACE FUNCTION holdpoint.said_version(value jsonb)
 RETURNS text
 LANGUAGE sql
 IMMUTABLE
AS $function$
  select substring(v #>> '{}' from '^\S{1,40}$')
  from (select case jsonb_typeof(value) when 'object' then value -> 'version' else value end) version(v)
  where jsonb_typeof(v) in ('string', 'number')
$function$;
grant execute on function said_version(jsonb) to holdpoint_server;

CREATE OR REPLACE FUNCTION holdpoint.save_channel(channel uuid, spec jsonb, sealed bytea, actor text)
 RETURNS void
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'holdpoint', 'pg_temp'
AS $function$
declare
  before notification_channels;
  c notification_channels;
begin
  perform check_actor(actor, null);
  select * into before from notification_channels where channel_id = channel for no key update;
  if exists (select from notification_channels n where lower(n.name) = lower(spec ->> 'name') and n.channel_id <> channel) then
    raise exception 'there is a channel "%" already: nothing was done', spec ->> 'name' using errcode = 'HP010';
  end if;
  if before.channel_id is null and sealed is null or before.kind <> spec ->> 'kind' then
    raise exception 'a channel has its kind and its secrets from the start: nothing was done' using errcode = 'HP010';
  end if;
  if before.channel_id is null and (select count(*) from notification_channels) >= 100 then
    raise exception 'there are 100 channels: nothing was done' using errcode = 'HP016';
  end if;
  insert into notification_channels as n (channel_id, name, kind, address, classes, reasons, agents, minimum_risk, enabled, made_by)
    values (channel, spec ->> 'name', spec ->> 'kind', spec ->> 'address', texts_of(spec -> 'classes'), texts_of(spec -> 'reasons'),
      texts_of(spec -> 'agents'), spec ->> 'minimumRisk', (spec ->> 'enabled')::boolean, actor)
    on conflict (channel_id) do update set name = excluded.name, address = excluded.address, classes = excluded.classes,
      reasons = excluded.reasons, agents = excluded.agents, minimum_risk = excluded.minimum_risk, enabled = excluded.enabled
    returning * into c;
  insert into notification_secrets as s (channel_id, sealed) select channel, save_channel.sealed where save_channel.sealed is not null
    on conflict (channel_id) do update set sealed = excluded.sealed;
  perform audit_channel(channel, case when before.channel_id is null then 'channel.add' else 'channel.change' end, actor,
    case when before.channel_id is not null then channel_facts(before) end,
    channel_facts(c) || jsonb_build_object('newSecrets', sealed is not null));
end $function$;
grant execute on function save_channel(uuid,jsonb,bytea,text) to holdpoint_server;

CREATE OR REPLACE FUNCTION holdpoint.save_drift_settings(agent text, settings jsonb, holds boolean, actor text, why text DEFAULT NULL::text, expected integer DEFAULT NULL::integer)
 RETURNS integer
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'holdpoint', 'pg_temp'
AS $function$
declare
  before drift_settings;
begin
  perform check_actor(actor, why), check_text('agentId', agent, 200), check_size('settings', settings, 65536);
  if coalesce(agent, '') = '' or jsonb_typeof(settings) is distinct from 'object' or holds is null then
    raise exception 'a policy needs an agent, settings, and whether it holds: nothing was done' using errcode = 'HP010';
  end if;
  -- One at a time, so that versions stay dense and nobody writes over what they have not seen.
  lock table drift_settings in share row exclusive mode;
  select * into before from drift_settings where agent_id = agent order by version desc limit 1;
  if expected is not null and expected <> coalesce(before.version, 0) then
    raise exception 'the policy of "%" is at version % by now (by %): nothing was done', agent, before.version, before.author
      using errcode = 'HP015', hint = 'Look at it, then save again.';
  end if;
  insert into drift_settings (agent_id, version, settings, holds, author, why)
    values (agent, coalesce(before.version, 0) + 1, settings, holds, actor, save_drift_settings.why);
  insert into agent_audit_log (agent_id, action, target_table, target_row_id, data_before, data_after, data_timestamp, actor)
    values (agent, 'drift.settings', 'drift_settings', agent,
      case when before.version is not null then
        jsonb_build_object('version', before.version, 'holds', before.holds, 'settings', before.settings) end,
      jsonb_build_object('version', coalesce(before.version, 0) + 1, 'holds', holds, 'settings', settings, 'why', why),
      clock_timestamp(), actor);
  return coalesce(before.version, 0) + 1;
end $function$;
grant execute on function save_drift_settings(text,jsonb,boolean,text,text,integer) to holdpoint_server;

CREATE OR REPLACE FUNCTION holdpoint.save_policy(policy uuid, actor text, spec jsonb, why text DEFAULT NULL::text, seen integer DEFAULT NULL::integer)
 RETURNS jsonb
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'holdpoint', 'pg_temp'
AS $function$
declare
  p approval_policies;
  was approval_policies;
begin
  perform check_actor(actor, why);
  p := policy_of(spec);
  if policy is not null then
    select * into was from approval_policies where policy_id = policy and current for update;
    -- What was waited for may be the next version, which is another row.
    if not found then
      select * into was from approval_policies where policy_id = policy and current for update;
    end if;
    if not found then
      raise exception 'no policy % that is in force: nothing was done', policy using errcode = 'HP023';
    end if;
    if was.version <> seen then
      raise exception 'policy % has changed since you looked (version %, you saw %): nothing was done', was.name, was.version, seen
        using errcode = 'HP020';
    end if;
    update approval_policies set current = false, retired_by = actor, retired_at = clock_timestamp()
      where policy_id = policy and current;
  end if;
  insert into approval_policies (policy_id, version, name, agent_id, skill, tool, gate, auto_approve, quorum, four_eyes,
      expires_after_s, on_expiry, escalation, check_in_hours, check_in_steps, created_by, why)
    values (coalesce(policy, gen_random_uuid()), coalesce(was.version, 0) + 1, p.name, p.agent_id, p.skill, p.tool, p.gate,
      p.auto_approve, p.quorum, p.four_eyes, p.expires_after_s, p.on_expiry, p.escalation, p.check_in_hours, p.check_in_steps,
      actor, save_policy.why)
    returning * into p;
  perform audit_of(p.agent_id, actor, 'policy.save', 'approval_policies', p.policy_id::text,
    case when was.policy_id is not null then policy_json(was) end, policy_json(p));
  return policy_json(p);
end $function$;
grant execute on function save_policy(uuid,text,jsonb,text,integer) to holdpoint_server;

CREATE OR REPLACE FUNCTION holdpoint.save_view(view_name text, search text, actor text)
 RETURNS void
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'holdpoint', 'pg_temp'
AS $function$
begin
  perform check_actor(actor, null);
  insert into saved_views (name, search, made_by) values (view_name, save_view.search, actor)
    on conflict (name) do update set search = excluded.search, made_by = excluded.made_by, made_at = clock_timestamp();
  insert into agent_audit_log (action, target_table, target_row_id, data_after, data_timestamp, actor)
    values ('view.save', 'saved_views', view_name, jsonb_build_object('search', save_view.search), clock_timestamp(), actor);
end $function$;
grant execute on function save_view(text,text,text) to holdpoint_server;

CREATE OR REPLACE FUNCTION holdpoint.scope_needed(act text)
 RETURNS text
 LANGUAGE sql
 IMMUTABLE
AS $function$
  select case
    when act in ('run.isolate', 'run.release') then 'isolate'
    when act in ('agent.isolate', 'agent.release', 'session.end') then 'isolate'
    when split_part(act, '.', 1) in ('run', 'action', 'loop', 'view', 'detection', 'drift', 'incident') then 'control'
    when split_part(act, '.', 1) in ('approval', 'rule') then 'decide'
    -- One's own.
    when act in ('sign_in.begin', 'sign_in.end', 'sign_in.password') then 'read'
    else 'administer'
  end
$function$;

CREATE OR REPLACE FUNCTION holdpoint.scopes_of(roles text[])
 RETURNS text[]
 LANGUAGE sql
 IMMUTABLE
AS $function$
  select array_agg(distinct scope order by scope) from unnest(roles) role, lateral unnest(case role
    when 'admin' then '{read,control,decide,isolate,administer}'::text[]
    when 'operator' then '{read,control,isolate}'
    when 'reviewer' then '{read,decide}'
    else '{read}'
  end) scope
$function$;

CREATE OR REPLACE FUNCTION holdpoint.set_password(person text, old_key bytea, salt bytea, cost jsonb, key_hash bytea, keep uuid, actor text)
 RETURNS boolean
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'holdpoint', 'pg_temp'
AS $function$
declare
  account text := 'account:' || left(person, 100);
  kept operator_passwords;
begin
  perform check_actor(actor, null);
  if actor <> 'operator:' || person then
    raise exception 'everyone sets their own password: nothing was done' using errcode = 'HP030';
  end if;
  select * into kept from operator_passwords where operator = person for update;
  if found then
    perform refuse_too_many_tries(array[account]);
    if old_key is null or kept.key_hash <> sha256(old_key) then
      perform count_failure(account, 5);
      return false;
    end if;
  end if;
  insert into operator_passwords as p values (person, set_password.salt, set_password.cost, set_password.key_hash)
    on conflict (operator) do update set salt = excluded.salt, cost = excluded.cost, key_hash = excluded.key_hash,
      set_at = clock_timestamp();
  perform audit_person(person, 'sign_in.password', actor, null, null), end_sign_ins(person, actor, keep);
  return true;
end $function$;
grant execute on function set_password(text,bytea,bytea,jsonb,bytea,uuid,text) to holdpoint_server;

CREATE OR REPLACE FUNCTION holdpoint.settle_action(action uuid, actor text, landed boolean, why text, response jsonb DEFAULT NULL::jsonb)
 RETURNS jsonb
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'holdpoint', 'pg_temp'
AS $function$
declare
  a actions;
  r workflow_checkpoints;
begin
  perform check_actor(actor, why), check_size('response', response, 262144);
  if landed is null or coalesce(btrim(why), '') = '' then
    raise exception 'say whether it landed, and how you know: nothing was done' using errcode = 'HP010';
  end if;
  select * into a from actions where action_id = action;
  if not found then
    raise exception 'no action %: nothing was done', action using errcode = 'HP013';
  end if;
  r := lock_run(a.workflow_id);
  update actions set state = case when landed then 'confirmed' else 'failed' end,
      response = case when landed then settle_action.response end,
      error = case when not landed then left('did not land: ' || why, 4000) end,
      settled_by = actor, settled_at = clock_timestamp(), settled_why = why
    where action_id = action and state = 'unknown';
  if not found then
    select * into a from actions where action_id = action;
    raise exception 'action % is %: nothing was done', action,
        a.state || coalesce(' (' || a.settled_by || ' said so)', '') using errcode = 'HP015';
  end if;
  -- A run whose worker was lost keeps the name of its tool for as long as nobody knows what became of it.
  update workflow_checkpoints set
    current_tool = case when engine = 'sql' or is_final(status) or exists (select from actions
      where workflow_id = r.workflow_id and state in ('intended', 'accepted', 'unknown')) then current_tool end,
    event_hint = jsonb_build_object('kind', 'action.settled', 'actor', actor, 'detail',
      jsonb_build_object('actionId', action, 'tool', a.tool, 'landed', landed, 'why', why))
    where workflow_id = r.workflow_id;
  perform audit_operator(r, actor, 'action.settle', jsonb_build_object('action', action, 'state', 'unknown'),
    jsonb_build_object('action', action, 'state', case when landed then 'confirmed' else 'failed' end, 'why', why));
  if not is_final(r.status) then
    perform clear_outcome_hold(r.workflow_id, action, actor, case when landed then 'it landed' else 'it did not land' end);
    perform wake_workers(r.workflow_id);
  end if;
  select * into r from workflow_checkpoints where workflow_id = r.workflow_id;
  return run_state(r);
end $function$;
grant execute on function settle_action(uuid,text,boolean,text,jsonb) to holdpoint_server;

CREATE OR REPLACE FUNCTION holdpoint.settle_actions_in_flight(run uuid)
 RETURNS integer
 LANGUAGE plpgsql
AS $function$
declare
  n integer;
begin
  update actions set state = 'unknown', ended_at = clock_timestamp()
    where workflow_id = run and state in ('intended', 'accepted');
  get diagnostics n = row_count;
  return n;
end $function$;

CREATE OR REPLACE FUNCTION holdpoint.settle_notification(notification uuid, held_claim uuid, failure text, give_up boolean, not_before_ms integer, most_attempts integer)
 RETURNS boolean
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'holdpoint', 'pg_temp'
AS $function$
begin
  perform assert_operator();
  update notifications set claim = null, lease_until = null,
      state = case when failure is null then 'sent' when give_up or attempts >= most_attempts then 'failed' else 'pending' end,
      sent_at = case when failure is null then clock_timestamp() end,
      failed_at = case when failure is null then failed_at else clock_timestamp() end,
      last_error = coalesce(left(failure, 500), last_error),
      next_attempt_at = clock_timestamp() + greatest(coalesce(not_before_ms, 0) / 1000.0,
        least(14400, 5 * power(3, least(attempts, 12) - 1)) * (0.5 + random() / 2)) * interval '1 second'
    where notification_id = notification and state = 'sending' and claim = held_claim;
  return found;
end $function$;
grant execute on function settle_notification(uuid,uuid,text,boolean,integer,integer) to holdpoint_server;

CREATE OR REPLACE FUNCTION holdpoint.settle_run(run uuid, hint jsonb, control_now jsonb DEFAULT NULL::jsonb, resume_as text DEFAULT NULL::text)
 RETURNS workflow_checkpoints
 LANGUAGE plpgsql
AS $function$
declare
  r workflow_checkpoints;
  top run_holds := top_hold(run);
  kinds text[];
  back_to text;
  next_status text;
  someone boolean := is_someone(hint ->> 'actor');
begin
  select * into r from workflow_checkpoints where workflow_id = run;
  select coalesce(array_agg(k.kind order by hold_rank(k.kind)), '{}') into kinds
    from (select distinct h.kind from run_holds h where h.workflow_id = run and h.cleared_at is null) k;
  back_to := next_resume_to(r, resume_as);
  next_status := case
    when r.status = 'lost' then 'lost'
    when cardinality(kinds) > 0 or (back_to = 'rejected' and r.status = 'paused') then 'paused'
    when r.status = 'paused' and coalesce(back_to, 'running') = 'running' and r.worker is null and r.engine <> 'sql'
      then 'queued'
    when r.status = 'paused' then coalesce(back_to, 'running')
    else r.status
  end;
  update workflow_checkpoints set
    status = next_status,
    held_by = kinds,
    bound_tools = array(select distinct q.tool from approval_queue q where q.workflow_id = run and q.tool is not null
      and q.kind <> 'output' and (q.decision is not null or q.expired_at is not null)),
    looked_at = case when someone then clock_timestamp() else looked_at end,
    looked_by = case when someone then hint ->> 'actor' else looked_by end,
    looked_steps = case when someone then steps else looked_steps end,
    resume_to = case when next_status = 'paused' then back_to end,
    paused_at = case when next_status = 'paused' and status <> 'paused' then clock_timestamp() else paused_at end,
    resumed_at = case when next_status = 'running' and status <> 'running' then clock_timestamp() else resumed_at end,
    stop_reason = case
      when next_status = 'lost' then stop_reason
      when next_status <> 'paused' then null
      when cardinality(kinds) = 0 then last_no(run)
      else top.stop_reason end,
    stop_detail = case
      when next_status = 'lost' then stop_detail
      when next_status <> 'paused' then null
      when cardinality(kinds) = 0 then hint -> 'detail' ->> 'why'
      else top.why end,
    control = coalesce(control_now, control),
    event_hint = jsonb_set(hint - 'otherwise', '{kind}', to_jsonb(coalesce(hint ->> 'kind',
      case when next_status <> status then 'run.' || next_status end, hint ->> 'otherwise', 'run.progress')))
  where workflow_id = run returning * into r;
  return r;
end $function$;

CREATE OR REPLACE FUNCTION holdpoint.show_drift(most integer)
 RETURNS integer
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'holdpoint', 'pg_temp'
AS $function$
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
end $function$;
grant execute on function show_drift(integer) to holdpoint_server;

CREATE OR REPLACE FUNCTION holdpoint.shown_state(r workflow_checkpoints)
 RETURNS text
 LANGUAGE sql
 IMMUTABLE
AS $function$
  select case
    when r.status = 'running' then case when coalesce(r.waiting_on, 'null') = 'null' then 'running' else 'waiting' end
    when r.status = 'paused' then case when r.stop_reason = 'AWAITING_APPROVAL' then 'needs_approval' else 'paused' end
    else r.status
  end
$function$;

CREATE OR REPLACE FUNCTION holdpoint.shown_time(at timestamp with time zone)
 RETURNS text
 LANGUAGE sql
 STABLE
AS $function$ select to_char(at at time zone 'utc', 'YYYY-MM-DD HH24:MI:SS"Z"') $function$;

CREATE OR REPLACE FUNCTION holdpoint.sign_in_waits()
 RETURNS TABLE(key text, failures integer, until timestamp with time zone)
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO 'holdpoint', 'pg_temp'
AS $function$
  select f.key, f.failures, f.blocked_until from sign_in_failures f where f.blocked_until > clock_timestamp()
    order by f.blocked_until desc limit 100
$function$;
grant execute on function sign_in_waits() to holdpoint_server;

CREATE OR REPLACE FUNCTION holdpoint.sign_in_with_identity(state_hash bytea, iss text, sub text, mail text, proved boolean, session_hash bytea, agent text, address text)
 RETURNS text
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'holdpoint', 'pg_temp'
AS $function$
declare
  o operators;
  known boolean;
  why text;
begin
  perform may_try_identity(sign_in_with_identity.address);
  delete from used_identity_answers where used_at < clock_timestamp() - interval '1 hour';
  insert into used_identity_answers values (sign_in_with_identity.state_hash) on conflict do nothing;
  if not found then
    why := 'used';
  else
    select p.* into o from operator_identities i join operators p on p.name = i.operator
      where i.issuer = iss and i.subject = sub for update of p;
    known := found;
    if not known and proved then
      select * into o from operators where email = lower(mail) for update;
    end if;
    why := case
      when not known and proved is not true then 'unproved'
      when o.name is null then 'unknown'
      when o.disabled_at is not null then 'disabled'
      when exists (select from operator_identities i where i.operator = o.name and i.issuer = iss and i.subject <> sub)
        then 'another account'
    end;
  end if;
  if why is not null then
    perform refuse_identity(coalesce(o.name, mail, sub), why, sign_in_with_identity.address);
    return why;
  end if;
  insert into operator_identities (issuer, subject, operator) values (iss, sub, o.name) on conflict do nothing;
  if found then
    perform audit_person(o.name, 'sign_in.bind', 'holdpoint:sign-in', null, jsonb_build_object('issuer', iss, 'subject', sub));
  end if;
  perform begin_session(o.name, 'oidc', session_hash, agent, sign_in_with_identity.address);
  return null;
end $function$;
grant execute on function sign_in_with_identity(bytea,text,text,text,boolean,bytea,text,text) to holdpoint_server;

CREATE OR REPLACE FUNCTION holdpoint.sign_in_with_password(person text, key bytea, session_hash bytea, agent text, address text)
 RETURNS boolean
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'holdpoint', 'pg_temp'
AS $function$
declare
  account text := 'account:' || left(person, 100);
  place text := 'address:' || left(address, 100);
begin
  perform assert_operator();
  delete from sign_in_failures where last_at < clock_timestamp() - interval '1 day';
  insert into sign_in_failures values (account, 0, clock_timestamp(), clock_timestamp()) on conflict do nothing;
  perform from sign_in_failures f where f.key = account for update;
  perform refuse_too_many_tries(array[account, place]);
  if exists (select from operator_passwords p join operators o on o.name = p.operator
      where p.operator = person and p.key_hash = sha256(sign_in_with_password.key) and o.disabled_at is null) then
    delete from sign_in_failures f where f.key = account;
    perform begin_session(person, 'password', session_hash, agent, sign_in_with_password.address);
    return true;
  end if;
  perform count_failure(account, 5), count_failure(place, 20);
  -- By nobody: what was typed as a name is a claim.
  insert into agent_audit_log (action, target_table, target_row_id, data_after, data_timestamp)
    values ('sign_in.refused', 'operators', left(person, 100), jsonb_build_object('method', 'password', 'address', left(sign_in_with_password.address, 100)),
      clock_timestamp());
  return false;
end $function$;
grant execute on function sign_in_with_password(text,bytea,bytea,text,text) to holdpoint_server;

CREATE OR REPLACE FUNCTION holdpoint.snapshot_up_to(whole pg_snapshot, upto xid8)
 RETURNS pg_snapshot
 LANGUAGE sql
 IMMUTABLE
AS $function$
  select case when upto is null or upto >= pg_snapshot_xmax(whole) then whole
    else format('%s:%s:%s', coalesce(open[1]::text::numeric, upto::text::numeric + 1), upto::text::numeric + 1,
      array_to_string(open, ','))::pg_snapshot end
  from (select array(select x from pg_snapshot_xip(whole) x where x <= upto order by x) as open) o
$function$;

CREATE OR REPLACE FUNCTION holdpoint.span_of(ended timestamp with time zone, created timestamp with time zone)
 RETURNS integer
 LANGUAGE sql
 IMMUTABLE PARALLEL SAFE
AS $function$
  select case when created > ended then 0 else floor(extract(epoch from ended) / 2419200)::integer end
$function$;
grant execute on function span_of(timestamp with time zone,timestamp with time zone) to holdpoint_server;

CREATE OR REPLACE FUNCTION holdpoint.stands_for(pattern text, tool text)
 RETURNS boolean
 LANGUAGE sql
 IMMUTABLE
AS $function$
  select pattern = tool or right(pattern, 1) = '*' and starts_with(tool, left(pattern, -1))
$function$;

CREATE OR REPLACE FUNCTION holdpoint.start_run(spec jsonb)
 RETURNS jsonb
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'holdpoint', 'pg_temp'
AS $function$
declare
  r workflow_checkpoints;
begin
  perform check_worker(spec ->> 'worker');
  r := insert_run(spec, 'running', spec ->> 'worker');
  perform lease_run(r.workflow_id, 1, spec ->> 'worker', coalesce((spec ->> 'leaseMs')::integer, 15000));
  return run_state(r);
end $function$;
grant execute on function start_run(jsonb) to agent_worker;

CREATE OR REPLACE FUNCTION holdpoint.steps_up(p approval_policies, since integer)
 RETURNS boolean
 LANGUAGE sql
 IMMUTABLE
AS $function$ select coalesce(since >= p.check_in_steps, false) $function$;

CREATE OR REPLACE FUNCTION holdpoint.steps_used_up(r workflow_checkpoints)
 RETURNS text
 LANGUAGE sql
 STABLE
AS $function$
  select coalesce(used_up(r), case when r.steps >= r.limit_steps then format('%s of %s steps are taken', r.steps, r.limit_steps) end)
$function$;

CREATE OR REPLACE FUNCTION holdpoint.still_stands(rule uuid)
 RETURNS boolean
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO 'holdpoint', 'pg_temp'
AS $function$
  select exists (select from approval_rules u left join workflow_checkpoints w on w.workflow_id = u.workflow_id
    where u.rule_id = rule and u.revoked_at is null and (u.expires_at is null or u.expires_at > clock_timestamp())
      and (u.max_uses is null or u.uses < u.max_uses) and not coalesce(is_final(w.status), false)
      and vote_void_since(person_of(u.created_by), u.created_by, u.created_at) is null
      and exists (
        select from (select w.skill union select o.skill from approval_policies o where o.current and u.workflow_id is null) s(skill),
          policy_for(u.agent_id, s.skill, u.tool) p
        where (p.policy_id, p.version) is not distinct from (u.policy_id, u.policy_version)))
$function$;
grant execute on function still_stands(uuid) to holdpoint_server;

CREATE OR REPLACE FUNCTION holdpoint.sweep_lost_runs(most integer DEFAULT 500)
 RETURNS integer
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'holdpoint', 'pg_temp'
AS $function$
declare
  l run_leases;
  in_flight integer;
  swept integer := 0;
begin
  perform assert_operator();
  for l in
    select e.* from run_leases e join workflow_checkpoints w on w.workflow_id = e.workflow_id
    where e.lease_until < clock_timestamp() order by e.lease_until limit most
    for no key update of w skip locked for update of e skip locked
  loop
    delete from run_leases where workflow_id = l.workflow_id;
    in_flight := settle_actions_in_flight(l.workflow_id);
    update workflow_checkpoints set
      status = case when status in ('running', 'approved') then 'lost' else status end,
      stop_reason = case when status in ('running', 'approved') then 'WORKER_LOST' else stop_reason end,
      stop_detail = case when status in ('running', 'approved') then
        format('worker %s last seen %s%s', l.worker, to_char(l.heartbeat_at at time zone 'utc', 'HH24:MI:SS"Z"'),
          case in_flight when 0 then '' else format('; %s action%s in flight, outcome unknown', in_flight, case when in_flight > 1 then 's' end) end)
        else stop_detail end,
      worker = null,
      control = case when control ->> 'quiescedAt' is null and control ->> 'verb' <> 'resume'
        then control_reached(control, 'none') || jsonb_build_object('quiescedAt', clock_timestamp(),
          'deliveredAt', control -> 'deliveredAt') else control end,
      event_hint = jsonb_build_object('kind', 'run.lost', 'actor', 'holdpoint',
        'detail', jsonb_build_object('inFlight', in_flight, 'outcome', l.worker))
      where workflow_id = l.workflow_id;
    swept := swept + 1;
  end loop;
  return swept;
end $function$;
grant execute on function sweep_lost_runs(integer) to holdpoint_server;

CREATE OR REPLACE FUNCTION holdpoint.take_run(r workflow_checkpoints, worker_name text, lease_ms integer, can jsonb)
 RETURNS jsonb
 LANGUAGE plpgsql
AS $function$
declare
  top run_holds := top_hold(r.workflow_id);
begin
  -- It goes into the history, and from there to every screen.
  perform check_text('version', can ->> 'version', 200);
  perform settle_actions_in_flight(r.workflow_id);
  perform lease_run(r.workflow_id, r.epoch + 1, worker_name, lease_ms);
  update workflow_checkpoints set epoch = r.epoch + 1, worker = worker_name, current_tool = null,
    engine = case engine when 'sql' then 'sdk' else engine end,
    -- After a no that nothing else holds, going on is the agent's own: whoever takes the run reads the answer.
    status = case
      when status in ('lost', 'queued') then case when top.kind is null then 'running' else 'paused' end
      when status = 'paused' and resume_to = 'rejected' and top.kind is null then 'running'
      else status end,
    -- Once the holds are cleared it runs: it has a worker now.
    resume_to = case
      when status = 'lost' and top.kind is not null or resume_to = 'queued' then 'running'
      when resume_to = 'rejected' and top.kind is null then null
      else resume_to end,
    stop_reason = case when status = 'lost' or resume_to = 'rejected' then top.stop_reason else stop_reason end,
    stop_detail = case when status = 'lost' or resume_to = 'rejected' then top.why else stop_detail end,
    event_hint = jsonb_build_object('kind', 'run.claimed', 'detail', jsonb_strip_nulls(jsonb_build_object(
      'outcome', worker_name, 'version', can ->> 'version')))
    where workflow_id = r.workflow_id returning * into r;
  return jsonb_build_object('run', run_state(r),
    'memory', (select m.memory from run_memory m where m.workflow_id = r.workflow_id),
    -- A start, not all: one answer holds 256 MB at most, and begin_step answers with the result of every other.
    'steps', coalesce((select jsonb_agg(jsonb_build_object('name', s.name, 'occurrence', s.occurrence, 'result', s.result)
      order by s.started_at) from (select * from run_steps where workflow_id = r.workflow_id and state = 'done'
        and pg_column_size(result) <= 8192 order by started_at limit 500) s), '[]'));
end $function$;

CREATE OR REPLACE FUNCTION holdpoint.tell_channels(about text, key text, agent text, facts jsonb, run uuid DEFAULT NULL::uuid)
 RETURNS void
 LANGUAGE sql
AS $function$
  insert into notifications (channel_id, class, event_key, workflow_id, event_at, agent_id, facts)
    select c.channel_id, about, key, run, clock_timestamp(), agent, facts from notification_channels c
    where c.enabled and about = any (c.classes) and (c.agents = '{}' or agent = any (c.agents))
    on conflict (channel_id, event_key) do nothing
$function$;

CREATE OR REPLACE FUNCTION holdpoint.tell_of_finding()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'holdpoint', 'pg_temp'
AS $function$
begin
  perform tell_channels('detection', 'detection:' || new.detection_id, new.agent_id,
    jsonb_build_object('finding', new.finding, 'found', new.why), new.workflow_id);
  return null;
end $function$;

CREATE OR REPLACE FUNCTION holdpoint.tell_of_isolation()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'holdpoint', 'pg_temp'
AS $function$
begin
  perform tell_channels('agent.isolated', 'isolation:' || new.login || ':' || extract(epoch from new.isolated_at),
    new.agent_id, jsonb_build_object('by', new.isolated_by, 'why', new.isolated_why));
  return null;
end $function$;

CREATE OR REPLACE FUNCTION holdpoint.tell_of_overdue_loop()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'holdpoint', 'pg_temp'
AS $function$
begin
  perform tell_channels('loop.missed', 'loop:' || new.agent_id || ':' || new.name || ':' || extract(epoch from new.overdue_since),
    new.agent_id, jsonb_build_object('loop', new.name, 'overdueSince', new.overdue_since, 'goal', new.goal));
  return null;
end $function$;

CREATE OR REPLACE FUNCTION holdpoint.tend_loop(agent text, loop_name text, until timestamp with time zone, next_due timestamp with time zone, overdue timestamp with time zone DEFAULT NULL::timestamp with time zone, missed timestamp with time zone[] DEFAULT '{}'::timestamp with time zone[], trouble_now text DEFAULT NULL::text)
 RETURNS void
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'holdpoint', 'pg_temp'
 SET lock_timeout TO '100ms'
AS $function$
begin
  perform assert_operator();
  -- An agent may keep a declaration or a firing of its own open for as long as it likes. Neither keeps the leader
  -- from other loops, and the leader gives way before a deadlock would be looked for: no agent's write fails of it.
  perform from loops where agent_id = agent and name = loop_name for no key update skip locked;
  if not found then return; end if;
  insert into loop_firings (agent_id, loop, due_at)
    select agent, loop_name, due from unnest(missed) due
    on conflict (agent_id, loop, due_at) do nothing;
  update loops set next_due_at = next_due, overdue_since = overdue, tended_until = until, trouble = trouble_now
    where agent_id = agent and name = loop_name;
  delete from loop_firings where agent_id = agent and loop = loop_name and coalesce(fired_at, due_at) < until - interval '90 days';
end $function$;
grant execute on function tend_loop(text,text,timestamp with time zone,timestamp with time zone,timestamp with time zone,timestamp with time zone[],text) to holdpoint_server;

CREATE OR REPLACE FUNCTION holdpoint.test_channel(channel uuid, actor text)
 RETURNS uuid
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'holdpoint', 'pg_temp'
AS $function$
declare
  made uuid := gen_random_uuid();
begin
  perform check_actor(actor, null);
  perform from notification_channels where channel_id = channel for key share;
  if not found then
    raise exception 'there is no such channel: nothing was done' using errcode = 'HP015';
  end if;
  insert into notifications (notification_id, channel_id, class, event_key, event_at, facts)
    values (made, channel, 'test', 'test:' || made, clock_timestamp(), jsonb_build_object('by', actor));
  perform audit_channel(channel, 'channel.test', actor, null, jsonb_build_object('notification', made));
  return made;
end $function$;
grant execute on function test_channel(uuid,text) to holdpoint_server;

CREATE OR REPLACE FUNCTION holdpoint.texts_of(list jsonb)
 RETURNS text[]
 LANGUAGE sql
 IMMUTABLE
AS $function$ select array(select jsonb_array_elements_text(coalesce(list, '[]'))) $function$;

CREATE OR REPLACE FUNCTION holdpoint.top_hold(run uuid)
 RETURNS run_holds
 LANGUAGE sql
 STABLE
AS $function$
  select * from run_holds h where h.workflow_id = run and h.cleared_at is null
    order by hold_rank(h.kind), h.opened_at limit 1
$function$;

CREATE OR REPLACE FUNCTION holdpoint.unbind_identity(person text, iss text, actor text, but uuid DEFAULT NULL::uuid)
 RETURNS void
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'holdpoint', 'pg_temp'
AS $function$
declare
  i operator_identities;
  ended integer;
begin
  perform check_actor(actor, null);
  delete from operator_identities where operator = person and issuer = iss returning * into i;
  if not found then
    raise exception '% has no account at %: nothing was done', person, left(iss, 200) using errcode = 'HP015';
  end if;
  update operator_sessions set ended_at = clock_timestamp(), ended_by = actor
    where operator = person and method = 'oidc' and ended_at is null and session_id is distinct from but;
  get diagnostics ended = row_count;
  perform audit_person(person, 'operator.unbind_identity', actor,
    jsonb_build_object('issuer', i.issuer, 'subject', i.subject, 'boundAt', i.bound_at), jsonb_build_object('sessions', ended));
end $function$;
grant execute on function unbind_identity(text,text,text,uuid) to holdpoint_server;

CREATE OR REPLACE FUNCTION holdpoint.under_policy(q approval_queue, p approval_policies, at timestamp with time zone)
 RETURNS approval_queue
 LANGUAGE plpgsql
 IMMUTABLE
AS $function$
begin
  q.policy_id := p.policy_id;
  q.policy_version := p.version;
  q.quorum := p.quorum;
  q.four_eyes := coalesce(p.four_eyes, true);
  q.escalation := p.escalation;
  q.escalated := 0;
  if p.expires_after_s is not null then
    q.expires_at := least(q.expires_at, at + make_interval(secs => p.expires_after_s));
    q.on_expiry := p.on_expiry;
  end if;
  if q.on_expiry = 'escalate' and q.escalation is null then q.on_expiry := 'hold'; end if;
  if q.assignees = '{}' and p.quorum is not null then
    q.assignees := array(select distinct m from jsonb_array_elements(p.quorum) g, jsonb_array_elements_text(g -> 'members') m);
  end if;
  return q;
end $function$;

CREATE OR REPLACE FUNCTION holdpoint.unpacked_size(value jsonb)
 RETURNS integer
 LANGUAGE sql
 STABLE
AS $function$
  select case when pg_column_compression(value) is null then pg_column_size(value) else octet_length(value::text) end
$function$;

CREATE OR REPLACE FUNCTION holdpoint.use_rule(r workflow_checkpoints, p approval_policies, called text, its_target text, args jsonb)
 RETURNS text
 LANGUAGE plpgsql
AS $function$
declare
  rule uuid;
begin
  for rule in
    select u.rule_id from approval_rules u
    where u.agent_id = r.agent_id and u.tool = called and u.revoked_at is null
      and (u.workflow_id is null or u.workflow_id = r.workflow_id) and (u.expires_at is null or u.expires_at > clock_timestamp())
      and (u.max_uses is null or u.uses < u.max_uses)
      -- A yes under other rules is no yes under these.
      and (u.policy_id, u.policy_version) is not distinct from (p.policy_id, p.version)
      and (u.target is null or u.target is not distinct from its_target)
      and (u.condition is null or condition_holds(u.condition, args, its_target))
      and vote_void_since(person_of(u.created_by), u.created_by, u.created_at) is null
    order by u.created_at
  loop
    update approval_rules set uses = uses + 1
      where rule_id = rule and revoked_at is null and (max_uses is null or uses < max_uses)
        and (expires_at is null or expires_at > clock_timestamp());
    if found then return 'rule:' || rule; end if;
  end loop;
  return null;
end $function$;

CREATE OR REPLACE FUNCTION holdpoint.use_sign_in_link(link_hash bytea, session_hash bytea, agent text, address text)
 RETURNS TABLE(person text, first boolean)
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'holdpoint', 'pg_temp'
AS $function$
declare
  l sign_in_links;
begin
  perform assert_operator();
  select k.* into l from sign_in_links k join operators o on o.name = k.operator
    where k.link_hash = use_sign_in_link.link_hash and o.disabled_at is null for update of k;
  if not found or (l.used_at is null and l.expires_at < clock_timestamp())
    or l.used_at < clock_timestamp() - interval '10 minutes' then return; end if;
  update sign_in_links k set used_at = coalesce(k.used_at, clock_timestamp()) where k.link_hash = l.link_hash;
  perform begin_session(l.operator, 'link', session_hash, agent, use_sign_in_link.address);
  return query select l.operator, l.used_at is null;
end $function$;
grant execute on function use_sign_in_link(bytea,bytea,text,text) to holdpoint_server;

CREATE OR REPLACE FUNCTION holdpoint.used_up(r workflow_checkpoints)
 RETURNS text
 LANGUAGE sql
 STABLE
AS $function$
  select case
    -- Not their sum: two numbers that each fit may have one that does not.
    when r.tokens_in >= r.limit_tokens - r.tokens_out then
      format('%s of %s tokens are used', r.tokens_in::numeric + r.tokens_out, r.limit_tokens)
    when r.cost_usd >= r.limit_cost_usd then
      format('%s of %s USD are spent', trim_scale(r.cost_usd), trim_scale(r.limit_cost_usd))
    when r.deadline_at <= clock_timestamp() then
      format('its deadline was %s', to_char(r.deadline_at at time zone 'utc', 'YYYY-MM-DD HH24:MI:SS"Z"'))
  end
$function$;

CREATE OR REPLACE FUNCTION holdpoint.utf16(value text)
 RETURNS integer[]
 LANGUAGE sql
 IMMUTABLE
AS $function$
  select coalesce(array_agg(unit order by n, half), '{}') from (
    select n, half, case when code < 65536 then code when half = 1 then 55296 + ((code - 65536) >> 10)
        else 56320 + ((code - 65536) & 1023) end as unit
      from (select n, ascii(letter) as code from unnest(string_to_array(value, null)) with ordinality as l(letter, n)) c,
        generate_series(1, 2) half
      where half = 1 or code >= 65536) units
$function$;

CREATE OR REPLACE FUNCTION holdpoint.vote_void_since(voter text, caster text, given timestamp with time zone)
 RETURNS timestamp with time zone
 LANGUAGE sql
 STABLE
AS $function$
  select least(
    (select o.barred_last_at from operators o where voter = 'operator:' || o.name and o.barred_last_at >= given),
    (select t.revoked_at from api_tokens t where caster = 'token:' || t.name and t.revoked_at >= given))
$function$;
grant execute on function vote_void_since(text,text,timestamp with time zone) to holdpoint_server;

CREATE OR REPLACE FUNCTION holdpoint.wake_workers(run uuid)
 RETURNS void
 LANGUAGE plpgsql
AS $function$
begin
  if pg_notification_queue_usage() < 0.5 then perform pg_notify('holdpoint_control', run::text); end if;
end $function$;

CREATE OR REPLACE FUNCTION holdpoint.why_not(q approval_queue, actor text, answer text)
 RETURNS text
 LANGUAGE plpgsql
 STABLE
AS $function$
declare
  who text := person_of(actor);
  bar text;
begin
  if why_settled(q) is not null then return why_settled(q); end if;
  select bar_to_act(actor, 'approval.answer', w.agent_id) into bar from workflow_checkpoints w where w.workflow_id = q.workflow_id;
  if bar is not null then return bar_words(bar, actor); end if;
  if answer = 'extend' then return null; end if;
  if q.expired_at is not null or q.expires_at <= clock_timestamp() then
    return 'It has expired: it needs more time before it can be answered.';
  end if;
  if answer = 'delegate' then return bar_words(bar_to_hand_on(q, who), actor); end if;
  if answer = 'escalate' then
    return case when q.escalation -> q.escalated is null and not may_name_others(q, actor) then bar_words(bar_to_part(q, who), actor) end;
  end if;
  if answer = 'edit' and not has_arguments(q) then return 'It names no arguments to edit.'; end if;
  if not allows(q, case answer when 'further' then 'approve' else answer end) then return 'It does not allow this answer.'; end if;
  -- A yes to other arguments is another vote than the one that was given.
  bar := bar_to_vote(q, who, case answer when 'reject' then 'reject' else 'approve' end,
    case when answer <> 'edit' then coalesce(q.digest, '') end);
  if bar is null and answer = 'further' then bar := bar_to_further(q); end if;
  return bar_words(bar, actor);
end $function$;

CREATE OR REPLACE FUNCTION holdpoint.why_not_answer(approval uuid, actor text, verdict text)
 RETURNS text
 LANGUAGE plpgsql
 STABLE SECURITY DEFINER
 SET search_path TO 'holdpoint', 'pg_temp'
AS $function$
declare
  q approval_queue;
begin
  select * into q from approval_queue where approval_id = approval;
  return coalesce(why_settled(q), case when q.kind = 'output' then 'An output is graded one by one.' end,
    why_not(q, actor, case verdict when 'rejected' then 'reject' else 'approve' end));
end $function$;
grant execute on function why_not_answer(uuid,text,text) to holdpoint_server;

CREATE OR REPLACE FUNCTION holdpoint.why_settled(q approval_queue)
 RETURNS text
 LANGUAGE sql
 STABLE
AS $function$
  select case
    when q.approval_id is null then 'There is no such request.'
    when q.decision is not null then format('It was %s by %s.', q.decision, q.decided_by)
    when q.closed_at is not null and q.expired_at is not null then 'It has expired, and is closed.'
    when q.closed_at is not null then format('It closed without a decision: %s.', q.closed_why)
  end
$function$;

CREATE OR REPLACE FUNCTION holdpoint.word_keys(span integer, words text, tags text[])
 RETURNS tsvector
 LANGUAGE sql
 IMMUTABLE PARALLEL SAFE COST 1000
AS $function$
  select coalesce(array_to_tsvector(array_agg(k.key)), '') from (
    select word_keys.span || ':' || split_part(concat(a, b, c), ' ', 1)
    from (select string_to_array(word_keys.words, null)) l (letters), unnest(letters, letters[2:], letters[3:]) t (a, b, c)
    where a <> ' '
    union all
    select word_keys.span || '=' || tag from unnest(tags) tag where tag is not null) k (key)
$function$;
grant execute on function word_keys(integer,text,text[]) to holdpoint_server;

CREATE OR REPLACE FUNCTION holdpoint.word_query(span integer, words text[], tags jsonb)
 RETURNS tsquery
 LANGUAGE sql
 IMMUTABLE PARALLEL SAFE
AS $function$
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
$function$;
grant execute on function word_query(integer,text[],jsonb) to holdpoint_server;

CREATE OR REPLACE FUNCTION holdpoint.word_tags(agent_id text, skill text, status text, stop_reason text)
 RETURNS text[]
 LANGUAGE sql
 IMMUTABLE PARALLEL SAFE
AS $function$
  select array['agent=' || left(agent_id, 200), 'skill=' || left(skill, 200), 'status=' || status, 'reason=' || stop_reason]
$function$;
grant execute on function word_tags(text,text,text,text) to holdpoint_server;

CREATE OR REPLACE FUNCTION holdpoint.words_of(r workflow_checkpoints)
 RETURNS text
 LANGUAGE sql
 STABLE PARALLEL SAFE
AS $function$
  select lower(concat_ws(' ', left(r.agent_id, 200), left(r.skill, 200), left(r.goal, 300), left(r.current_step, 500),
    left(r.current_tool, 200), left(r.tool_target, 1000), left(r.stop_detail, 4000)))
$function$;
grant execute on function words_of(workflow_checkpoints) to holdpoint_server;

CREATE OR REPLACE FUNCTION holdpoint.words_row(r workflow_checkpoints)
 RETURNS run_words
 LANGUAGE sql
 STABLE
AS $function$
  select row(r.workflow_id, span_of(r.status_since, r.created_at), r.agent_id, r.skill, r.status, r.stop_reason,
    r.status_since, r.created_at, words_of(r))::run_words
$function$;

CREATE OR REPLACE FUNCTION holdpoint.writer(agent text)
 RETURNS text
 LANGUAGE sql
 STABLE
AS $function$
  select case when exists (select from agent_logins where login = session_user) then 'agent:' || agent
    else 'login:' || session_user end
$function$;
