import { type Mutation, rewrite } from './mutation.ts'

const file = 'lock-order.pg.test.ts'

/** Two who lock a run and what belongs to it in opposite orders wait for each other. */
export const lockOrderMutations: readonly Mutation[] = [
  {
    name: 'an answer locks the request before its run',
    invariant: 1,
    sql: rewrite(
      'open_approval(uuid,integer)',
      'perform lock_run(run);',
      'perform from approval_queue where approval_id = approval for no key update; perform lock_run(run);',
    ),
    file,
    test: 'an act of a person > decide_approval',
  },
  {
    name: 'an outcome is settled before its run is locked',
    invariant: 1,
    sql: rewrite(
      'settle_action(uuid,text,boolean,text,jsonb)',
      'select * into a from actions where action_id = action;',
      'select * into a from actions where action_id = action for no key update;',
    ),
    file,
    test: 'an act of a person > settle_action',
  },
  {
    name: 'a worker’s word locks the action before its run',
    invariant: 1,
    sql: rewrite(
      'end_action(uuid,integer,uuid,jsonb)',
      'r := lock_own_run(run);',
      'perform from actions where action_id = action for no key update; r := lock_own_run(run);',
    ),
    file,
    test: 'a call of an agent > end_action',
  },
  {
    name: 'the deadline of a request waits for whoever has its run',
    invariant: 1,
    sql: rewrite(
      'expire_approvals(integer)',
      'for no key update of w skip locked',
      'for no key update of w',
    ),
    file,
    test: 'what the server does by itself waits for no run > expire_approvals',
  },
  {
    name: 'a locked run takes the place of one that is overdue',
    invariant: 1,
    sql: rewrite(
      'expire_approvals(integer)',
      'order by o.expires_at limit most for no key update of w skip locked',
      'and o.approval_id in (select x.approval_id from approval_queue x where x.decision is null and x.closed_at is null and x.expired_at is null order by x.expires_at limit most) for no key update of w skip locked',
    ),
    file: 'locked-runs.pg.test.ts',
    test: 'a deadline',
  },
  {
    name: 'the look for people begins anew each time',
    invariant: 12,
    sql: rewrite('look_for_people(uuid, integer)', '(after is null', '(true'),
    file: 'locked-runs.pg.test.ts',
    test: 'that people are lacking',
  },
]
