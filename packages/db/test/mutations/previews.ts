import { type Mutation, rewrite } from './mutation.ts'

const file = 'hostile-previews.pg.test.ts'
const calls = 'preview_calls(uuid, jsonb, integer, integer)'

export const previewMutations: readonly Mutation[] = [
  {
    name: 'a deadline in eight thousand years fails every preview',
    invariant: 12,
    sql: rewrite(
      'met_by(approval_queue, approval_policies, boolean, timestamptz)',
      'q.expires_at - at)::bigint',
      'q.expires_at - at)::integer',
    ),
    file,
    test: 'the calls of a week > are told whatever',
  },
  {
    name: 'an agent writes its call into the log once more',
    invariant: 12,
    sql: rewrite(
      calls,
      'select action_id, max(at) as at from logged group by action_id',
      'select * from logged',
    ),
    file,
    test: 'the calls of a week > are each counted once',
  },
  {
    name: 'a preview reads all arguments that there are',
    invariant: 12,
    sql: rewrite(calls, 'where read <= 32 * 1024 * 1024', ''),
    file,
    test: 'the calls of a week > are looked at as far',
  },
  {
    name: 'a preview reads all events of the longest run',
    invariant: 12,
    sql: rewrite(
      'preview_check_ins(jsonb, integer, integer)',
      'where read <= 250000 or read = seq order',
      'order',
    ),
    file,
    test: 'a run with more events than a page',
  },
]
