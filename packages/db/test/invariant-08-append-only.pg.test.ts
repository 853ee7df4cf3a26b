import type { Pool } from 'pg'
import { describe, expect, test } from 'vitest'

import * as agents from './support/agents.ts'
import { openContract } from './support/contract.ts'
import * as operators from './support/operators.ts'
import { outcomeOf } from './support/refusal.ts'

// Invariant 8: no role that an agent or the server uses can change or remove audit or events.
const db = await openContract()
const run = await agents.startPlain(db.alpha)
await agents.writeAudit(db.alpha, run)
await operators.pause(db.server, run)

const { rows: partitions } = await db.admin.query<{ name: string }>(
  `select inhrelid::regclass::text as name from pg_inherits where inhparent = 'run_events'::regclass`,
)
const kept = ['run_events', 'agent_audit_log', ...partitions.map(({ name }) => name)]
const attacks = (table: string) => [
  `update ${table} set actor = 'nobody'`,
  `delete from ${table}`,
  `truncate ${table}`,
]

const denied = '42501'
const asGroup = (role: string) => async (sql: string) => {
  const client = await db.admin.connect()
  try {
    await client.query(`set role ${role}`)
    return await outcomeOf(client.query(sql))
  } finally {
    client.release(true)
  }
}
const through = (pool: Pool) => async (sql: string) => outcomeOf(pool.query(sql))

test('there is a default partition, and partitions made ahead', () => {
  expect(kept.length).toBeGreaterThan(4)
  expect(kept).toContain('run_events_default')
})

describe.each([
  ['an agent', through(db.alpha)],
  ['the trial login', through(db.trial)],
  ['the server', through(db.server)],
  ['the custodian', asGroup('holdpoint_custodian')],
])('%s', (_, attempt) => {
  test.each(kept)('cannot change or remove rows of %s', async (table) => {
    for (const attack of attacks(table)) expect(await attempt(attack)).toBe(denied)
  })
})

describe('the owner of the tables', () => {
  test.each(kept)('is refused by the rule on %s as well', async (table) => {
    await db.owner.query(
      `insert into run_events_default (workflow_id, seq, kind, actor, at, state)
       values (gen_random_uuid(), 1, 'run.started', 'x', '2001-01-01', '{}')`,
    )
    const filled =
      table === 'run_events' || table === 'run_events_default' || table === 'agent_audit_log'
    const [update = '', remove = '', truncate = ''] = attacks(table)
    // A row rule of a partition without rows has nothing to refuse.
    if (filled) expect(await outcomeOf(db.owner.query(update))).toBe('HP009')
    if (filled) expect(await outcomeOf(db.owner.query(remove))).toBe('HP009')
    expect(await outcomeOf(db.owner.query(truncate))).toBe('HP009')
  })
})

test('the history and the log are as they were after all this', async () => {
  const { rows } = await db.admin.query<{ events: number; audit: number }>(
    `select (select count(*)::int from run_events where workflow_id = $1) as events,
            (select count(*)::int from agent_audit_log where workflow_id = $1 and actor <> 'nobody') as audit`,
    [run],
  )
  expect(rows).toEqual([{ events: 3, audit: 3 }])
})

test('a partition that the server makes later is kept by the same rules', async () => {
  const { rows } = await db.server.query<{ made: number }>(
    'select make_event_partitions(5) as made',
  )
  expect(rows).toEqual([{ made: 2 }])
  const { rows: unguarded } = await db.admin.query<{ name: string }>(
    `select inhrelid::regclass::text as name from pg_inherits i where inhparent = 'run_events'::regclass
       and (select count(*) from pg_trigger t where t.tgrelid = i.inhrelid and t.tgname like 'events_are%') <> 2`,
  )
  expect(unguarded).toEqual([])
})

test('nobody removes a run, a request or a decision', async () => {
  for (const table of ['workflow_checkpoints', 'approval_queue']) {
    for (const sql of [`delete from ${table}`, `truncate ${table} cascade`]) {
      expect(await outcomeOf(db.owner.query(sql))).toBe('HP009')
      expect(await outcomeOf(db.alpha.query(sql))).toBe(denied)
      expect(await outcomeOf(db.server.query(sql))).toBe(denied)
    }
  }
})
