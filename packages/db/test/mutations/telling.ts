import { type Mutation, rewrite } from './mutation.ts'

const collected = 'telling-collect.pg.test.ts'
const outbox = 'telling-outbox.pg.test.ts'
const collect = 'collect_notifications(jsonb)'
const claim = 'claim_notifications(integer, integer, integer, integer)'
const settle = 'settle_notification(uuid, uuid, text, boolean, integer, integer)'
/** Without it a second reading of an event would be no second message. */
const everyKeyIsNew = rewrite(
  collect,
  "coalesce('outcome:'",
  "coalesce(gen_random_uuid()::text, 'outcome:'",
)

export const tellingMutations: readonly Mutation[] = [
  {
    name: 'who commits late is not told of',
    invariant: 4,
    sql: rewrite(
      'events_between(pg_snapshot, pg_snapshot)',
      'e.xid = any (array(select pg_snapshot_xip(old)))',
      'false',
    ),
    file: collected,
    test: 'an event > that commits after a later one',
  },
  {
    name: 'two leaders tell the same',
    invariant: 4,
    sql:
      rewrite(collect, 'from notification_tail for update', 'from notification_tail') +
      everyKeyIsNew,
    file: collected,
    test: 'an event > is told once',
  },
  {
    name: 'the position moves on its own',
    invariant: 4,
    sql:
      rewrite(collect, 'set snapshot = now_at.snapshot from now_at', 'set cluster = cluster') +
      everyKeyIsNew,
    file: collected,
    test: 'an event > is told once',
  },
  {
    name: 'an unknown outcome is told twice',
    invariant: 4,
    sql: everyKeyIsNew,
    file: collected,
    test: 'of the classes > an unknown outcome',
  },
  {
    name: 'isolation is told for each run',
    invariant: 4,
    sql: rewrite(collect, "where e.detail ->> 'hold' is distinct from 'isolation'", ''),
    file: collected,
    test: 'of the classes > isolation',
  },
  {
    name: 'nobody is told of isolation',
    invariant: 4,
    sql: 'drop trigger tell_of_isolation on agent_logins',
    file: collected,
    test: 'of the classes > isolation',
  },
  {
    name: 'nobody is told of what holds nothing',
    invariant: 4,
    sql: 'drop trigger tell_of_finding on detections',
    file: collected,
    test: 'of the classes > what a rule finds',
  },
  {
    name: 'nobody is told of overdue loops',
    invariant: 4,
    sql: 'drop trigger tell_of_overdue_loop on loops',
    file: collected,
    test: 'of the classes > a loop',
  },
  {
    name: 'a request without risk is not told',
    invariant: 4,
    sql: rewrite(collect, 'q.risk is null or', ''),
    file: collected,
    test: 'a channel is not told > but it is told of a request',
  },
  {
    name: 'two senders take one message',
    invariant: 4,
    sql: rewrite(claim, 'for update of n skip locked', ''),
    file: outbox,
    test: 'a message > is given to one of two senders',
  },
  {
    name: 'a dead sender records',
    invariant: 4,
    sql: rewrite(settle, "and state = 'sending' and claim = held_claim", ''),
    file: outbox,
    test: 'a message > whose sender died',
  },
  {
    name: 'what a dead sender had is given to nobody',
    invariant: 4,
    sql: rewrite(claim, "n.state = 'sending' and n.lease_until <= clock_timestamp())", 'false)'),
    file: outbox,
    test: 'a message > whose sender died',
  },
  {
    name: 'a message is tried for ever',
    invariant: 12,
    sql: rewrite(settle, 'or attempts >= most_attempts', ''),
    file: outbox,
    test: 'a message > that failed is tried again',
  },
  {
    name: 'a message is tried again at once',
    invariant: 12,
    sql: rewrite(settle, '5 * power(', '0 * power('),
    file: outbox,
    test: 'a message > that failed is tried again',
  },
  {
    name: 'a channel that hangs takes every place',
    invariant: 12,
    sql: rewrite(claim, 'greatest(0, per_channel -', 'greatest(1000, per_channel -'),
    file: outbox,
    test: 'a channel > that hangs',
  },
  {
    name: 'channels leave no audit row',
    invariant: 7,
    sql: `create or replace function audit_channel(channel uuid, act text, actor text, before jsonb, after jsonb)
      returns void language sql as $$ $$`,
    file: outbox,
    test: 'a channel > is made, changed',
  },
  {
    name: 'the server reads sealed secrets',
    invariant: 13,
    sql: 'grant select on notification_secrets to holdpoint_server',
    file: outbox,
    test: 'nobody but the sender > is given secrets',
  },
  {
    name: 'agents see channels',
    invariant: 13,
    sql: 'grant select on notification_channels to agent_worker',
    file: outbox,
    test: 'nobody but the sender > an agent',
  },
]
