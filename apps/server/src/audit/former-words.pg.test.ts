import { beforeAll, expect, test } from 'vitest'

import { askServer } from '../../test/ask.ts'
import { auditLog, type AuditInput } from '../../test/audit-log.ts'

const { db, operator, startRun } = await askServer()
const { all, writes } = auditLog(db, operator)
const standing = '20000000-0000-4000-8000-000000000001'

// As a database has them that is older than the present words: nobody writes the former ones any more.
beforeAll(async () => {
  await db.pool(db.superUrl).query(`set session_replication_role = replica;
    insert into standing_approvals (standing_id, agent_id, tool, condition, max_uses, expires_at, approval_id, created_by)
      values ('${standing}', 'clerk', 'mail.send', 'true', 1, 'infinity', gen_random_uuid(), 'operator:maria');
    insert into agent_audit_log (action, target_table, target_row_id, actor) values
      ('rule.make', 'approval_rules', '${standing}', 'operator:maria'),
      ('standing.give', 'standing_approvals', '${standing}', 'operator:maria'),
      ('drift.settings', 'drift_settings', 'clerk', 'operator:maria'),
      ('drift.policy', 'drift_policies', 'clerk', 'operator:maria'),
      ('standing', 'other', '${standing}', 'operator:maria')`)
})

/** The acts that a filter finds, a page for each. */
const actions = async (filter: AuditInput): Promise<string[]> =>
  (await all({ ...filter, limit: 1 })).map(({ action }) => action).toSorted()

const filters: readonly AuditInput[] = [
  { action: 'rule.make' },
  { action: 'standing.give' },
  { action: 'rule.*' },
  { action: 'standing.*' },
  { table: 'approval_rules' },
  { table: 'standing_approvals' },
]

test.each(filters)('%o finds what was written with either word', async (filter) => {
  expect(await actions(filter)).toEqual(['rule.make', 'standing.give'])
})

test('so does a beginning that only one of the two has', async () => {
  const either = ['drift.policy', 'drift.settings']
  expect(await actions({ action: 'drift.p*' })).toEqual(either)
  expect(await actions({ action: 'drift.s*' })).toEqual(either)
  expect(await actions({ table: 'drift_policies' })).toEqual(either)
})

test('a standing approval is named by its tool, whichever word its row has for the table', async () => {
  const rows = await all({ row: standing })
  expect(Object.fromEntries(rows.map(({ action, about }) => [action, about.name]))).toEqual({
    'rule.make': 'mail.send',
    'standing.give': 'mail.send',
    standing: null,
  })
})

test('also where more acts begin so than are looked up one by one', async () => {
  const run = await startRun({ agent_id: 'clerk' })
  const own = Array.from({ length: 70 }, (_, n) => `rule.${n}`)
  for (const action of own) await writes({ agent_id: 'clerk', workflow_id: run, action })
  expect(await actions({ action: 'rule.*' })).toEqual(
    [...own, 'rule.make', 'standing.give'].toSorted(),
  )
})
