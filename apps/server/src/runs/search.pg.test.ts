import {
  hasWords,
  type Page,
  type Run,
  runState,
  runStates,
  stopReasons,
  wordsOf,
} from '@holdpoint/protocol'
import { afterAll, beforeAll, expect, test } from 'vitest'

import { askServer } from '../../test/ask.ts'
import { openDatabase } from '../database/database.ts'
import { decodeCursor } from '../database/keyset.ts'
import type { Wanted } from './search-ended.ts'
import { search } from './search.ts'

const { db, operator, startRun } = await askServer()

const database = openDatabase(db.serverUrl, () => undefined)
// Closed before the database is dropped.
afterAll(async () => database.close())

/** The same sequence each time. */
function chance(seed: number): () => number {
  let state = seed
  return () => (state = (state * 48_271) % 2_147_483_647) / 2_147_483_647
}
const random = chance(20_261_128)
const oneOf = <T>(values: readonly T[]): T => values[Math.floor(random() * values.length)] as T

const agents = ['billing', 'refund-bot', "o'neil", 'support']
const vocabulary = [
  'Invoice',
  'invoices',
  '100%',
  'a_b',
  String.raw`c:\tmp`,
  "it's",
  'ÄPFEL',
  'zwölf',
  'x',
  'no',
  'VOICE',
  '"q"',
  '日本語',
  '€5',
  'ice',
]
/** A piece of a word, in any case. */
const part = (): string => {
  const word = oneOf(vocabulary)
  const from = Math.floor(random() * word.length)
  const piece = word.slice(from, from + 1 + Math.floor(random() * 6))
  return random() < 0.5 ? piece.toUpperCase() : piece
}
const text = (most: number): string =>
  Array.from({ length: 1 + Math.floor(random() * most) }, () => oneOf(vocabulary)).join(
    oneOf([' ', '\n', '  ', '-']),
  )

// Written as they are, because what is told apart here is 100 days long; what is kept of their ends is made as at their ends.
beforeAll(async () => {
  const runs = Array.from({ length: 600 }, (_, n) => ({
    agent: oneOf(agents),
    goal: text(5),
    skill: random() < 0.3 ? oneOf(vocabulary) : null,
    step: random() < 0.8 ? text(2) : null,
    tool: random() < 0.2 ? oneOf(vocabulary) : null,
    status: n < 90 ? oneOf(['running', 'queued', 'lost']) : oneOf(['complete', 'failed', 'killed']),
    reason: random() < 0.3 ? oneOf(stopReasons) : null,
    since: random() * 100,
    // Some say that they were created after their end.
    created: random() * 120 - 5,
  }))
  const admin = db.pool(db.superUrl, 1)
  await admin.query('set session_replication_role = replica')
  await admin.query(
    `insert into workflow_checkpoints (workflow_id, root_id, agent_id, goal, skill, current_step, current_tool, status,
        stop_reason, status_since, created_at, last_event)
      select gen_random_uuid(), gen_random_uuid(), agent, goal, skill, step, tool, status, reason,
        now() - since * interval '1 day', now() - created * interval '1 day', '{}'
      from jsonb_to_recordset($1) as r (agent text, goal text, skill text, step text, tool text, status text, reason text,
        since float8, created float8)`,
    [JSON.stringify(runs)],
  )
  await admin.query('set session_replication_role = origin')
  // Reaches every run that has ended by the trigger, as its end does.
  await admin.query(
    `insert into run_words select k.* from workflow_checkpoints w cross join lateral words_row(w) k where is_final(w.status)`,
  )
})

type Filter = Wanted['filter']

/** The ids of all pages; so few are looked through that most must be found by the index. */
async function all(
  text: string,
  { filter = {}, column = 'status_since', limit = 200 }: Partial<Wanted> = {},
  looked = { first: 7, atWork: 40 },
): Promise<string[]> {
  const ids: string[] = []
  let after: Wanted['after'] = null
  do {
    const wanted: Wanted = { filter, words: wordsOf(text), column, after, limit }
    const page: Page<Run> = await search(database.read, wanted, looked)
    expect(page.rows.length).toBeLessThanOrEqual(limit)
    ids.push(...page.rows.map(({ id }) => id))
    after = page.nextCursor === null ? null : decodeCursor(page.nextCursor)
  } while (after !== null)
  return ids
}

