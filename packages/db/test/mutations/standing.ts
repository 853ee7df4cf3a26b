import { type Mutation, rewrite } from './mutation.ts'

const standing = 'invariant-05-standing-approval.pg.test.ts'
const waitedFor = 'invariant-05-standing-waited-for.pg.test.ts'
const which = 'which-policy.pg.test.ts'
const useStanding = 'use_standing_approval(workflow_checkpoints, approval_policies, approval_queue)'
/** Its row is not locked, and nothing is asked again. */
const asUnlocked = ['standing = any (locked)', 'true'] as const

export const standingMutations: readonly Mutation[] = [
  {
    name: 'a standing approval is used without end',
    invariant: 5,
    sql:
      rewrite(useStanding, 'and (u.max_uses is null or u.uses < u.max_uses)', '') +
      'alter table standing_approvals drop constraint standing_approvals_uses_check',
    file: standing,
    test: 'a yes for calls to come > for an agent',
  },
  {
    name: 'a standing approval is used by all who come at once',
    invariant: 5,
    sql: `${rewrite(useStanding, ...asUnlocked)}
      alter table standing_approvals drop constraint standing_approvals_uses_check`,
    file: waitedFor,
    test: 'where the other took its last use',
  },
  {
    name: 'a revoked standing approval counts',
    invariant: 5,
    sql: rewrite(useStanding, 'and u.revoked_at is null', ''),
    file: standing,
    test: 'a yes for calls to come > is over',
  },
  {
    name: 'a standing approval outlives its person',
    invariant: 5,
    sql: rewrite(
      useStanding,
      'and vote_void_since(person_of(u.created_by), u.created_by, u.created_at) is null',
      '',
    ),
    file: standing,
    test: 'a standing approval > is none once its person is disabled',
  },
  {
    name: 'a standing approval answers what its person is behind',
    invariant: 5,
    sql: rewrite(
      useStanding,
      'and not (q.four_eyes and is_behind(q, person_of(u.created_by)))',
      '',
    ),
    file: standing,
    test: 'a standing approval > does not answer',
  },
  {
    name: 'one that other policies ended is told as standing',
    invariant: 5,
    sql: rewrite(
      'still_stands(uuid)',
      '(p.policy_id, p.version) is not distinct from (u.policy_id, u.policy_version)',
      'true',
    ),
    file: standing,
    test: 'a standing approval > is told to stand',
  },
  {
    name: 'a standing approval outlives its time',
    invariant: 5,
    sql: rewrite(useStanding, 'and (u.expires_at is null or u.expires_at > clock_timestamp())', ''),
    file: standing,
    test: 'a standing approval > is none once its time is over',
  },
  {
    name: 'a standing approval for one target is for any',
    invariant: 5,
    sql: rewrite(
      useStanding,
      'and (u.target is null or u.target is not distinct from q.target)',
      '',
    ),
    file: standing,
    test: 'a standing approval > for one target',
  },
  {
    name: 'a standing approval that is being revoked is used',
    invariant: 5,
    sql: rewrite(useStanding, ...asUnlocked),
    file: standing,
    test: 'a standing approval > that is revoked while a call is under way is not used',
  },
  {
    name: 'a standing approval that was waited for outlives its person',
    invariant: 5,
    sql: rewrite(useStanding, ...asUnlocked),
    file: waitedFor,
    test: 'where its person was disabled',
  },
  {
    name: 'a standing approval that was waited for outlives its policy',
    invariant: 5,
    sql: rewrite(useStanding, 'p := policy_for(r.agent_id, r.skill, q.tool);', ''),
    file: waitedFor,
    test: 'where the policy changed',
  },
  {
    name: 'a standing approval outlives the policy it was made under',
    invariant: 5,
    sql: rewrite(
      useStanding,
      'and (u.policy_id, u.policy_version) is not distinct from (p.policy_id, p.version)',
      '',
    ),
    file: standing,
    test: 'a standing approval > is none for another agent',
  },
  {
    name: 'the policy that was saved last rules',
    invariant: 5,
    sql: rewrite(
      'policy_under(approval_policies, text, text, text)',
      '(c.p).agent_id is not null desc, (c.p).skill is not null desc,',
      '',
    ),
    file: which,
    test: 'the policy that rules a call',
  },
  {
    name: 'a skill’s policy is anyone’s',
    invariant: 5,
    sql: rewrite('is_about_run(approval_policies, text, text)', 'p.skill = run_skill', 'true'),
    file: which,
    test: 'the policy that rules a call',
  },
  {
    name: 'a skill’s policy gates nothing',
    invariant: 5,
    sql: rewrite(
      'pass_gate(uuid, integer, actions, boolean)',
      'p.skill is null or p.skill = w.skill',
      'p.skill is null',
    ),
    file: which,
    test: 'what the gate does > is what the policy of the run',
  },
  {
    name: 'a standing approval is for everyone’s runs',
    invariant: 13,
    sql: rewrite(useStanding, 'and (u.workflow_id is null or u.workflow_id = r.workflow_id)', ''),
    file: standing,
    test: 'a yes for calls to come > for the rest of the run',
  },
  {
    name: 'one person says for later what several must say now',
    invariant: 5,
    sql: rewrite(
      'check_further(approval_queue, text, jsonb)',
      "if bar_to_further(q) = 'several'",
      "if false and bar_to_further(q) = 'several'",
    ),
    file: standing,
    test: 'a yes for calls to come > is not one person',
  },
]
