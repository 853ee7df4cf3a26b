import { type Mutation, rewrite } from './mutation.ts'

const file = 'drift.pg.test.ts'
const opening = 'open_detection(workflow_checkpoints, jsonb)'

export const driftMutations: readonly Mutation[] = [
  {
    name: 'what another leader fed is fed once more',
    invariant: 4,
    sql: rewrite('record_drift(uuid, jsonb)', `and seq = (fed ->> 'fromSeq')::bigint`, ''),
    file,
    test: 'what was made of a run > is recorded once',
  },
  {
    name: 'each score makes an event',
    invariant: 3,
    sql: `create or replace function is_visible_change(shown real, score float8) returns boolean
      language sql immutable as $$ select score is not null $$`,
    file,
    test: 'what was made of a run > makes an event only',
  },
  {
    name: 'the history does not have the line of scores',
    invariant: 3,
    sql: rewrite(
      'show_drift(integer)',
      `'detail', jsonb_build_object('scores', scored.line)`,
      `'detail', null`,
    ),
    file,
    test: 'what was made of a run > makes an event only',
  },
  {
    name: 'scores wait for agents',
    invariant: 12,
    sql: rewrite('show_drift(integer)', 'for no key update skip locked', 'for no key update'),
    file,
    test: 'what was made of a run > waits for no agent',
  },
  {
    name: 'a policy that only notes holds',
    invariant: 1,
    sql: rewrite(opening, 'if policy.holds then', 'if true then'),
    file,
    test: 'a hold for what was found > is not opened where the policy only notes',
  },
  {
    name: 'a policy that was taken back holds',
    invariant: 1,
    sql: rewrite(
      opening,
      "if policy.version is distinct from (finding ->> 'version')::integer then",
      'if false then',
    ),
    file,
    test: 'a hold for what was found > is not opened by a policy',
  },
  {
    name: 'a rule holds what has ended',
    invariant: 2,
    sql: rewrite(opening, 'is_final(r.status) or', ''),
    file,
    test: 'a hold for what was found > is not opened for a run that has ended',
  },
  {
    name: 'a rule holds for what a person resumed',
    invariant: 13,
    sql: rewrite(opening, "and h.cleared_at > (finding ->> 'at')::timestamptz", 'and false'),
    file,
    test: 'a hold for what was found > is not opened by what came before',
  },
  {
    name: 'a verdict leaves no audit row',
    invariant: 7,
    sql: rewrite(
      'judge_detection(uuid, text, boolean, text)',
      'perform audit_operator(',
      'perform concat(',
    ),
    file,
    test: 'right or wrong > is said with the resume',
  },
  {
    name: 'a policy is written over unseen',
    invariant: 5,
    sql: rewrite(
      'save_drift_policy(text, jsonb, boolean, text, text, integer)',
      'expected <> coalesce(before.version, 0)',
      'false',
    ),
    file,
    test: 'a policy > is kept in every version',
  },
  {
    name: 'agents may change what they are judged by',
    invariant: 13,
    sql: `grant execute on function save_drift_policy(text, jsonb, boolean, text, text, integer), record_drift(uuid, jsonb)
      to agent_worker; grant select on drift_runs, drift_points, drift_policies, detections to agent_worker`,
    file,
    test: 'a policy > is not the agent',
  },
]
