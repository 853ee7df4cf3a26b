import { randomUUID } from 'node:crypto'

import type { BulkResult, RunId } from '@holdpoint/protocol'
import { Client } from 'pg'
import { expect, test } from 'vitest'

import { askServer } from '../../test/ask.ts'
import { openDatabase } from '../database/database.ts'
import { problem, problemFrom } from '../database/problem.ts'
import { actOnEach } from './bulk.ts'

const { as, db, operator, startRun } = await askServer()

const pause = async (ids: readonly string[]) =>
  (await operator.runs.bulk({ verb: 'pause', ids: [...ids], reason: 'look' })).results

const short = (results: readonly BulkResult[]) =>
  results.map((each) => [each.id, each.outcome === 'done' ? 'done' : each.code])

const audited = async (run: string) =>
  (await operator.audit.list({ runId: run, actor: 'people' })).rows.map(({ action }) => action)

const told = (error: unknown) => (problemFrom(error) ?? problem('INTERNAL', String(error))).body

test('each run has a result of its own, in order, once, and the refusal of one stops no other', async () => {
  const [first, paused, last] = [await startRun(), await startRun(), await startRun()]
  const nowhere = randomUUID()
  await operator.runs.pause({ id: paused })
  const results = await pause([first, paused, nowhere, last, first.toUpperCase(), last])
  expect(short(results)).toEqual([
    [first, 'done'],
    [paused, 'NOTHING_TO_DO'],
    [nowhere, 'RUN_NOT_FOUND'],
    [last, 'done'],
  ])
  expect(results[0]).toMatchObject({ run: { status: 'paused', control: { why: 'look' } } })
  expect(await audited(last)).toEqual(['run.pause'])
  const resumed = await operator.runs.bulk({ verb: 'resume', ids: [first, nowhere] })
  expect(short(resumed.results)).toEqual([
    [first, 'done'],
    [nowhere, 'RUN_NOT_FOUND'],
  ])
})

test('more runs than take turns at once are all done', async () => {
  const ids = await Promise.all(Array.from({ length: 30 }, async () => startRun()))
  expect(short(await pause(ids))).toEqual(ids.map((id) => [id, 'done']))
})

test('killing a run together with those below it counts all as done', async () => {
  const top = await startRun()
  const child = await startRun({ parent_id: top })
  const grandchild = await startRun({ parent_id: child })
  const other = await startRun()
  await operator.runs.kill({ id: other })
  const ids = [grandchild, top, child, other]
  const { results } = await operator.runs.bulk({ verb: 'kill', ids, reason: 'enough' })
  expect(short(results)).toEqual([
    [grandchild, 'done'],
    [top, 'done'],
    [child, 'done'],
    [other, 'RUN_ENDED'],
  ])
  for (const each of results.slice(0, 3)) expect(each).toMatchObject({ run: { status: 'killed' } })
})

test('a large family is killed with its head, whichever of them comes first', async () => {
  const top = await startRun()
  const children: string[] = []
  for (let n = 0; n < 150; n++) children.push(await startRun({ parent_id: top }))
  const ids = [...children.slice(0, 50), top, ...children.slice(50, 99)]
  const { results } = await operator.runs.bulk({ verb: 'kill', ids })
  expect(short(results)).toEqual(ids.map((id) => [id, 'done']))
  const { rows } = await db.owner.query(
    `select count(*)::integer as n from workflow_checkpoints where parent_id = $1 and status = 'killed'`,
    [top],
  )
  expect(rows).toEqual([{ n: 150 }])
})

test('what another operator killed is told as ended', async () => {
  const top = await startRun()
  const child = await startRun({ parent_id: top })
  await as('operator:tom', ['control']).runs.kill({ id: top })
  const { results } = await operator.runs.bulk({ verb: 'kill', ids: [child] })
  expect(short(results)).toEqual([[child, 'RUN_ENDED']])
})

test('a child that an earlier part of the same list took along counts as done, one that ended does not', async () => {
  const top = await startRun()
  const [child, done] = [await startRun({ parent_id: top }), await startRun({ parent_id: top })]
  await db.trial.query(
    `update workflow_checkpoints set status = 'complete' where workflow_id = $1`,
    [done],
  )
  await operator.runs.bulk({ verb: 'kill', ids: [top] })
  const { results } = await operator.runs.bulk({ verb: 'kill', ids: [child, done] })
  expect(short(results)).toEqual([
    [child, 'done'],
    [done, 'RUN_ENDED'],
  ])
})

