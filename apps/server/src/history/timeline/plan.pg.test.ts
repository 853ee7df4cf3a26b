import { mostMarksCounted } from '@holdpoint/protocol'
import { Client } from 'pg'
import { afterAll, beforeAll, expect, test } from 'vitest'

import { askServer } from '../../../test/ask.ts'
import { countingRows } from '../../../test/rows-read.ts'
import { openDatabase } from '../../database/database.ts'
import { marksOf } from '../marks.ts'
import { actsOf } from './acts.ts'
import { quietLanes } from './quiet.ts'

// Marks and acts cost what is drawn of them, however many there are in the window: counted in rows that are looked at.
const { db } = await askServer()
const each = 12_000
const most = 50
const lanes = ['busy', 'calm', 'strange']
const window = { from: '2026-03-01T00:00:00Z', to: '2026-03-31T00:00:00Z' }
const client = new Client({ connectionString: db.superUrl })
const database = openDatabase(db.serverUrl, () => undefined)

beforeAll(async () => {
  await client.connect()
  // Of the busy lane half are grave, of the calm one few; one in a thousand came late. The third has nothing at all.
  await client.query(
    `set session_replication_role = replica;
     insert into history_agents (agent_id) values ('busy'), ('calm') on conflict do nothing;
     insert into event_marks (at, workflow_id, seq, agent, kind, stops, late)
       select '${window.from}'::timestamptz + n * interval '3 minutes', gen_random_uuid(), 1, a.agent,
         case when grave then 'run.failed' else 'approval.requested' end, grave, n % 1000 = 7
       from generate_series(1, ${each}) n cross join history_agents a
         cross join lateral (select case when a.agent_id = 'busy' then n % 2 = 0 else n % 400 = 3 end as grave) g
       where a.agent_id in ('busy', 'calm');
     insert into run_events (workflow_id, seq, kind, actor, login, at, state)
       select workflow_id, seq, kind, 'agent:x', 'made', at, '{}' from event_marks;
     insert into agent_audit_log (agent_id, action, target_table, target_row_id, login, actor, late, seen_at)
       select case when n % 3 > 0 then 'busy' end, 'policy.save', 'approval_policies', n::text, 'made', 'operator:maria', false,
         '${window.from}'::timestamptz + n * interval '3 minutes'
       from generate_series(1, ${each}) n;
     reset session_replication_role`,
  )
  for (const table of ['event_marks', 'run_events', 'agent_audit_log'])
    await client.query(`vacuum analyze ${table}`)
})

afterAll(async () => {
  await client.end()
  await database.close()
})

async function marks() {
  const { watched, read } = countingRows(database, client, 'event_marks')
  const found = await marksOf(watched, window, lanes, most)
  return { found, read: read() }
}

async function acts() {
  const { watched, read } = countingRows(database, client, 'agent_audit_log')
  const found = await actsOf(watched, window, lanes, most)
  const quiet = await quietLanes(watched, window, null, { counted: [], buckets: 1 })
  return { found, quiet, read: read() }
}

/** Of two lanes those that are shown and those that are counted, and rows that end a range, as some versions look at. */
const usual = 2 * (most + mostMarksCounted) + 10

test('marks cost what is drawn: of each lane first the grave, of them the late, then the newest', async () => {
  const { found, read } = await marks()
  expect(read).toBeLessThanOrEqual(usual)
  const of = (agentId: string) => found.filter((mark) => mark.agentId === agentId)
  expect(of('busy').length).toBe(most)
  expect(of('busy').every(({ kind }) => kind === 'run.failed')).toBe(true)
  expect(of('busy').filter(({ late }) => late).length).toBe(0)
  // 30 grave ones, then the late calm ones, then the newest.
  expect(of('calm').filter(({ kind }) => kind === 'run.failed').length).toBe(30)
  expect(of('calm').filter(({ late, kind }) => late && kind !== 'run.failed').length).toBe(12)
  expect(of('strange')).toEqual([])
  const newest = [...of('busy')].at(-1)?.at ?? ''
  expect(Date.parse(newest)).toBe(Date.parse(window.from) + each * 180_000)
  for (const agentId of ['busy', 'calm'])
    expect(of(agentId)[0]?.allOfThem, agentId).toBe(mostMarksCounted)
})

test('acts cost what is drawn: of each agent, and of none', async () => {
  const { found, quiet, read } = await acts()
  expect(read).toBeLessThanOrEqual(usual)
  for (const whose of ['busy', null]) {
    const { acts: own, moreActs } = found.of(whose)
    expect([own.length, moreActs]).toEqual([most, mostMarksCounted - most])
  }
  expect(found.of('calm')).toEqual({ acts: [], moreActs: 0 })
  expect(quiet.map(({ agentId }) => agentId)).toEqual(['busy'])
})

const indexes = [
  ['marks_grave', marks],
  ['marks_calm', marks],
  ['acts_by_lane', acts],
] as const

test.each(indexes)('without %s it would cost more', async (index, ask) => {
  await client.query(`begin; drop index ${index}`)
  const { read } = await ask()
  await client.query('rollback')
  expect(read).toBeGreaterThan(usual)
})
