import { type Mutation, rewrite } from './mutation.ts'

const votes = 'invariant-05-votes.pg.test.ts'
const gated = 'invariant-05-gated-tools.pg.test.ts'
const handing = 'invariant-05-handing-on.pg.test.ts'
const vote = 'bar_to_vote(approval_queue, text, text, text)'
const never = (signature: string, condition: string): string =>
  rewrite(signature, `if ${condition}`, `if false and ${condition}`)

export const policyMutations: readonly Mutation[] = [
  {
    name: 'a person is told that they may answer what they may not',
    invariant: 5,
    sql: rewrite(
      'why_not(approval_queue, text, text)',
      'if bar is not null then return bar_words',
      'if false then return bar_words',
    ),
    file: 'who-may-answer.pg.test.ts',
    test: 'what a person is told that they may answer is what they may > for a tool',
  },
  {
    name: 'a person is told that they may not answer what they may',
    invariant: 5,
    sql: rewrite(
      'why_not(approval_queue, text, text)',
      "if answer = 'extend' then return bar_words(case when who = any (q.handed_on) then 'handed' end, actor); end if;",
      '',
    ),
    file: 'who-may-answer.pg.test.ts',
    test: 'what a person is told that they may answer is what they may > for one that has expired and is held',
  },
  {
    name: 'one yes is enough for any quorum',
    invariant: 5,
    sql: `create or replace function quorum_met(approval uuid) returns boolean language sql as $$ select true $$`,
    file: votes,
    test: 'two of on-call and one of finance > is three people',
  },
  {
    name: 'a yes is written without its votes',
    invariant: 5,
    sql: rewrite('guard_approval_change()', 'and not quorum_met(old.approval_id)', 'and false'),
    file: votes,
    test: 'two of on-call and one of finance > is not the owner',
  },
  {
    name: 'who asks also answers',
    invariant: 5,
    sql: rewrite(vote, 'q.four_eyes and is_behind', 'false and is_behind'),
    file: votes,
    test: 'whoever is behind a request > does not answer it: its requester',
  },
  {
    name: 'the owner of a login answers what it asks',
    invariant: 5,
    sql: rewrite('is_behind(approval_queue, text)', 'l.owner = person', 'false'),
    file: votes,
    test: 'whoever is behind a request > does not answer it: the owner',
  },
  {
    name: 'one person votes twice',
    invariant: 5,
    sql: `${rewrite(vote, "then 'answered'", 'then null')}
      alter table approval_votes drop constraint approval_votes_pkey; drop index one_vote_per_person`,
    file: votes,
    test: 'two of on-call and one of finance > is not one person twice',
  },
  {
    name: 'a token is someone else than who made it',
    invariant: 5,
    sql: 'create or replace function person_of(actor text) returns text language sql as $$ select actor $$',
    file: votes,
    test: 'whoever is behind a request > does not answer it by another hand',
  },
  {
    name: 'a token of a token is nobody’s',
    invariant: 5,
    sql: rewrite(
      'make_token(text, bytea, text[], text[], timestamptz, text)',
      'who text := person_of(actor)',
      'who text := actor',
    ),
    file: votes,
    test: 'whoever is behind a request > does not answer it by a token that a token made',
  },
  {
    name: 'the machine counts as someone',
    invariant: 5,
    sql: rewrite(vote, "person like 'token:%'", 'false'),
    file: votes,
    test: 'whoever is behind a request > does not answer it by the machine’s token',
  },
  {
    name: 'who is not asked asks themselves',
    invariant: 5,
    sql: never('escalate_approval(uuid, text, text[], text, integer)', 'people is not null then'),
    file: handing,
    test: 'handing on > is not to oneself',
  },
  {
    name: 'anyone stands for any group',
    invariant: 5,
    sql: rewrite(vote, 'not is_asked(q.quorum, person)', 'false'),
    file: votes,
    test: 'two of on-call and one of finance > is none that is not asked',
  },
  {
    name: 'an edit keeps the votes',
    invariant: 5,
    sql: rewrite('quorum_met(uuid)', `and v.digest = coalesce(q.digest, '')`, ''),
    file: votes,
    test: 'two of on-call and one of finance > counts a yes',
  },
  {
    name: 'the gate does not look at policies',
    invariant: 5,
    sql: rewrite(
      'pass_gate(uuid, integer, actions, boolean)',
      'p.current and p.gate and',
      'false and',
    ),
    file: gated,
    test: 'a gated tool > is asked about',
  },
  {
    name: 'an old snapshot has old policies',
    invariant: 5,
    sql: 'drop trigger note_policy_change on approval_policies',
    file: gated,
    test: 'a gated tool > does not begin in a repeatable read snapshot',
  },
  {
    name: 'whoever waits for a run has old policies',
    invariant: 5,
    sql: rewrite(
      'pass_gate(uuid, integer, actions, boolean)',
      'if agent is not null and not cleared and exists',
      'if false and exists',
    ),
    file: gated,
    test: 'a gated tool > does not begin where its run was waited for',
  },
  {
    name: 'a yes outlives its policy',
    invariant: 5,
    sql: rewrite(
      'answer_of_people(uuid, actions, jsonb, approval_policies)',
      '(q.policy_id, q.policy_version) is distinct from (p.policy_id, p.version)',
      'false',
    ),
    file: gated,
    test: 'a yes under an earlier version of a policy > counts no more',
  },
  {
    name: 'a condition is read laxly',
    invariant: 5,
    sql: rewrite('condition_holds(text, jsonb, text)', "'strict '", "'lax '"),
    file: gated,
    test: 'a condition under which nobody is asked > does not hold',
  },
  {
    name: 'a condition is read in the agent’s time zone',
    invariant: 5,
    sql: 'alter function condition_holds(text, jsonb, text) reset timezone',
    file: gated,
    test: 'a condition under which nobody is asked > reads a time',
  },
  {
    name: 'an escalation approves',
    invariant: 5,
    sql: rewrite(
      'expire_approval(approval_queue)',
      'perform pass_on(',
      "insert into approval_votes (approval_id, actor, vote, digest) values (q.approval_id, 'holdpoint', 'approve', q.digest); perform pass_on(",
    ),
    file: handing,
    test: 'handing on > happens by itself',
  },
  {
    name: 'what an action read is not read again',
    invariant: 5,
    sql: rewrite(
      'begin_action_checked(uuid, integer, jsonb)',
      'if why is not null then',
      'if false then',
    ),
    file: 'preconditions.pg.test.ts',
    test: 'an action that names what it read > does not begin once',
  },
  {
    name: 'what an action read is read with the rights of others',
    invariant: 13,
    sql: `alter function moved(jsonb) owner to current_user; alter function moved(jsonb) security definer`,
    file: 'preconditions.pg.test.ts',
    test: 'what it names is read with its own rights > not',
  },
  {
    name: 'a value goes into the SQL as it is',
    invariant: 13,
    sql: rewrite('moved(jsonb)', "'%I = %L', k.key", "'%I = ''%s''', k.key"),
    file: 'preconditions.pg.test.ts',
    test: 'what it names is read with its own rights > and nothing of it is run as SQL: a value',
  },
  {
    name: 'nobody need look at a run',
    invariant: 5,
    sql: 'create or replace function check_in_due(r workflow_checkpoints, p approval_policies) returns text language sql as $$ select null::text $$',
    file: 'check-ins.pg.test.ts',
    test: 'after so many steps',
  },
  {
    name: 'a run is as young as its agent says',
    invariant: 5,
    sql: rewrite(
      'check_in_due(workflow_checkpoints, approval_policies)',
      'least(r.created_at, (select l.began_at from run_lives l where l.workflow_id = r.workflow_id))',
      'r.created_at',
    ),
    file: 'check-ins.pg.test.ts',
    test: 'a run that its agent dates ahead',
  },
  {
    name: 'an output is settled without its grade',
    invariant: 6,
    sql:
      rewrite(
        'check_grade(approval_queue, text, jsonb)',
        "if (q.kind = 'output') <> (grade is not null) then",
        'if false then',
      ) + rewrite('guard_approval_change()', "new.kind = 'output'", 'false'),
    file: 'invariant-06-graded-outputs.pg.test.ts',
    test: 'an output > is not settled with no grade',
  },
  {
    name: 'a verdict is written without a grade',
    invariant: 6,
    sql: rewrite('guard_approval_change()', "new.kind = 'output'", 'false'),
    file: 'invariant-06-graded-outputs.pg.test.ts',
    test: 'an output > has no verdict',
  },
  {
    name: 'a change is bound to nothing',
    invariant: 5,
    sql: rewrite(
      'answer_of_people(uuid, actions, jsonb, approval_policies)',
      "x.kind <> 'output'",
      "x.kind = 'action'",
    ),
    file: 'invariant-06-graded-outputs.pg.test.ts',
    test: 'a change to what runs > is bound',
  },
  {
    name: 'a version of a policy is rewritten',
    invariant: 5,
    sql: 'drop trigger keep_policy_version on approval_policies',
    file: 'policies.pg.test.ts',
    test: 'a policy > is kept in each of its versions',
  },
]
