import { readFile } from 'node:fs/promises'

import { expect, test } from 'vitest'

import { createTestDatabase } from '../testing/index.ts'
import { dumpSchema } from './dump-schema.ts'

const db = await createTestDatabase()

test('schema.sql is what the migrations make', async () => {
  const committed = await readFile(new URL('../../schema.sql', import.meta.url), 'utf8')
  expect(
    await dumpSchema(db.superUrl),
    'after a change of the migrations: pnpm --filter @holdpoint/db dump-schema',
  ).toBe(committed)
})

test.each([
  ['a column', 'alter table tasks add column surprise text', 'surprise text'],
  [
    'a grant on a column',
    'grant update (agent_id) on tasks to agent_worker',
    'update (status, agent_id, updated_at, workflow_id)',
  ],
  ['a grant on a table', 'grant delete on run_events to holdpoint_server', 'delete'],
  [
    'a right to call',
    'grant execute on function is_operator() to public',
    'to public, holdpoint_server',
  ],
  ['an index', 'create index surprise on tasks (agent_id)', 'create index surprise'],
  ['a policy', 'create policy surprise on tasks using (true)', 'create policy surprise'],
  ['a constraint', 'alter table tasks add constraint surprise check (true)', 'constraint surprise'],
  [
    'a trigger',
    'create trigger surprise before insert on tasks for each row execute function suppress_redundant_updates_trigger()',
    'create trigger surprise',
  ],
])('%s more is seen', async (_what, change, seen) => {
  const before = (await dumpSchema(db.superUrl)).toLowerCase().split('\n')
  await db.owner.query(change)
  const after = (await dumpSchema(db.superUrl)).toLowerCase().split('\n')
  const added = after.filter((line) => !before.includes(line)).join('\n')
  expect(added).toContain(seen)
})

test('the partition of another month makes no difference', async () => {
  const before = await dumpSchema(db.superUrl)
  await db.owner.query(
    `create table run_events_2099_01 partition of run_events for values from ('2099-01-01') to ('2099-02-01')`,
  )
  expect(await dumpSchema(db.superUrl)).toBe(before)
})
