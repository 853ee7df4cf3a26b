// What the tables look like to Kysely, read from a migrated database. Do not edit:
//   pnpm --filter @holdpoint/db dump-schema

import type { ColumnType } from 'kysely'

export type JsonValue = string | number | boolean | null | JsonValue[] | { [key: string]: JsonValue }
/** Read as a value; written as text, since node-postgres would take an array for one of Postgres's own. */
type Json = ColumnType<JsonValue, string, string>
type Optional<T> = [T] extends [ColumnType<infer R, infer I, infer U>]
  ? ColumnType<R, I | undefined, U>
  : ColumnType<T, T | undefined, T>
type Nullable<T> = [T] extends [ColumnType<infer R, infer I, infer U>]
  ? ColumnType<R | null, I | null | undefined, U | null>
  : ColumnType<T | null, T | null | undefined, T | null>

export interface Actions {
  action_id: Optional<string>
  workflow_id: string
  epoch: number
  step: Nullable<string>
  tool: string
  target: Nullable<string>
  idempotency_key: string
  request: Nullable<Json>
  digest: string
  state: Optional<string>
  attempt: Optional<number>
  reversible: Nullable<boolean>
  response: Nullable<Json>
  error: Nullable<string>
  error_class: Nullable<string>
  external_ref: Nullable<string>
  late: Nullable<Json>
  intended_at: Optional<Date>
  ended_at: Nullable<Date>
}

export interface AgentAuditLog {
  log_id: Optional<string>
  agent_id: Nullable<string>
  workflow_id: Nullable<string>
  action: Nullable<string>
  target_table: Nullable<string>
  target_row_id: Nullable<string>
  data_before: Nullable<Json>
  data_after: Nullable<Json>
  data_timestamp: Nullable<Date>
  credentials: Nullable<string>
  logged_at: Nullable<Date>
  actor: Nullable<string>
  login: Optional<string>
  seen_at: Optional<Date>
  late: Optional<boolean>
}

export interface AgentLogins {
  login: string
  agent_id: Nullable<string>
  created_at: Optional<Date>
  isolated_at: Nullable<Date>
  isolated_by: Nullable<string>
  isolated_why: Nullable<string>
}

export interface ApprovalQueue {
  approval_id: Optional<string>
  workflow_id: string
  requested_by: Nullable<string>
  decision: Nullable<string>
  decided_by: Nullable<string>
  requested_at: Nullable<Date>
  decided_at: Nullable<Date>
  tool: Nullable<string>
  target: Nullable<string>
  arguments: Nullable<Json>
  digest: Nullable<string>
  agent_reason: Nullable<string>
  reversible: Nullable<boolean>
  risk: Nullable<string>
  expires_at: Nullable<Date>
  requested_login: Nullable<string>
  decision_reason: Nullable<string>
  closed_at: Nullable<Date>
  closed_why: Nullable<string>
}

export interface LeaderLeases {
  name: string
  holder: string
  term: Optional<number>
  expires_at: Date
}

export interface RunEvents {
  workflow_id: string
  seq: number
  kind: string
  actor: string
  login: Optional<string>
  at: Optional<Date>
  xid: Optional<string>
  detail: Nullable<Json>
  state: Json
}

export interface RunHolds {
  hold_id: Optional<string>
  workflow_id: string
  kind: string
  stop_reason: string
  opened_by: string
  why: Nullable<string>
  approval_id: Nullable<string>
  opened_at: Optional<Date>
  cleared_at: Nullable<Date>
  cleared_by: Nullable<string>
  cleared_why: Nullable<string>
}

export interface RunLeases {
  workflow_id: string
  epoch: number
  worker: string
  login: Optional<string>
  heartbeat_at: Optional<Date>
  lease_until: Date
}

export interface RunMemory {
  workflow_id: string
  memory: Json
  epoch: number
  written_at: Optional<Date>
}

export interface RunSteps {
  workflow_id: string
  name: string
  occurrence: number
  epoch: number
  attempt: Optional<number>
  state: Optional<string>
  input: Nullable<Json>
  result: Nullable<Json>
  error: Nullable<string>
  started_at: Optional<Date>
  ended_at: Nullable<Date>
}

export interface RunTransitions {
  from_status: string
  to_status: string
  taken_by: string
}

export interface SchemaMigrationLease {
  id: Optional<number>
  holder: Nullable<string>
  expires_at: Optional<Date>
}

export interface SchemaMigrations {
  version: number
  name: string
  checksum: string
  applied_at: Optional<Date>
}

export interface TaskResults {
  task_id: string
  output: Nullable<Json>
  completed_at: Nullable<Date>
}

export interface Tasks {
  id: Optional<string>
  status: Optional<string>
  agent_id: Nullable<string>
  updated_at: Optional<Date>
  workflow_id: Nullable<string>
}

export interface WorkflowCheckpoints {
  workflow_id: Optional<string>
  agent_id: string
  current_step: Nullable<string>
  step_input: Nullable<Json>
  paused_at: Nullable<Date>
  resumed_at: Nullable<Date>
  status: Optional<string>
  created_at: Optional<Date>
  parent_id: Nullable<string>
  root_id: Nullable<string>
  goal: Nullable<string>
  skill: Nullable<string>
  skill_version: Nullable<string>
  labels: Optional<Json>
  engine: Optional<string>
  native_id: Nullable<string>
  capabilities: Nullable<Json>
  worker: Nullable<string>
  epoch: Optional<number>
  seq: Optional<number>
  status_since: Optional<Date>
  step_since: Nullable<Date>
  steps: Optional<number>
  current_tool: Nullable<string>
  tool_target: Nullable<string>
  tool_since: Nullable<Date>
  waiting_on: Nullable<Json>
  tokens_in: Optional<number>
  tokens_out: Optional<number>
  cost_usd: Optional<number>
  limit_tokens: Nullable<number>
  limit_cost_usd: Nullable<number>
  limit_steps: Nullable<number>
  deadline_at: Nullable<Date>
  drift: Nullable<number>
  held_by: Optional<string[]>
  resume_to: Nullable<string>
  stop_reason: Nullable<string>
  stop_detail: Nullable<string>
  control: Nullable<Json>
  last_event: Nullable<Json>
  event_hint: Nullable<Json>
}

export interface Schema {
  actions: Actions
  agent_audit_log: AgentAuditLog
  agent_logins: AgentLogins
  approval_queue: ApprovalQueue
  leader_leases: LeaderLeases
  run_events: RunEvents
  run_holds: RunHolds
  run_leases: RunLeases
  run_memory: RunMemory
  run_steps: RunSteps
  run_transitions: RunTransitions
  schema_migration_lease: SchemaMigrationLease
  schema_migrations: SchemaMigrations
  task_results: TaskResults
  tasks: Tasks
  workflow_checkpoints: WorkflowCheckpoints
}
