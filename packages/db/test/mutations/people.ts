import { type Mutation, rewrite } from './mutation.ts'

const people = 'people.pg.test.ts'
const verbs = 'verbs-and-roles.pg.test.ts'
const signIn = 'sign-in.pg.test.ts'
const identities = 'identities.pg.test.ts'
const withIdentity = 'sign_in_with_identity(bytea, text, text, text, boolean, bytea, text, text)'
const passwords = 'passwords.pg.test.ts'

export const peopleMutations: readonly Mutation[] = [
  {
    name: 'each address of a network has tries of its own',
    invariant: 7,
    sql: rewrite('failure_key(text)', 'set_masklen(address, 64)', 'set_masklen(address, 128)'),
    file: passwords,
    test: 'a network of IPv6',
  },
  {
    name: 'acts are not judged',
    invariant: 7,
    sql: 'drop trigger authorize_act on agent_audit_log',
    file: verbs,
    test: 'as viewer > pause_run',
  },
  {
    name: 'whoever may decide may manage policies',
    invariant: 7,
    sql: rewrite(
      'scope_needed(text)',
      "in ('approval', 'standing')",
      "in ('approval', 'standing', 'policy')",
    ),
    file: verbs,
    test: 'as reviewer > save_policy',
  },
  {
    name: 'who may act somewhere may act anywhere',
    invariant: 7,
    sql: rewrite('bar_to_act(text, text, text)', 'not needed = any (may.scopes)', 'false'),
    file: verbs,
    test: 'as nobody > revoke_standing_approval',
  },
  {
    name: 'whoever was disabled goes on acting',
    invariant: 7,
    sql: rewrite(
      'powers_of(text)',
      "and actor like 'operator:%' and o.disabled_at is null",
      "and actor like 'operator:%'",
    ),
    file: verbs,
    test: 'as nobody > kill_run',
  },
  {
    name: 'anybody may act',
    invariant: 7,
    sql: `${rewrite('check_actor(text, text)', 'not exists (select from powers_of(actor))', 'false')}
      drop trigger authorize_act on agent_audit_log`,
    file: people,
    test: 'nobody acts under a name',
  },
  {
    name: 'a limit to some agents does not hold',
    invariant: 7,
    sql: rewrite('bar_to_act(text, text, text)', 'may.agents is not null and', 'false and'),
    file: people,
    test: 'someone limited to some agents > commands these',
  },
  {
    name: 'administrators disable each other',
    invariant: 7,
    sql: rewrite('lock_person(text)', 'lock table operators in share row exclusive mode;', ''),
    file: people,
    test: 'people > who disable each other',
  },
  {
    name: 'the last administrator may go',
    invariant: 7,
    sql: `create or replace function assert_an_admin_is_left() returns void language sql as $$ select null::void $$`,
    file: people,
    test: 'people > always have an administrator',
  },
  {
    name: 'a session outlives its person',
    invariant: 7,
    sql: rewrite('callers_of(bytea[])', 'and o.disabled_at is null and is_live(s)', ''),
    file: signIn,
    test: 'a session > ends when',
  },
  {
    name: 'a session lasts for ever',
    invariant: 7,
    sql: rewrite('is_live(operator_sessions)', 's.expires_at > clock_timestamp()', 'true'),
    file: signIn,
    test: 'a session > is over after 30 days',
  },
  {
    name: 'anybody ends the session of another',
    invariant: 7,
    sql: rewrite('end_sign_ins(text,text,uuid)', `'sign_in.revoke'`, `'sign_in.end'`),
    file: signIn,
    test: 'a session > of another is not ended',
  },
  {
    name: 'a link works for ever',
    invariant: 7,
    sql: rewrite(
      'use_sign_in_link(bytea,bytea,text,text)',
      `interval '10 minutes'`,
      `interval '10 years'`,
    ),
    file: signIn,
    test: 'a link > is good for ten minutes more',
  },
  {
    name: 'a token keeps what its maker lost',
    invariant: 7,
    sql: rewrite('powers_of(text)', 'when m.name is null then t.scopes', 'when true then t.scopes'),
    file: signIn,
    test: 'a token > never does more',
  },
  {
    name: 'many tries at once are not counted',
    invariant: 7,
    sql: rewrite('refuse_too_many_tries(text[])', 'if wait > 0', 'if false'),
    file: passwords,
    test: 'after five failures the account waits',
  },
  {
    name: 'failures of long ago make wait',
    invariant: 7,
    sql: rewrite('count_failure(text, integer)', `interval '1 day'`, `interval '9 days'`),
    file: passwords,
    test: 'failures of more than a day ago',
  },
  {
    name: 'a password is changed without the old one',
    invariant: 7,
    sql: rewrite(
      'set_password(text, bytea, bytea, jsonb, bytea, uuid, text)',
      'if old_key is null or',
      'if false and',
    ),
    file: passwords,
    test: 'whoever has a password shows it',
  },
  {
    name: 'a new password leaves the other sessions open',
    invariant: 7,
    sql: rewrite(
      'set_password(text, bytea, bytea, jsonb, bytea, uuid, text)',
      ', end_sign_ins(person, actor, keep)',
      '',
    ),
    file: passwords,
    test: 'whoever has a password shows it',
  },
  {
    name: 'an administrator sets a password',
    invariant: 7,
    sql: rewrite(
      'set_password(text, bytea, bytea, jsonb, bytea, uuid, text)',
      `actor <> 'operator:' || person`,
      'false',
    ),
    file: passwords,
    test: "nobody sets another's password",
  },
  {
    name: 'a name that nobody has is answered otherwise',
    invariant: 7,
    sql: rewrite('password_salt(text,text)', 'k left join', 'k join'),
    file: passwords,
    test: 'a name that nobody has is answered',
  },
  {
    name: 'an address takes a person over',
    invariant: 7,
    sql: `alter table operator_identities drop constraint operator_identities_issuer_operator_key;${rewrite(withIdentity, 'and i.subject <> sub', 'and false')}`,
    file: identities,
    test: 'an address that moves on takes nobody over',
  },
  {
    name: 'an address need not be proved',
    invariant: 7,
    sql:
      rewrite(withIdentity, 'if not known and proved then', 'if not known then') +
      rewrite(withIdentity, 'when not known and proved is not true', 'when false'),
    file: identities,
    test: 'an address that is not proved',
  },
  {
    name: 'an answer of a provider is taken twice',
    invariant: 7,
    sql: rewrite(withIdentity, 'if not found then\n    why :=', 'if false then\n    why :='),
    file: identities,
    test: 'an answer is taken once',
  },
  {
    name: 'passwords that are turned off sign in',
    invariant: 7,
    sql: 'drop trigger guard_sign_in_way on operator_sessions',
    file: passwords,
    test: 'turned off > a right password',
  },
  {
    name: 'passwords that are turned off are set',
    invariant: 7,
    sql: 'drop trigger guard_sign_in_way on operator_passwords',
    file: passwords,
    test: 'turned off > a right password',
  },
  {
    name: 'an account that was unbound stays signed in',
    invariant: 7,
    sql: rewrite('unbind_identity(text, text, text, uuid)', "and method = 'oidc'", 'and false'),
    file: identities,
    test: 'an administrator unbinds',
  },
]
