import { type Mutation, rewrite } from './mutation.ts'

const held = 'invariant-01-held-is-held.pg.test.ts'
const final = 'invariant-02-final-is-final.pg.test.ts'
const events = 'invariant-03-one-event-each.pg.test.ts'
const races = 'races.pg.test.ts'
const update = 'guard_run_update()'
const plainChange = 'guard_plain_change(workflow_checkpoints, workflow_checkpoints)'

export const runMutations: readonly Mutation[] = [
  {
    name: 'the gate does not look at holds',
    invariant: 1,
    sql:
      rewrite(
        'pass_gate(uuid, integer, actions, boolean)',
        "status in ('running', 'approved', 'queued')",
        'true',
      ) +
      rewrite('pass_gate(uuid, integer, actions, boolean)', 'cardinality(held_by) = 0', 'true') +
      'alter table workflow_checkpoints drop constraint run_held_is_not_running',
    file: held,
    test: 'the gate > holds the next action',
  },
  {
    name: 'a plain write does not look at holds',
    invariant: 1,
    sql:
      rewrite(plainChange, 'if held then\n    perform raise_held(old);', 'if false then') +
      rewrite(
        plainChange,
        "if new.status <> 'running' or old.resume_to",
        'if false and old.resume_to',
      ),
    file: held,
    test: 'while an operator holds a run > a checkpoint',
  },
  {
    name: 'pausing again carries steps',
    invariant: 1,
    sql: rewrite(plainChange, 'perform check_pausing_again(old, new)', 'perform 1'),
    file: held,
    test: 'while an operator holds a run > pausing itself',
  },
  {
    name: 'a task does not ask its run',
    invariant: 1,
    sql: 'drop trigger guard_task_write on tasks',
    file: held,
    test: 'while an operator holds a run',
  },
  {
    name: 'a request does not lock its run',
    invariant: 1,
    sql: rewrite('lock_run(uuid)', 'for no key update', ''),
    file: races,
    test: 'a write that waited behind a control',
  },
  {
    name: 'a child does not lock its parent',
    invariant: 1,
    sql: rewrite('guard_new_run(workflow_checkpoints)', 'for share', ''),
    file: races,
    test: 'a control that waits behind an agent > sees what the agent did',
  },
  {
    name: 'an ended run takes writes',
    invariant: 2,
    sql: rewrite(plainChange, 'perform raise_ended(old)', 'return old'),
    file: final,
    test: 'a complete run > takes no other',
  },
  {
    name: 'the report of a killed run counts',
    invariant: 2,
    sql: rewrite('end_action(uuid, integer, uuid, jsonb)', 'is_final(r.status) or', ''),
    file: final,
    test: 'an SDK run that was killed with an action in flight > has an unknown outcome',
  },
  {
    name: 'a killed run keeps its actions in flight',
    invariant: 2,
    sql: rewrite('settle_actions_in_flight(uuid)', "state in ('intended', 'accepted')", 'false'),
    file: final,
    test: 'an SDK run that was killed',
  },
  {
    name: 'a kill leaves the children',
    invariant: 2,
    sql: rewrite(
      'kill_run(uuid, text, text, integer)',
      'where parent_id = any (level)',
      'where false',
    ),
    file: final,
    test: 'a kill > takes the whole tree',
  },
  {
    name: 'a change writes no event',
    invariant: 3,
    sql: `alter table workflow_checkpoints disable trigger guard_run_update`,
    file: events,
    test: 'a statement of any shape',
  },
  {
    name: 'an event is written at the insert that did not happen',
    invariant: 3,
    sql: `create function too_early() returns trigger language plpgsql security definer set search_path from current as $$
      begin
        insert into run_events (workflow_id, seq, kind, actor, state)
          values (new.workflow_id, 1, 'run.started', 'agent:' || new.agent_id, '{}');
        return new;
      end $$;
      create trigger z_too_early before insert on workflow_checkpoints for each row execute function too_early()`,
    file: events,
    test: 'a statement of any shape makes the events of what it changed, and no other > an insert',
  },
  {
    name: 'sequences skip',
    invariant: 3,
    sql: rewrite(update, 'old.seq + 1', 'old.seq + 2'),
    file: events,
    test: 'writers at the same time',
  },
  {
    name: 'instants take the time zone of the client',
    invariant: 3,
    sql: `alter function ${update} reset timezone`,
    file: events,
    test: 'a session with its own time zone',
  },
]
