import { createTestDatabase } from '@holdpoint/db/testing'
import { expect, test } from 'vitest'

import { isOpen } from './open-session.ts'

const db = await createTestDatabase()

const kinds = [
  ['in use', { expires: '1 day', seen: '0 s', ended: false }],
  ['unused for six days', { expires: '1 day', seen: '-6 days', ended: false }],
  ['unused for a week', { expires: '1 day', seen: '-7 days', ended: false }],
  ['past its end', { expires: '-1 s', seen: '0 s', ended: false }],
  ['signed out', { expires: '1 day', seen: '0 s', ended: true }],
] as const

test.each(kinds)(
  'a session that is %s is listed as open when its secret lets someone in, and only then',
  async (_, { expires, seen, ended }) => {
    const { rows } = await db.owner.query<{ listed: boolean; letIn: boolean }>(
      `insert into operator_sessions as s (token_hash, operator, method, expires_at, last_seen_at, ended_at)
         select sha256(gen_random_uuid()::text::bytea), 'local', 'link', clock_timestamp() + $1::interval,
           clock_timestamp() + $2::interval, case when $3 then clock_timestamp() end
         returning ${isOpen('s')} as listed, is_live(s) as "letIn"`,
      [expires, seen, ended],
    )
    const open = !ended && expires !== '-1 s' && seen !== '-7 days'
    expect(rows).toEqual([{ listed: open, letIn: open }])
  },
)
