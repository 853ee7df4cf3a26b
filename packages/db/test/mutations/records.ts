import { type Mutation, rewrite } from './mutation.ts'

const held = 'invariant-01-held-is-held.pg.test.ts'
const decisions = 'invariant-05-one-decision.pg.test.ts'
const audited = 'invariant-07-audited.pg.test.ts'
const kept = 'invariant-08-append-only.pg.test.ts'
const known = 'invariant-09-one-known-state.pg.test.ts'
const fenced = 'invariant-10-one-worker.pg.test.ts'

export const recordMutations: readonly Mutation[] = [
  {
    name: 'what agents say they spent need not fit into a sum',
    invariant: 12,
    sql: 'alter table end_counts alter column tokens_in type bigint, alter column tokens_out type bigint',
    file: 'counting.pg.test.ts',
    test: 'runs that say they spent all there can be',
  },
  {
    name: 'restored events keep the numbers of another cluster',
    invariant: 3,
    sql: rewrite(
      'adopt_restored_history()',
      'update run_events set xid = (oldest + abs(hashtext(workflow_id::text) % parts))::text::xid8;',
      '',
    ),
    file: 'restored-elsewhere.pg.test.ts',
    test: 'restored from a cluster that was 1000000000 numbers ahead',
  },
  {
    name: 'the second decision wins',
    invariant: 5,
    sql:
      rewrite(
        'decide_approval(uuid, text, text, text, integer, jsonb, jsonb, jsonb)',
        'and decision is null and closed_at is null',
        '',
      ) +
      rewrite('open_approval(uuid, integer)', 'if q.decision is not null then', 'if false then') +
      'drop trigger guard_approval_change on approval_queue; drop trigger guard_vote on approval_votes',
    file: decisions,
    test: 'of two people who decide at once',
  },
  {
    name: 'a decision may be changed',
    invariant: 5,
    sql: 'drop trigger guard_approval_change on approval_queue',
    file: decisions,
    test: 'a decision is never changed',
  },
  {
    name: 'a yes lifts every hold',
    invariant: 5,
    sql: rewrite(
      'decide_approval(uuid, text, text, text, integer, jsonb, jsonb, jsonb)',
      'where approval_id = approval and cleared_at is null',
      'where workflow_id = q.workflow_id and cleared_at is null',
    ),
    file: held,
    test: 'several reasons hold together',
  },
  {
    name: 'verbs leave no audit row',
    invariant: 7,
    sql: `create or replace function audit_operator(r workflow_checkpoints, actor text, act text, before jsonb, after jsonb)
      returns void language sql as $$ $$`,
    file: audited,
    test: 'each verb leaves who did it',
  },
  {
    name: 'the gate leaves no audit row',
    invariant: 7,
    sql: `create function lose() returns trigger language plpgsql as $$ begin return null; end $$;
      create trigger a_lose before insert on agent_audit_log for each row
        when (new.action like 'action.begin%') execute function lose()`,
    file: audited,
    test: 'an action that the gate allows',
  },
  ...(
    [
      ['a run starts without an audit row', 'run.start', 'its start and its end in plain SQL'],
      ['what an agent asks leaves no audit row', 'approval.request', 'a request for approval'],
      ['what the gate refuses leaves no audit row', 'action.refuse%', 'what the gate refused it'],
    ] as const
  ).map(([name, act, test]) => ({
    name,
    invariant: 7,
    sql: `create function lose() returns trigger language plpgsql as $$ begin return null; end $$;
      create trigger a_lose before insert on agent_audit_log for each row
        when (new.action like '${act}') execute function lose()`,
    file: audited,
    test: `what an agent does to its run leaves its row > ${test}`,
  })),
  {
    name: 'a run ends without an audit row',
    invariant: 7,
    sql: 'drop trigger record_run_end on workflow_checkpoints',
    file: audited,
    test: 'what an agent does to its run leaves its row > its start and its end under a lease',
  },
  {
    name: 'a verb that cannot be recorded is done all the same',
    invariant: 7,
    sql: `create or replace function audit_operator(r workflow_checkpoints, actor text, act text, before jsonb, after jsonb)
      returns void language plpgsql as $$ begin
        insert into agent_audit_log (agent_id, workflow_id, action, actor) values (r.agent_id, r.workflow_id, act, actor);
      exception when others then null; end $$`,
    file: audited,
    test: 'when the audit row cannot be written',
  },
  {
    name: 'the server may change events',
    invariant: 8,
    sql: 'grant update, delete on run_events to holdpoint_server',
    file: kept,
    test: 'the server > cannot change',
  },
  {
    name: 'an agent may remove audit rows',
    invariant: 8,
    sql: 'grant delete on agent_audit_log to agent_worker',
    file: kept,
    test: 'an agent > cannot change',
  },
  {
    name: 'a partition has no rule',
    invariant: 8,
    sql: 'drop trigger events_are_not_truncated on run_events_default',
    file: kept,
    test: 'the owner of the tables',
  },
  {
    name: 'an unknown action is tried again',
    invariant: 9,
    sql: rewrite(
      'begin_action(uuid, integer, jsonb)',
      "if a.state = 'unknown' and",
      'if false and',
    ),
    file: known,
    test: 'an action whose outcome nobody knows > is not tried again by the next worker',
  },
  {
    name: 'a call that waited takes what came meanwhile',
    invariant: 9,
    sql: rewrite(
      'begin_action(uuid, integer, jsonb)',
      'where earlier.action_id = excluded.action_id',
      '',
    ),
    file: known,
    test: 'an action whose outcome nobody knows > is not tried again by a call',
  },
  {
    name: 'a confirmed action runs again',
    invariant: 10,
    sql: rewrite(
      'answer_from_earlier(actions, jsonb)',
      "a.state in ('confirmed', 'compensated')",
      'false',
    ),
    file: known,
    test: 'a key > that was confirmed',
  },
  {
    name: 'a key stands for any request',
    invariant: 9,
    sql: rewrite(
      'answer_from_earlier(actions, jsonb)',
      'when (a.digest, a.tool, a.target) is distinct',
      'when false and (a.digest, a.tool, a.target) is distinct',
    ),
    file: known,
    test: 'a key > stands for one request',
  },
  {
    name: 'an older worker goes on',
    invariant: 10,
    sql:
      rewrite('pass_gate(uuid, integer, actions, boolean)', 'and epoch = caller_epoch', '') +
      rewrite('pass_gate(uuid, integer, actions, boolean)', 'l.epoch = caller_epoch', 'true'),
    file: fenced,
    test: 'the worker before > is denied',
  },
  {
    name: 'a lease that ran out still counts',
    invariant: 10,
    sql: rewrite(
      'pass_gate(uuid, integer, actions, boolean)',
      'l.lease_until > clock_timestamp()',
      'true',
    ),
    file: fenced,
    test: 'a worker whose lease ran out',
  },
  {
    name: 'a done step runs again',
    invariant: 10,
    sql: rewrite('begin_step(uuid, integer, text, integer, jsonb)', "s.state = 'done'", 'false'),
    file: fenced,
    test: 'claiming > gives back the memory',
  },
]