const inOrder = async (column: Wanted['column'], where = 'true'): Promise<Run[]> => {
  const { rows } = await db.owner.query<{ run: Run }>(
    `select run_state(w) as run from workflow_checkpoints w where ${where} order by ${column} desc, workflow_id desc`,
  )
  return rows.map(({ run }) => run)
}

const isMeant = (run: Run, { states, agents: names, skill, stopReasons: reasons }: Filter) =>
  (states === undefined || states.includes(runState(run))) &&
  (names === undefined || names.includes(run.agentId)) &&
  (skill === undefined || skill === run.skill) &&
  (reasons === undefined || reasons.some((reason) => reason === run.stopReason))

const some = <T>(values: readonly T[], share: number): T[] | undefined => {
  const chosen = values.filter(() => random() < share)
  return random() < 0.5 || chosen.length === 0 ? undefined : chosen
}

test('whatever is asked, all pages together are what the browser would show of all runs, in order', async () => {
  const lists = {
    status_since: await inOrder('status_since'),
    created_at: await inOrder('created_at'),
  }
  for (let nth = 0; nth < 80; nth++) {
    const filter: Filter = {
      states: some(runStates, 0.4),
      agents: some(agents, 0.4),
      skill: random() < 0.1 ? oneOf(vocabulary) : undefined,
      stopReasons: some(stopReasons, 0.5),
    }
    const column = oneOf(['status_since', 'created_at'] as const)
    const id = oneOf(lists.created_at).id.slice(0, oneOf([2, 6, 13, 36]))
    const words = [part(), ...(random() < 0.3 ? [part()] : []), ...(random() < 0.2 ? [id] : [])]
    const asked = { filter, column, limit: oneOf([4, 40, 200]) }
    const meant = lists[column].filter(
      (run) => isMeant(run, filter) && hasWords(run, wordsOf(words.join(' '))),
    )
    const found = await all(words.join(' '), asked)
    expect({ words, asked, found }).toEqual({ words, asked, found: meant.map((run) => run.id) })
  }
})

test('a word is found as a plain ilike finds it', async () => {
  for (const word of vocabulary) {
    const pattern = `'%${word.replaceAll(/[\\%_]/g, String.raw`\$&`).replaceAll("'", "''")}%'`
    const columns = `concat_ws(' ', agent_id, skill, goal, current_step, current_tool)`
    const plain = await inOrder('status_since', `${columns} ilike ${pattern}`)
    expect({ word, found: await all(word) }).toEqual({ word, found: plain.map(({ id }) => id) })
  }
})

test('what the index has of ended runs is all that is needed to find them', async () => {
  const ended = ['complete', 'failed', 'killed'] as const
  const states = { filter: { states: ended } }
  const found = await all('invoice', states, { first: 1, atWork: 1 })
  expect(found.length).toBeGreaterThan(100)
  expect(found).toEqual(await all('invoice', states, { first: 10_000, atWork: 1 }))
})

test('a run is found by its words from its start on, and once it has ended', async () => {
  const id = await startRun({ agent_id: 'billing', goal: 'Quittung drucken' })
  const looked = { first: 1, atWork: 1000 }
  // One that is newer is all that is looked through first.
  await startRun()
  expect(await all('quittung', {}, looked)).toEqual([id])
  await db.trial.query(
    `update workflow_checkpoints set status = 'complete' where workflow_id = $1`,
    [id],
  )
  await startRun()
  expect(await all('quittung', {}, looked)).toEqual([id])
  expect(await all('quittung', { filter: { states: ['failed'] } }, looked)).toEqual([])
})

test('a page may end before it is full, and the next one goes on from there', async () => {
  const wanted = {
    filter: {},
    words: ['nowhere'],
    column: 'status_since',
    after: null,
    limit: 5,
  } as const
  const page = await search(database.read, wanted, { first: 1, atWork: 5 })
  expect(page.rows).toEqual([])
  expect(page.nextCursor).not.toBeNull()
})

test('the list takes words; blanks ask for nothing', async () => {
  const { rows } = await operator.runs.list({ text: ' ZWÖLF  100% ', limit: 200 })
  expect(rows.length).toBeGreaterThan(0)
  expect(rows.every((run) => hasWords(run, ['zwölf', '100%']))).toBe(true)
  expect((await operator.runs.list({ text: ' \t ' })).rows).toHaveLength(50)
  expect((await operator.runs.list({ text: 'no\0where' })).rows).toEqual(
    (await operator.runs.list({ text: 'no where' })).rows,
  )
})
