import type { Run, RunState } from '@holdpoint/protocol'
import { runState, runStates } from '@holdpoint/protocol'
import { beforeAll, expect, test } from 'vitest'

import { askServer, refusal } from '../../test/ask.ts'

const { db, operator, startRun } = await askServer()
// No test here adds a run: what they list is exactly these.
const ids: string[] = []

const change = async (sql: string, id: string) => db.trial.query(sql, [id])

beforeAll(async () => {
  for (let n = 0; n < 7; n++) {
    ids.push(
      await startRun({
        agent_id: n % 2 === 0 ? 'even' : 'odd',
        goal: `goal 100% ${n}`,
        skill: 's',
      }),
    )
  }
  const [paused = '', waiting = '', asking = '', done = ''] = ids
  await operator.runs.pause({ id: paused })
  await change(
    `update workflow_checkpoints set waiting_on = '{"kind":"timer"}' where workflow_id = $1`,
    waiting,
  )
  await change(`insert into approval_queue (workflow_id, requested_by) values ($1, 'even')`, asking)
  await change(`update workflow_checkpoints set status = 'complete' where workflow_id = $1`, done)
})

const all = async (input: Parameters<typeof operator.runs.list>[0]): Promise<Run[]> => {
  const rows: Run[] = []
  let cursor: string | null | undefined
  do {
    const page = await operator.runs.list({ ...input, cursor })
    rows.push(...page.rows)
    cursor = page.nextCursor
  } while (cursor !== null)
  return rows
}

test('a script may ask without saying anything', async () => {
  const page = await operator.runs.list()
  expect(page.rows.map(({ id }) => id).toSorted()).toEqual(ids.toSorted())
  expect((await operator.audit.list()).rows.length).toBeGreaterThan(0)
})

test('pages hold every run once, newest first', async () => {
  const rows = await all({ sort: 'created', limit: 2 })
  expect(rows.map(({ id }) => id)).toEqual(ids.toReversed())
  const recent = await all({ sort: 'recent', limit: 3 })
  expect(recent.map(({ id }) => id).toSorted()).toEqual(ids.toSorted())
  const since = recent.map(({ statusSince }) => statusSince)
  expect(since).toEqual(since.toSorted().toReversed())
})

test('each state that a person is shown finds exactly the runs that are shown so', async () => {
  const everything = await all({})
  for (const state of runStates) {
    const found = await all({ states: [state] })
    const shown = everything.filter((run) => runState(run) === state)
    expect({ state, ids: found.map(({ id }) => id) }).toEqual({
      state,
      ids: shown.map(({ id }) => id),
    })
  }
  const two: RunState[] = ['paused', 'complete']
  expect((await all({ states: two })).map((run) => runState(run)).toSorted()).toEqual([
    'complete',
    'paused',
  ])
})

test('filters by agent, stop reason and words, where % is a character', async () => {
  expect((await all({ agents: ['odd'] })).every(({ agentId }) => agentId === 'odd')).toBe(true)
  const named = async (...agents: string[]) =>
    (await all({ agents })).map(({ id }) => id).toSorted()
  expect(await named('ev*')).toEqual(await named('even'))
  expect(await named('ev*', 'od*')).toEqual(await named('even', 'odd'))
  expect(await named('%*')).toEqual([])
  expect(await all({ agents: ['od*'], text: 'goal 100% 3' })).toMatchObject([{ id: ids[3] }])
  expect(await all({ stopReasons: ['USER_PAUSED'] })).toMatchObject([{ id: ids[0] }])
  expect(await all({ text: 'GOAL 100% 3' })).toMatchObject([{ id: ids[3] }])
  expect(await all({ text: '100%3' })).toEqual([])
  expect(await all({ text: ids[5]?.slice(0, 13) ?? '' })).toMatchObject([{ id: ids[5] }])
})

test('several values of a filter are one list, newest first, whatever the size of its pages', async () => {
  const everything = await all({})
  const filters: Parameters<typeof operator.runs.list>[0][] = [
    { agents: ['even', 'odd', 'even', 'nobody'] },
    { agents: ['odd', 'even'], states: ['running', 'waiting', 'paused'] },
    { states: ['waiting', 'running', 'needs_approval', 'complete'] },
    { stopReasons: ['USER_PAUSED', 'AWAITING_APPROVAL'] },
    { agents: ['even'], stopReasons: ['USER_PAUSED', 'AWAITING_APPROVAL'], skill: 's' },
    { agents: [], states: [], stopReasons: [] },
  ]
  for (const filter of filters) {
    const { states = [], agents = [], stopReasons = [], skill } = filter ?? {}
    const meant = everything.filter(
      (run) =>
        (states.length === 0 || states.includes(runState(run))) &&
        (agents.length === 0 || agents.includes(run.agentId)) &&
        (stopReasons.length === 0 || stopReasons.some((reason) => reason === run.stopReason)) &&
        (skill === undefined || run.skill === skill),
    )
    for (const limit of [1, 2, 200]) {
      const found = await all({ ...filter, limit })
      expect({ filter, ids: found.map(({ id }) => id) }).toEqual({
        filter,
        ids: meant.map(({ id }) => id),
      })
    }
  }
})

test('a page marker that nobody made is refused', async () => {
  for (const cursor of ['x', Buffer.from('["a"]').toString('base64url')]) {
    expect(await refusal(operator.runs.list({ cursor }))).toMatchObject({ code: 'BAD_REQUEST' })
  }
  const forged = Buffer.from('["yesterday at noon","x"]').toString('base64url')
  expect(await refusal(operator.runs.list({ cursor: forged }))).toMatchObject({
    code: 'BAD_REQUEST',
  })
})
