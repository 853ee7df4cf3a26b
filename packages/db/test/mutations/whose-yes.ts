import { type Mutation, rewrite } from './mutation.ts'

const whoseYes = 'invariant-05-whose-yes.pg.test.ts'
const handedOn = 'invariant-05-handed-on.pg.test.ts'
const enough = 'invariant-05-enough-people.pg.test.ts'
const delegate = 'delegate_approval(uuid,text,text,text,integer)'

export const whoseYesMutations: readonly Mutation[] = [
  {
    name: 'a yes outlives its person',
    invariant: 5,
    sql: rewrite(
      'quorum_met(uuid)',
      'and vote_void_since(v.person, v.actor, v.voted_at) is null',
      '',
    ),
    file: whoseYes,
    test: 'a yes of one of several > does not count once',
  },
  {
    name: 'who comes back brings their yes back',
    invariant: 5,
    sql: rewrite(
      'vote_void_since(text, text, timestamptz)',
      'o.barred_last_at >= given',
      'o.disabled_at >= given',
    ),
    file: whoseYes,
    test: 'a yes of one of several > does not count once',
  },
  {
    name: 'a token that is made anew brings its yes back',
    invariant: 5,
    sql: rewrite('vote_void_since(text, text, timestamptz)', 'or t.made_at > given', ''),
    file: whoseYes,
    test: 'a yes of one of several > through the machine’s token',
  },
  {
    name: 'a yes of whoever became the owner counts',
    invariant: 5,
    sql: rewrite('quorum_met(uuid)', 'and not (q.four_eyes and is_behind(q, v.person))', ''),
    file: whoseYes,
    test: 'the owner of a login > who said yes',
  },
  {
    name: 'a yes does not wait for its person to be disabled',
    invariant: 5,
    sql: rewrite(
      'guard_vote()',
      `perform from operators o where new.person = 'operator:' || o.name for share;`,
      '',
    ),
    file: whoseYes,
    test: 'a yes of one of several > that is given while',
  },
  {
    name: 'a yes outlives the role',
    invariant: 5,
    sql: rewrite(
      'loses_answers(operators,operators)',
      `'decide' = any (scopes_of(before.roles))`,
      'false',
    ),
    file: whoseYes,
    test: 'a yes of one of several > does not count once they may not decide',
  },
  {
    name: 'a yes outlives its token',
    invariant: 5,
    sql: rewrite('vote_void_since(text, text, timestamptz)', 't.revoked_at >= given', 'false'),
    file: whoseYes,
    test: 'a yes of one of several > through a token',
  },
  {
    name: 'a request is handed to nobody',
    invariant: 5,
    sql: rewrite('assert_may_answer(approval_queue,text[])', 'other is not null', 'false'),
    file: 'invariant-05-handing-on.pg.test.ts',
    test: 'handing on > is only to whoever',
  },
  {
    name: 'asking others by hand uses up a step of the policy',
    invariant: 5,
    sql: rewrite(
      'escalate_approval(uuid,text,text[],text,integer)',
      'case when by_name then 0 else 1 end',
      '1',
    ),
    file: 'invariant-05-handing-on.pg.test.ts',
    test: 'handing on > by hand takes nothing',
  },
  {
    name: 'who handed on still answers',
    invariant: 5,
    sql: rewrite(
      'bar_to_vote(approval_queue,text,text,text)',
      'person = any (q.handed_on)',
      'vote is null',
    ),
    file: handedOn,
    test: 'having handed on > bars from a yes',
  },
  {
    name: 'who handed on hands on again',
    invariant: 5,
    sql: rewrite('bar_to_part(approval_queue,text)', 'person = any (q.handed_on)', 'false'),
    file: handedOn,
    test: 'having handed on > bars until it is handed back',
  },
  {
    name: 'what came back stays another’s',
    invariant: 5,
    sql: rewrite(delegate, 'array_remove(handed_on, taker) || giver', 'handed_on || giver'),
    file: handedOn,
    test: 'having handed on > in a circle',
  },
  {
    name: 'anyone asks those again who handed on',
    invariant: 5,
    sql: rewrite(
      'escalate_approval(uuid,text,text[],text,integer)',
      'people && q.handed_on',
      'false',
    ),
    file: handedOn,
    test: 'having handed on > is undone by an administrator',
  },
  {
    name: 'one’s own hand gives back what was handed on',
    invariant: 5,
    sql: rewrite(
      'ask_others(approval_queue,text[],timestamptz,integer,text,text)',
      'or h = asker',
      '',
    ),
    file: handedOn,
    test: 'having handed on > is undone by the steps',
  },
  {
    name: 'who is behind a request hands on a part in it',
    invariant: 5,
    sql: rewrite(
      'bar_to_part(approval_queue,text)',
      'q.four_eyes and is_behind(q, person)',
      'false',
    ),
    file: handedOn,
    test: 'having handed on > is not by whoever is behind',
  },
  {
    name: 'a request is handed to a hand that cannot say yes',
    invariant: 5,
    sql: rewrite(
      delegate,
      `bar_to_vote(q, taker, 'approve', coalesce(q.digest, '')) is not null`,
      'false',
    ),
    file: handedOn,
    test: 'having handed on > is not to a hand',
  },
  {
    name: 'a request is handed on until too few are left',
    invariant: 5,
    sql: rewrite(delegate, 'could and not could_be_met(q)', 'false'),
    file: enough,
    test: 'a part is not handed > to another of the group that',
  },
  {
    name: 'whoever is behind a request could fill a group of it',
    invariant: 5,
    sql: rewrite(
      'could_say_yes(approval_queue,text,text)',
      'and bar_to_part(q, person) is null',
      '',
    ),
    file: enough,
    test: 'a part is not handed > to another of the group whose third',
  },
  {
    name: 'whoever cannot say yes is asked by name',
    invariant: 5,
    sql: rewrite(
      'escalate_approval(uuid,text,text[],text,integer)',
      'by_name and other is not null',
      'false',
    ),
    file: enough,
    test: 'whoever is asked by name > is not behind',
  },
  {
    name: 'one of several names who stands beside them',
    invariant: 5,
    sql: rewrite('may_name_others(approval_queue,text)', '<= 1', '<= 99'),
    file: enough,
    test: 'one of a group > lends their own part',
  },
  {
    name: 'a policy needs more people than it names',
    invariant: 5,
    sql: rewrite('check_quorum(jsonb)', `named <> '[]' and`, 'false and'),
    file: enough,
    test: 'a policy names > enough people',
  },
  {
    name: 'whoever is disabled is still waited for',
    invariant: 5,
    sql: rewrite(
      'could_say_yes(approval_queue,text,text)',
      `and bar_to_act(person, 'approval.answer', agent) is null`,
      '',
    ),
    file: enough,
    test: 'a request says that it lacks people > once too few',
  },
  {
    name: 'whoever has answered is still waited for',
    invariant: 5,
    sql: rewrite('could_be_met(approval_queue)', 'v.person = a.person and', 'false and'),
    file: enough,
    test: 'a request says that it lacks people > where all who are left',
  },
  {
    name: 'that people are lacking is told again and again',
    invariant: 5,
    sql: rewrite(
      'mark_lacking(approval_queue)',
      'set lacks_since = now_lacks',
      'set lacks_since = null',
    ),
    file: enough,
    test: 'a request says that it lacks people > in its run’s history',
  },
  {
    name: 'whoever handed a request on moves its deadline',
    invariant: 5,
    sql: rewrite(
      'extend_approval(uuid,text,timestamptz,text,integer)',
      'person_of(actor) = any (q.handed_on)',
      'false',
    ),
    file: handedOn,
    test: 'having handed on > bars from giving it more time',
  },
  {
    name: 'a request came when its agent says',
    invariant: 13,
    sql: rewrite(
      'guard_approval_request()',
      'new.asked_at := clock_timestamp();',
      'new.asked_at := new.requested_at;',
    ),
    file: 'asking-in-sql.pg.test.ts',
    test: 'a request with > requested_at',
  },
  {
    name: 'the owner of a login is any text',
    invariant: 5,
    sql: 'drop trigger guard_owner on agent_logins',
    file: whoseYes,
    test: 'the owner of a login > does not answer',
  },
]
