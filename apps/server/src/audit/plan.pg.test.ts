import { randomUUID } from 'node:crypto'

import { Client } from 'pg'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'

import { askServer } from '../../test/ask.ts'
import { countingRows } from '../../test/rows-read.ts'
import { openDatabase } from '../database/database.ts'
import type { AuditFilter, AuditOrder } from './filter.ts'
import { type AuditKey, readPage } from './read-page.ts'

// A page costs what it shows: each filter has its index, also where few rows match and lie far apart, first page or deep
// one, newest or oldest first. Counted in rows that are looked at, not in time.
const { db } = await askServer()
const all = 30_000
const limit = 51
const [run, row] = [randomUUID(), randomUUID()]
const client = new Client({ connectionString: db.superUrl })
const database = openDatabase(db.serverUrl, () => undefined)
/** In the middle of the log. */
let middle: AuditKey = ['', '']

beforeAll(async () => {
  await client.connect()
  // One row in five is of the rare kind in each respect; the rest are all alike.
  await client.query(
    `set session_replication_role = replica;
     insert into agent_audit_log (agent_id, workflow_id, action, target_table, target_row_id, login, actor, late, seen_at)
       select case when rare then 'rare' else 'agent-' || n % 20 end, case when rare then '${run}' else gen_random_uuid() end,
         case when rare then 'rare.' || n % 3 else 'action.begin tool-' || n % 200 end,
         case when rare then 'rares' else 'actions' end, case when rare then '${row}' else gen_random_uuid()::text end,
         case when rare then 'rare' else 'worker' end,
         case when n % 25 = 2 then 'operator:maria' when rare then 'operator:bo' else 'agent:agent-' || n % 20 end, rare, now() - n * interval '1 second'
       from (select n, n % 5 = 2 as rare from generate_series(1, ${all}) n) r;
     analyze agent_audit_log;
     reset session_replication_role`,
  )
  const { rows } = await client.query<{ at: string; id: string }>(
    `select seen_at::text as at, log_id as id from agent_audit_log order by seen_at offset ${all / 2} limit 1`,
  )
  middle = [rows[0]?.at ?? '', rows[0]?.id ?? '']
})

afterAll(async () => {
  await client.end()
  await database.close()
})

interface Question {
  readonly filter: AuditFilter
  readonly order: AuditOrder
  readonly after: AuditKey | null
}

/** Reads a page as the server does. @returns how many rows it showed, and how many of the log were looked at for it */
async function costOf(question: Question): Promise<{ shown: number; read: number }> {
  const { watched, read } = countingRows(database, client, 'agent_audit_log')
  const rows = await readPage(watched, { ...question, limit }, 'l.log_id')
  return { shown: rows.length, read: read() }
}

const filters: readonly (readonly [string, AuditFilter])[] = [
  ['nothing', {}],
  ['an agent', { agentId: 'rare' }],
  ['a run', { runId: run as never }],
  ['a person', { actor: 'operator:maria' }],
  ['an agent as actor', { actor: 'agent:agent-3' }],
  ['people of one kind', { actor: 'operator:*' }],
  ['people', { actor: 'people' }],
  ['a login', { login: 'rare' }],
  ['a table', { table: 'rares' }],
  ['a row', { row }],
  ['an action', { action: 'rare.2' }],
  ['actions that begin so', { action: 'rare.*' }],
  ['late', { late: true }],
  ['a window', { from: '-7h', to: '-2h' }],
  ['an agent in a window', { agentId: 'rare', from: '-7h', to: '-2h' }],
]

/** Of three actions each has its page, and is found by a look of its own. */
const most = (filter: AuditFilter): number => (filter.action === 'rare.*' ? 3 * limit + 10 : limit)

describe.each(filters)('by %s', (_, filter) => {
  test.each(['newest', 'oldest'] as const)(
    '%s first: a page costs what it shows',
    async (order) => {
      for (const after of [null, middle]) {
        const { shown, read } = await costOf({ filter, order, after })
        expect(shown).toBeGreaterThan(20)
        expect(read).toBeLessThanOrEqual(most(filter))
      }
    },
  )
})

const indexes: readonly (readonly [string, AuditFilter])[] = [
  ['audit_by_time', {}],
  ['audit_by_agent', { agentId: 'rare' }],
  ['audit_by_run', { runId: run as never }],
  ['audit_by_person', { actor: 'operator:maria' }],
  ['audit_of_people', { actor: 'people' }],
  ['audit_by_login', { login: 'rare' }],
  ['audit_by_table', { table: 'rares' }],
  ['audit_by_row', { row }],
  ['audit_by_action', { action: 'rare.2' }],
  ['audit_late', { late: true }],
]

test.each(indexes)('without %s a page would cost more', async (index, filter) => {
  await client.query(`begin; drop index ${index}`)
  const { read } = await costOf({ filter, order: 'newest', after: middle })
  await client.query('rollback')
  expect(read).toBeGreaterThan(most(filter))
})

test('every index of the log is there for one of the filters', async () => {
  const { rows } = await client.query<{ name: string }>(
    `select indexname as name from pg_indexes where tablename = 'agent_audit_log' and indexname like 'audit%' order by 1`,
  )
  expect(rows.map(({ name }) => name)).toEqual(indexes.map(([name]) => name).toSorted())
})
