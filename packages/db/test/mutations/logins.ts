import { type Mutation, rewrite } from './mutation.ts'

const decisions = 'invariant-05-one-decision.pg.test.ts'
const free = 'invariant-12-watching-is-free.pg.test.ts'
const limits = 'invariant-13-own-limits.pg.test.ts'
const rights = 'invariant-13-own-rights.pg.test.ts'
const rows = 'invariant-13-own-rows.pg.test.ts'
const grants = 'privileges.pg.test.ts'
const plainChange = 'guard_plain_change(workflow_checkpoints, workflow_checkpoints)'

export const loginMutations: readonly Mutation[] = [
  {
    name: 'agents notify',
    invariant: 12,
    sql: `create function shout() returns trigger language plpgsql as $$
        begin perform pg_notify('holdpoint_control', new.workflow_id::text); return null; end $$;
      create trigger shout after update on workflow_checkpoints for each row execute function shout()`,
    file: free,
    test: 'nothing that an agent writes notifies',
  },
  {
    name: 'the server may lock rows',
    invariant: 12,
    sql: 'grant update (drift) on workflow_checkpoints to holdpoint_server',
    file: free,
    test: 'the server cannot lock',
  },
  {
    name: 'agents may write the hint',
    invariant: 13,
    sql: 'grant update (event_hint) on workflow_checkpoints to agent_worker',
    file: rights,
    test: 'an agent cannot write what is not its own to say',
  },
  {
    name: 'agents may decide',
    invariant: 13,
    sql: 'grant update (decision, decided_by) on approval_queue to agent_worker',
    file: rights,
    test: 'an agent cannot answer its own request',
  },
  {
    name: 'agents may call the verbs',
    invariant: 13,
    sql: 'grant execute on function pause_run(uuid, text, text) to agent_worker',
    file: rights,
    test: 'an agent cannot become someone else > it may not call',
  },
  {
    name: 'everyone is an operator, and may call the verbs',
    invariant: 13,
    sql: `create or replace function is_operator() returns boolean language sql stable as $$ select true $$`,
    file: rows,
    test: 'another agent > cannot write',
  },
  {
    name: 'row security is off for runs',
    invariant: 13,
    sql: 'alter table workflow_checkpoints disable row level security',
    file: rows,
    test: 'another agent > sees none',
  },
  {
    name: 'functions do not ask whose run it is',
    invariant: 13,
    sql: rewrite('lock_own_run(uuid)', 'or not may_act_as(r.agent_id)', ''),
    file: rows,
    test: 'another agent',
  },
  {
    name: 'the gate does not ask whose run it is',
    invariant: 13,
    sql: rewrite(
      'pass_gate(uuid, integer, actions, boolean)',
      'l.login = session_user and',
      'true or',
    ),
    file: rows,
    test: 'another agent > begin_action',
  },
  {
    name: 'the trial login acts for everyone',
    invariant: 13,
    sql: `create or replace function owned_agents() returns text[] language sql stable as $$ select '{}'::text[] $$`,
    file: rows,
    test: 'the trial login > sees none',
  },
  {
    name: 'what was spent may be taken back',
    invariant: 13,
    sql: rewrite(plainChange, 'new.tokens_in < old.tokens_in', 'false'),
    file: limits,
    test: 'an agent cannot widen its budget > tokens_in',
  },
  {
    name: 'a rejected run is approved by its agent',
    invariant: 13,
    sql: rewrite(plainChange, "new.status <> 'running' or", ''),
    file: decisions,
    test: 'what follows from a decision > no: the run stays',
  },
  {
    name: 'a new function is open to everyone',
    invariant: 13,
    sql: 'alter default privileges for role holdpoint_owner grant execute on functions to public',
    file: grants,
    test: 'what a later migration creates',
  },
]
