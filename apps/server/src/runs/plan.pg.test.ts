import { randomUUID } from 'node:crypto'

import type { BulkPlan, RunId } from '@holdpoint/protocol'
import { expect, test } from 'vitest'

import { askServer } from '../../test/ask.ts'
import { serve } from '../../test/test-server.ts'
import { openDatabase } from '../database/database.ts'
import { readBelow } from './plan.ts'

const { db, operator, startRun } = await askServer()

const end = async (run: string) =>
  db.trial.query(`update workflow_checkpoints set status = 'complete' where workflow_id = $1`, [
    run,
  ])

test('a plan names what would change and says why the others would not, and changes nothing', async () => {
  const [running, paused, done] = [await startRun(), await startRun(), await startRun()]
  const nowhere = randomUUID()
  await operator.runs.pause({ id: paused })
  await end(done)
  const ids = [running, paused, done, nowhere]
  const { will, wont } = await operator.runs.plan({ verb: 'pause', ids })
  expect(will).toMatchObject([{ run: { id: running }, childOf: null }])
  expect(wont).toMatchObject([
    { id: paused, run: { id: paused }, because: 'An operator paused it already.' },
    { id: done, run: { id: done }, because: 'The run is complete; that is final.' },
    { id: nowhere, run: null, because: 'There is no such run.' },
  ])
  expect((await operator.runs.plan({ verb: 'resume', ids })).will).toMatchObject([
    { run: { id: paused } },
  ])
  expect((await operator.runs.get({ id: running })).run.status).toBe('running')
})

test('a run named twice, in whatever case, is planned once', async () => {
  const run = await startRun()
  const { will } = await operator.runs.plan({ verb: 'pause', ids: [run, run.toUpperCase(), run] })
  expect(will).toHaveLength(1)
})

test('the plan of a kill names all living runs below, also below ended ones, each once', async () => {
  const top = await startRun()
  const ended = await startRun({ parent_id: top })
  const below = await startRun({ parent_id: ended })
  const chosen = await startRun({ parent_id: top })
  const grandchild = await startRun({ parent_id: chosen })
  await end(ended)
  const { will, wont, cut } = await operator.runs.plan({ verb: 'kill', ids: [chosen, top, ended] })
  expect(cut).toBe(false)
  expect(wont.map(({ id }) => id)).toEqual([ended])
  expect(will.map(({ run, childOf }) => [run.id, childOf])).toEqual([
    [chosen, null],
    [grandchild, chosen],
    [top, null],
    [below, top],
  ])
  // What the plan says is what the kill does.
  const { killed } = await operator.runs.kill({ id: top })
  expect(killed.map(({ id }) => id).toSorted()).toEqual(will.map(({ run }) => run.id).toSorted())
})

test('nothing is listed below a run that a kill would not change', async () => {
  const top = await startRun()
  await startRun({ parent_id: top })
  await end(top)
  expect((await operator.runs.plan({ verb: 'kill', ids: [top] })).will).toEqual([])
  const other = await startRun()
  await startRun({ parent_id: other })
  expect((await operator.runs.plan({ verb: 'pause', ids: [other] })).will).toHaveLength(1)
})

test('more runs below than a plan names are cut, and that is said', async () => {
  const database = openDatabase(db.serverUrl, () => undefined)
  const top = (await startRun()) as RunId
  for (let n = 0; n < 3; n++) await startRun({ parent_id: top })
  await end(await startRun({ parent_id: top }))
  const at = async (walked: number, named: number) => {
    const { runs, cut } = await readBelow(database, [top], { walked, named })
    return { named: runs.length, cut }
  }
  expect(await at(10, 2)).toEqual({ named: 2, cut: true })
  expect(await at(10, 3)).toEqual({ named: 3, cut: false })
  expect(await at(4, 3)).toEqual({ named: 3, cut: false })
  expect((await at(3, 10)).cut).toBe(true)
  await database.close()
})

test('a plan for more runs than a URL can carry comes by POST; a command never goes by GET', async () => {
  const server = await serve(db)
  const run = await startRun()
  const ids = [run, ...Array.from({ length: 1_999 }, () => randomUUID())]
  const headers = { 'x-holdpoint': '1', 'content-type': 'application/json' }
  const body = JSON.stringify({ verb: 'pause', ids })
  const answer = await server.ask('/trpc/runs.plan', { method: 'POST', headers, body })
  const { result } = (await answer.json()) as { result: { data: BulkPlan } }
  expect(result.data.will).toMatchObject([{ run: { id: run } }])
  expect(result.data.wont).toHaveLength(1_999)
  const input = encodeURIComponent(JSON.stringify({ verb: 'pause', ids: [run] }))
  expect((await server.ask(`/trpc/runs.bulk?input=${input}`)).status).toBe(405)
  expect((await operator.runs.get({ id: run })).run.status).toBe('running')
  await server.close()
})
