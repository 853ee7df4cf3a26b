import { beforeEach, expect, test } from 'vitest'

import { askServer } from '../../test/ask.ts'
import { byUrgency } from './inbox.ts'

const { db, operator } = await askServer()

interface Asked {
  readonly minutes: number | null
  readonly risk: string | null
}

/** As agents ask, each of which says that it was the first; the latest that was asked for is the last. @returns the ids in that order */
async function ask(requests: readonly Asked[]): Promise<string[]> {
  const { rows } = await db.owner.query<{ id: string }>(
    `with asked as (select * from unnest($1::int[], $2::text[]) with ordinality a(minutes, risk, n)),
       runs as (insert into workflow_checkpoints (workflow_id, agent_id, current_step, goal)
         select gen_random_uuid(), 'a', 'go', n::text from asked returning workflow_id, goal)
     insert into approval_queue (workflow_id, requested_by, requested_at, tool, arguments, risk, expires_at)
       select r.workflow_id, 'a', timestamptz '2026-01-01' - make_interval(secs => a.n), 'mail', '{}', a.risk,
         clock_timestamp() + make_interval(mins => a.minutes)
       from asked a join runs r on r.goal = a.n::text order by a.n returning approval_id as id`,
    [requests.map(({ minutes }) => minutes), requests.map(({ risk }) => risk)],
  )
  return rows.map(({ id }) => id)
}

// A request is never deleted; here each test has an inbox of its own.
beforeEach(async () =>
  db
    .pool(db.superUrl)
    .query(
      'begin; set local session_replication_role = replica; delete from approval_queue; commit',
    ),
)

test('of 500 that wait the most urgent is first, however late it came and however many came after it', async () => {
  const calm = Array.from({ length: 250 }, (_, n) => ({
    minutes: null,
    risk: n % 2 ? 'low' : null,
  }))
  const due = Array.from({ length: 248 }, (_, n) => ({ minutes: 60 + n, risk: 'low' }))
  const old = await ask([{ minutes: null, risk: 'high' }])
  const later = await ask([...calm, ...due])
  const [soon] = await ask([{ minutes: 3, risk: null }])
  await ask([{ minutes: null, risk: 'medium' }])
  const { rows, open, expired } = await operator.approvals.inbox({ limit: 100 })
  expect({ shown: rows.length, open, expired }).toEqual({ shown: 100, open: 501, expired: 0 })
  expect(rows.slice(0, 3).map(({ id }) => id)).toEqual([soon, later[250], later[251]])

  const whole = (await operator.approvals.inbox({ limit: 1000 })).rows
  expect(new Set(whole.map(({ id }) => id)).size).toBe(501)
  expect(whole.slice(0, 100)).toEqual(rows)
  const calmly = whole.slice(249)
  // What has no deadline: the riskiest first, then the oldest; what does not say comes last.
  expect(calmly.map(({ risk }) => risk)).toEqual([
    'high',
    'medium',
    ...Array.from({ length: 125 }, () => 'low'),
    ...Array.from({ length: 125 }, () => null),
  ])
  expect(calmly[0]?.id).toBe(old[0])
  const ages = calmly.slice(2, 127).map(({ askedAt }) => askedAt)
  expect(ages).toEqual(ages.toSorted())
})

test('what has expired and is held comes after what can still be answered, and is counted', async () => {
  const [late = '', next = ''] = await ask([
    { minutes: 1, risk: 'high' },
    { minutes: 2, risk: 'low' },
  ])
  await db.owner.query(
    `update approval_queue set on_expiry = 'hold', expires_at = clock_timestamp() - interval '1 ms' where approval_id = $1`,
    [late],
  )
  await db.server.query('select expire_approvals()')
  const { rows, expired } = await operator.approvals.inbox({ limit: 1000 })
  expect(expired).toBe(1)
  expect(rows[0]?.id).toBe(next)
  const at = rows.findIndex(({ id }) => id === late)
  expect(rows[at]?.expiredAt).not.toBeNull()
  expect(rows.slice(0, at).every(({ expiresAt }) => expiresAt !== null)).toBe(true)
  expect(rows.slice(at + 1).every(({ expiresAt }) => expiresAt === null)).toBe(true)
})

test('the most urgent are read as their rows alone, not found by sorting all', async () => {
  await ask(Array.from({ length: 500 }, (_, n) => ({ minutes: 60 + n, risk: 'low' })))
  const { rows } = await db.owner.query<{ 'QUERY PLAN': string }>(
    `explain select approval_id from approval_queue q where decision is null and closed_at is null
     order by ${byUrgency} limit 10`,
  )
  const plan = rows.map((row) => row['QUERY PLAN']).join('\n')
  expect(plan).toContain('approvals_by_urgency')
  expect(plan).not.toContain('Sort')
})