test('a run behind an open transaction is busy, the others are done, and a single verb finds a connection', async () => {
  const ids = await Promise.all(Array.from({ length: 6 }, async () => startRun()))
  const [free = '', alone = '', ...stuck] = ids
  const agent = new Client({ connectionString: db.trialUrl })
  await agent.connect()
  await agent.query('begin')
  await agent.query(
    `update workflow_checkpoints set current_step = 'open' where workflow_id = any ($1)`,
    [stuck],
  )
  const working = pause([...stuck, free])
  // While the list is worked on; pg waits 5 s at most for a connection.
  expect(await operator.runs.pause({ id: alone })).toMatchObject({ status: 'paused' })
  const results = await working
  await agent.query('rollback')
  await agent.end()
  expect(short(results)).toEqual([...stuck.map((id) => [id, 'RUN_BUSY']), [free, 'done']])
})

test('when time is up the rest is told that it was not tried, and was not', async () => {
  const ids = [await startRun(), await startRun()] as RunId[]
  const database = openDatabase(db.serverUrl, () => undefined)
  const orders = { verb: 'pause', actor: 'operator:maria', reason: null } as const
  const results = await actOnEach(database, ids, orders, told, -1)
  expect(short(results)).toEqual(ids.map((id) => [id, 'RUN_BUSY']))
  expect(results[0]).toMatchObject({ message: expect.stringMatching(/^Not tried/) as string })
  expect(await audited(ids[0] ?? '')).toEqual([])
  await database.close()
})

test('without a database no run is told to be done, and after the first none is tried', async () => {
  const gone = openDatabase('postgres://nobody@127.0.0.1:1/nothing', () => undefined)
  const ids = Array.from({ length: 9 }, () => randomUUID() as RunId)
  const orders = { verb: 'kill', actor: 'operator:maria', reason: null } as const
  let tried = 0
  const results = await actOnEach(gone, ids, orders, (error) => {
    tried++
    return told(error)
  })
  await gone.close()
  expect(short(results)).toEqual(ids.map((id) => [id, 'UNAVAILABLE']))
  expect(tried).toBeLessThanOrEqual(4)
})

test('a connection that breaks under way is told as: it may have been done', async () => {
  const run = (await startRun()) as RunId
  const database = openDatabase(db.serverUrl, () => undefined)
  const agent = new Client({ connectionString: db.trialUrl })
  await agent.connect()
  await agent.query('begin')
  await agent.query(
    `update workflow_checkpoints set current_step = 'open' where workflow_id = $1`,
    [run],
  )
  const orders = { verb: 'pause', actor: 'operator:maria', reason: null } as const
  const working = actOnEach(database, [run], orders, told)
  const ended = async () =>
    db.pool(db.superUrl).query(
      `select pg_terminate_backend(pid) from pg_stat_activity
       where application_name = 'holdpoint verb' and wait_event_type = 'Lock' and datname = current_database()`,
    )
  while ((await ended()).rowCount === 0);
  expect(await working).toMatchObject([
    {
      id: run,
      outcome: 'refused',
      code: 'UNAVAILABLE',
      message: expect.stringMatching(/may have been made/) as string,
    },
  ])
  await agent.query('rollback')
  await agent.end()
  await database.close()
})

test('what breaks on our side is told per run, too', async () => {
  const run = (await startRun()) as RunId
  const database = openDatabase(db.serverUrl, () => undefined)
  const broken = { ...database, verb: async () => Promise.reject(new Error('broken')) }
  const orders = { verb: 'pause', actor: 'operator:maria', reason: null } as const
  expect(short(await actOnEach(broken, [run], orders, told))).toEqual([[run, 'INTERNAL']])
  await database.close()
})

test('more runs than one request may name are refused before anything is done', async () => {
  const ids = Array.from({ length: 101 }, () => randomUUID())
  await expect(pause(ids)).rejects.toThrow(/ids/)
})
