import { type Mutation, rewrite } from './mutation.ts'

const what = 'invariant-05-what-was-approved.pg.test.ts'
const expiry = 'invariant-05-expiry.pg.test.ts'
const answer = 'answer_of_people(uuid, actions, jsonb, approval_policies)'
const guard = 'guard_approval_change()'

export const approvalMutations: readonly Mutation[] = [
  {
    name: 'the digest is what the agent says it is',
    invariant: 5,
    sql: rewrite('guard_approval_request()', 'if said <> new.digest then', 'if false then'),
    file: what,
    test: 'the digest of a request > is refused',
  },
  {
    name: 'a yes stands for each call of its tool',
    invariant: 5,
    sql:
      rewrite(answer, "call ->> 'digest' in (x.digest, x.original_digest)", 'true') +
      rewrite(answer, "if digest_of(asked) <> call ->> 'digest' then", 'if false then') +
      rewrite(answer, 'elsif asked = q.arguments or', 'elsif true or'),
    file: what,
    test: 'what was approved > does not stand for other arguments',
  },
  {
    name: 'a digest stands for what it is not the digest of',
    invariant: 5,
    sql:
      rewrite(answer, "if digest_of(asked) <> call ->> 'digest' then", 'if false then') +
      rewrite(answer, 'elsif asked = q.arguments or', 'elsif true or'),
    file: what,
    test: 'what was approved > does not stand for other arguments under',
  },
  {
    name: 'the database takes any edit of the arguments',
    invariant: 5,
    sql: rewrite(
      'check_answer(approval_queue, text, jsonb)',
      'if broken is not null then',
      'if false then',
    ),
    file: what,
    test: 'arguments that a reviewer edited > are not what their schema',
  },
  {
    name: 'a yes is used twice',
    invariant: 5,
    sql: rewrite(
      answer,
      'q.consumed_at is not null and q.consumed_by is distinct',
      'false and q.consumed_by is distinct',
    ),
    file: what,
    test: 'what was approved > may run, once',
  },
  {
    name: 'the gate does not look at what people said',
    invariant: 5,
    sql: rewrite(
      'pass_gate(uuid, integer, actions, boolean)',
      'a.tool <> all (bound_tools)',
      'true',
    ),
    file: what,
    test: 'what was refused does not run',
  },
  {
    name: 'what was approved may be changed',
    invariant: 5,
    sql: `drop trigger guard_approval_change on approval_queue`,
    file: what,
    test: 'what was approved > is kept as it was',
  },
  {
    name: 'a decision counts whatever was looked at',
    invariant: 5,
    sql: rewrite('open_approval(uuid, integer)', 'q.version <> seen', 'false'),
    file: what,
    test: 'a decision on what was looked at > is refused',
  },
  {
    name: 'a request allows each answer',
    invariant: 5,
    sql: rewrite(
      'check_answer(approval_queue, text, jsonb)',
      'if not answer = any (q.allowed)',
      'if false',
    ),
    file: what,
    test: 'a decision on what was looked at > must be one',
  },
  {
    name: 'what was edited runs as it was asked for',
    invariant: 5,
    sql: rewrite(answer, "and coalesce((call ->> 'edits')::boolean, false)", ''),
    file: what,
    test: 'arguments that a reviewer edited > run instead',
  },
  {
    name: 'what has expired is decided',
    invariant: 5,
    sql:
      rewrite(
        'answerable_approval(uuid, integer)',
        'q.expired_at is not null or q.expires_at <= clock_timestamp()',
        'false',
      ) + rewrite(guard, 'old.expires_at <= clock_timestamp()', 'false'),
    file: expiry,
    test: 'nobody decides what has expired',
  },
  {
    name: 'the owner decides what has expired',
    invariant: 5,
    sql: rewrite(guard, 'old.expires_at <= clock_timestamp()', 'false'),
    file: expiry,
    test: 'not even the owner',
  },
  {
    name: 'a yes counts after its deadline',
    invariant: 5,
    sql: rewrite(answer, "q.decision = 'approved' and q.expires_at <= clock_timestamp()", 'false'),
    file: expiry,
    test: 'a yes that was not used by its deadline',
  },
  {
    name: 'a request allows no no',
    invariant: 5,
    sql: 'alter table approval_queue drop constraint approval_may_be_refused',
    file: 'invariant-05-what-was-approved.pg.test.ts',
    test: 'a decision on what was looked at > may be a no',
  },
  {
    name: 'a request promises what nobody is there for',
    invariant: 5,
    sql: rewrite(
      'under_policy(approval_queue, approval_policies, timestamptz)',
      "if q.on_expiry = 'escalate' and q.escalation is null",
      'if false',
    ),
    file: 'asking-in-sql.pg.test.ts',
    test: 'a request with > on_expiry',
  },
  {
    name: 'a request allows an answer a hundred thousand times',
    invariant: 13,
    sql: rewrite('guard_approval_request()', 'cardinality(new.allowed) > 3', 'false'),
    file: 'hostile-requests.pg.test.ts',
    test: 'what an agent asks for, with a hostile > allowed',
  },
  {
    name: 'a list of people has holes',
    invariant: 13,
    sql: rewrite(
      'guard_approval_request()',
      'array_position(new.assignees, null) is not null',
      'false',
    ),
    file: 'hostile-requests.pg.test.ts',
    test: 'what an agent asks for, with a hostile > assignees',
  },
]
