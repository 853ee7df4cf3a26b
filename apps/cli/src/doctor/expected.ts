// What each role should be able to reach: what the migrations grant, said again on purpose. A test
// compares the two on a fresh database, and the doctor compares this with what a real one says.

/** By table: `*` for all columns, or the columns. */
export type Reach = Readonly<Record<string, '*' | readonly string[]>>

export interface ExpectedRole {
  readonly SELECT: Reach
  readonly INSERT: Reach
  readonly UPDATE: Reach
  /** Names of functions. */
  readonly execute: readonly string[]
}

const words = (text: string): string[] => text.trim().split(/[\s,]+/)

const all = (tables: string): Reach =>
  Object.fromEntries(words(tables).map((table) => [table, '*' as const]))

export const expectedOfAgents: ExpectedRole = {
  SELECT: all(
    `workflow_checkpoints approval_queue tasks task_results agent_audit_log run_holds actions run_steps run_transitions
     loops loop_firings grades`,
  ),
  INSERT: {
    workflow_checkpoints: words(
      `workflow_id agent_id current_step step_input paused_at resumed_at status created_at parent_id goal
       skill skill_version labels current_tool tool_target waiting_on tokens_in tokens_out cost_usd
       limit_tokens limit_cost_usd limit_steps deadline_at loop due_at`,
    ),
    approval_queue: words(
      `approval_id workflow_id requested_by requested_at tool target arguments digest agent_reason
       reversible risk expires_at kind arguments_schema consequence allowed assignees on_expiry`,
    ),
    tasks: words('id status agent_id updated_at workflow_id'),
    task_results: words('task_id output completed_at'),
    agent_audit_log: words(
      `log_id agent_id workflow_id action target_table target_row_id data_before data_after
       data_timestamp credentials logged_at`,
    ),
  },
  UPDATE: {
    workflow_checkpoints: words(
      `current_step step_input paused_at resumed_at status goal labels current_tool tool_target
       waiting_on tokens_in tokens_out cost_usd`,
    ),
    tasks: words('status updated_at workflow_id'),
  },
  execute: words(
    `own_agent owned_agents is_trial_login may_act_as start_run enqueue_run claim_run claim_next release_run
     heartbeat begin_step end_step begin_action begin_action_checked moved refuse_drift end_action report_progress end_run control_ack declare_loop`,
  ),
}

/** The server reads everything; but for its leases it changes only through functions. */
export const expectedOfServers: Omit<ExpectedRole, 'SELECT'> = {
  INSERT: all('leader_leases'),
  UPDATE: all('leader_leases'),
  execute: words(
    `is_operator run_state is_final words_of span_of word_tags word_keys word_query
     pause_run resume_run kill_run decide_approval extend_approval expire_approvals
     delegate_approval escalate_approval save_policy retire_policy revoke_standing_approval own_agent_login policy_json
     preview_calls preview_check_ins change_of said_version asked_of answers_of lacks_people look_for_people still_stands why_not_answer look_at_run hold_for_check_in lock_agent_login
     end_agent_sessions hold_agent_runs release_agent blocking_sessions open_run_transactions end_session sweep_lost_runs
     make_event_partitions settle_action raise_limits save_view remove_view record_fleet_sample tend_loop retire_loop
     events_between find_drift_work record_drift show_drift save_drift_policy judge_detection resume_judged

     collect_notifications claim_notifications settle_notification forget_old_notifications
     save_channel remove_channel test_channel retry_notifications
     add_operator change_operator disable_operator enable_operator callers_of note_seen make_sign_in_link
     use_sign_in_link end_sign_in end_sign_ins make_token revoke_token count_history fresh_events
     password_salt sign_in_with_password set_password remove_password may_try_identity refuse_identity sign_in_with_identity
     allow_passwords unbind_identity sign_in_waits vote_void_since is_behind`,
  ),
}

export const tablesWithRowSecurity = words(
  `workflow_checkpoints approval_queue tasks task_results agent_audit_log run_holds actions run_steps
   loops loop_firings grades`,
)

/** Without one of these an enforced rule is not enforced. */
export const guardedTables = words(
  'workflow_checkpoints approval_queue tasks task_results agent_audit_log run_events',
)
