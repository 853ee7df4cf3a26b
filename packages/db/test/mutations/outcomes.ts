import { type Mutation, rewrite } from './mutation.ts'

const used = 'invariant-01-used-up-is-held.pg.test.ts'
const raising = 'invariant-01-raising-limits.pg.test.ts'
const plain = 'invariant-01-plain-limits.pg.test.ts'
const unknown = 'invariant-09-unknown-outcome.pg.test.ts'
const late = 'invariant-09-late-word.pg.test.ts'
const known = 'invariant-09-one-known-state.pg.test.ts'
const rights = 'invariant-13-own-rights.pg.test.ts'
const limits = 'invariant-13-own-limits.pg.test.ts'
const loops = 'loops.pg.test.ts'
const fleet = 'fleet-records.pg.test.ts'
const beginStep = 'begin_step(uuid, integer, text, integer, jsonb)'
const endAction = 'end_action(uuid, integer, uuid, jsonb)'
const passGate = 'pass_gate(uuid, integer, actions, boolean)'
const settle = 'settle_action(uuid, text, boolean, text, jsonb)'
const raise = 'raise_limits(uuid, text, jsonb, text)'
const resume = 'resume_run(uuid, text, text)'

export const outcomeMutations: readonly Mutation[] = [
  {
    name: 'the gate says hold and holds nothing',
    invariant: 9,
    sql: `create or replace function hold_at_gate(run uuid, hold_kind text, reason text, why text, action uuid default null)
      returns jsonb language sql as $$ select jsonb_build_object('decision', 'hold', 'stopReason', reason, 'why', why) $$`,
    file: known,
    test: 'an action whose outcome nobody knows > is not tried again by the next worker',
  },
  {
    name: 'resuming passes over an unknown outcome',
    invariant: 9,
    sql: rewrite(resume, "'isolation', 'outcome'", "'isolation'"),
    file: unknown,
    test: 'the hold for an unknown outcome > is not lifted by resume',
  },
  {
    name: 'the second word on an action wins',
    invariant: 9,
    sql: rewrite(
      settle,
      "where action_id = action and state = 'unknown'",
      'where action_id = action',
    ),
    file: unknown,
    test: 'an action is settled once > by two people at once',
  },
  {
    name: 'settling lifts every hold',
    invariant: 9,
    sql: rewrite(
      'clear_outcome_hold(uuid, uuid, text, text)',
      'and action_id = action and cleared_at is null',
      'and cleared_at is null',
    ),
    file: unknown,
    test: 'the hold for an unknown outcome > stays while others go',
  },
  {
    name: 'settling needs no reason',
    invariant: 7,
    sql: rewrite(settle, "coalesce(btrim(why), '') = ''", 'false'),
    file: unknown,
    test: 'a person who says that it landed > and must say how they know',
  },
  {
    name: 'a fenced worker confirms',
    invariant: 10,
    sql: rewrite(endAction, 'or r.epoch <> caller_epoch', ''),
    file: late,
    test: 'its worker > of an older epoch',
  },
  {
    name: 'a worker may say that an unknown action failed',
    invariant: 9,
    sql: rewrite(endAction, "a.state = 'unknown' and said = 'confirmed'", "a.state = 'unknown'"),
    file: late,
    test: 'its worker > cannot say that it',
  },
  {
    name: 'a word that agrees with a person is lost',
    invariant: 9,
    sql: rewrite(endAction, 'and a.settled_by is null', ''),
    file: late,
    test: 'its worker > that speaks after a person',
  },
  {
    name: 'earlier attempts of actions are forgotten',
    invariant: 9,
    sql: 'drop trigger keep_action_attempt on actions',
    file: unknown,
    test: 'a person who says that it did not land',
  },
  {
    name: 'earlier attempts of steps are forgotten',
    invariant: 9,
    sql: 'drop trigger keep_step_attempt on run_steps',
    file: late,
    test: 'each attempt of a step',
  },
  {
    name: 'the gate does not look at tokens',
    invariant: 1,
    sql: rewrite(passGate, 'tokens_in < limit_tokens - tokens_out', 'true'),
    file: used,
    test: 'of tokens nothing is left > no action',
  },
  {
    name: 'the gate does not look at money',
    invariant: 1,
    sql: rewrite(passGate, 'cost_usd < limit_cost_usd', 'true'),
    file: used,
    test: 'of money nothing is left > no action',
  },
  {
    name: 'the gate does not look at the deadline',
    invariant: 1,
    sql: rewrite(passGate, 'deadline_at > clock_timestamp()', 'true'),
    file: used,
    test: 'of time nothing is left > no action',
  },
  {
    name: 'a step does not look at limits',
    invariant: 1,
    sql: rewrite(beginStep, 'if steps_used_up(r) is not null then', 'if false then'),
    file: used,
    test: 'of steps > no more begin',
  },
  {
    name: 'plain SQL goes over its limits',
    invariant: 1,
    sql: rewrite(
      'guard_run_update()',
      "if new.status in ('queued', 'running', 'approved') and (hint",
      'if false and (hint',
    ),
    file: used,
    test: 'plain SQL > goes over its limit of tokens',
  },
  {
    name: 'who writes only tasks has no limits',
    invariant: 1,
    sql: rewrite('guard_run_update()', "or new.engine = 'sql'", 'or false'),
    file: plain,
    test: 'past its deadline, plain SQL > that writes only a task',
  },
  {
    name: 'tokens beyond all numbers have no limit',
    invariant: 1,
    sql: rewrite(
      'used_up(workflow_checkpoints)',
      'r.tokens_in >= r.limit_tokens - r.tokens_out',
      'r.tokens_in + r.tokens_out >= r.limit_tokens',
    ),
    file: plain,
    test: 'numbers whose sum does not fit',
  },
  {
    name: 'resuming gives what is not there',
    invariant: 1,
    sql: rewrite(resume, "'budget' = any (r.held_by) and", 'false and'),
    file: used,
    test: 'of tokens nothing is left > resuming is refused',
  },
  {
    name: 'a limit may be lowered',
    invariant: 1,
    sql: rewrite('check_not_lower(text, numeric, numeric)', 'wanted < now_is', 'false'),
    file: raising,
    test: 'raising a limit > by fewer tokens',
  },
  {
    name: 'raising one limit lifts what another holds',
    invariant: 1,
    sql: rewrite(raise, 'and steps_used_up(r) is null', ''),
    file: raising,
    test: 'raising a limit > clears the budget and nothing else',
  },
  {
    name: 'agents may call the newer verbs',
    invariant: 13,
    sql: `grant execute on function settle_action(uuid, text, boolean, text, jsonb), raise_limits(uuid, text, jsonb, text),
      save_view(text, text, text), remove_view(text, text), record_fleet_sample(),
      tend_loop(text, text, timestamptz, timestamptz, timestamptz, timestamptz[], text) to agent_worker`,
    file: rights,
    test: 'an agent cannot become someone else > it may not call settle_action',
  },
  {
    name: 'a time is fired twice',
    invariant: 10,
    sql: rewrite('record_firing(workflow_checkpoints)', 'if not found then', 'if false then'),
    file: loops,
    test: 'a due time > is fired once by many',
  },
  {
    name: 'a fired time is fired once more',
    invariant: 10,
    sql: rewrite('record_firing(workflow_checkpoints)', 'where loop_firings.fired_at is null', ''),
    file: loops,
    test: 'a due time > is fired once',
  },
  {
    name: "an agent's open loop keeps the leader waiting",
    invariant: 12,
    sql: rewrite(
      'tend_loop(text, text, timestamptz, timestamptz, timestamptz, timestamptz[], text)',
      'for no key update skip locked',
      'for no key update',
    ),
    file: loops,
    test: 'a loop > that its agent keeps open',
  },
  {
    name: 'labels are lists as well',
    invariant: 13,
    sql: rewrite('check_shapes(jsonb, jsonb)', 'strict $.*', '$.*'),
    file: limits,
    test: 'an agent cannot widen its budget > nor write labels or waits',
  },
  {
    name: "loops are everyone's",
    invariant: 13,
    sql: 'alter table loops disable row level security; alter table loop_firings disable row level security',
    file: loops,
    test: "a loop > is its agent's",
  },
  {
    name: 'servers sample at the same time',
    invariant: 3,
    sql: rewrite(
      'record_fleet_sample()',
      'lock table fleet_samples in share row exclusive mode',
      'perform 1',
    ),
    file: fleet,
    test: 'a sample > is taken at most once a second',
  },
]
