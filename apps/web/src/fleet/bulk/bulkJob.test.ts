import type { BulkPlan, BulkResult, RunId } from '@holdpoint/protocol'
import { expect, test } from 'vitest'

import { aRun } from '../../live/testing.ts'
import { BulkJob, type BulkServer } from './bulkJob.ts'

const idsOf = (n: number) => Array.from({ length: n }, (_, index) => `run-${index}`)
const planOf = (ids: readonly string[]): BulkPlan => ({
  verb: 'pause',
  cut: false,
  will: ids.map((id) => ({ run: aRun(id, 1), childOf: null })),
  wont: [],
})
const done = (id: RunId): BulkResult => ({ id, outcome: 'done', run: aRun(id, 2) })
const refused = (id: RunId): BulkResult => ({
  id,
  outcome: 'refused',
  code: 'RUN_ENDED',
  message: 'It ended.',
})

function jobWith(server: Partial<BulkServer>): { job: BulkJob; sent: (readonly string[])[] } {
  const sent: (readonly string[])[] = []
  const act = server.act ?? (async (_, ids) => ids.map(done))
  const job = new BulkJob({
    plan: server.plan ?? (async (_, ids) => planOf(ids)),
    act: async (verb, ids, reason) => {
      sent.push(ids)
      return act(verb, ids, reason)
    },
  })
  return { job, sent }
}

test('nothing is done before the dry run is confirmed, then exactly to its runs, in parts of 100', async () => {
  const { job, sent } = jobWith({})
  await job.begin('pause', idsOf(250))
  expect(job.state().phase).toBe('planned')
  expect(sent).toEqual([])
  await job.act('too many')
  expect(sent.map((ids) => ids.length)).toEqual([100, 100, 50])
  expect(sent.flat()).toEqual(idsOf(250))
  expect(job.state()).toMatchObject({ phase: 'done', error: null })
})

test('runs that a kill takes along are not asked for by themselves', async () => {
  const { job, sent } = jobWith({
    plan: async () => ({
      verb: 'kill',
      cut: false,
      will: [
        { run: aRun('parent', 1), childOf: null },
        { run: aRun('child', 1), childOf: 'parent' as RunId },
      ],
      wont: [],
    }),
  })
  await job.begin('kill', ['parent'])
  await job.act('wrong input')
  expect(sent).toEqual([['parent']])
})

test('more runs than a plan takes are not asked for at all', async () => {
  const { job } = jobWith({ plan: async () => Promise.reject(new Error('asked')) })
  await job.begin('pause', idsOf(2001))
  expect(job.state()).toMatchObject({ phase: 'too-many' })
})

test('what was refused can be tried again; what is done is not done twice', async () => {
  let round = 0
  const { job, sent } = jobWith({
    act: async (_, ids) => {
      round++
      return ids.map((id) => (round === 1 && id === 'run-1' ? refused(id) : done(id)))
    },
  })
  await job.begin('pause', idsOf(3))
  await job.act(null)
  expect(job.state()).toMatchObject({ results: [{}, { outcome: 'refused' }, {}] })
  await job.again()
  expect(sent[1]).toEqual(['run-1'])
  const state = job.state()
  expect(state.phase === 'done' && state.results.every(({ outcome }) => outcome === 'done')).toBe(
    true,
  )
})

test('a part that could not be sent stops the rest, and nothing is claimed of it', async () => {
  const { job } = jobWith({
    act: async (_, ids) => {
      if (ids[0] === 'run-100') throw new Error('the line is gone')
      return ids.map(done)
    },
  })
  await job.begin('pause', idsOf(250))
  await job.act(null)
  const state = job.state()
  expect(state).toMatchObject({ phase: 'done', error: expect.any(Error) as Error })
  expect(state.phase === 'done' && state.results.length).toBe(100)
})

test('left while it is under way it goes on; left before, it is forgotten', async () => {
  const { job } = jobWith({})
  await job.begin('pause', idsOf(2))
  job.leave()
  expect(job.state().phase).toBe('none')

  await job.begin('pause', idsOf(2))
  const acting = job.act(null)
  job.leave()
  expect([job.state().phase, job.shown()]).toEqual(['acting', false])
  await acting
  expect(job.state().phase).toBe('done')
})

test('a dry run that was closed before its answer came does not open again', async () => {
  const { promise, resolve } = Promise.withResolvers<BulkPlan>()
  const { job } = jobWith({ plan: async () => promise })
  const begun = job.begin('pause', ['a'])
  job.leave()
  resolve(planOf(['a']))
  await begun
  expect(job.state().phase).toBe('none')
})
