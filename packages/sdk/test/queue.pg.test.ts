import { createTestDatabase } from '@holdpoint/db/testing'
import { afterAll, expect, test } from 'vitest'

import {
  enqueue,
  type Run,
  RunEndedError,
  type ServeOptions,
  type Skills,
  Worker,
} from '../src/index.ts'
import { actionsOf, eventsOf, rowOf, signalled, until } from './rows.ts'

const db = await createTestDatabase()
const workers: Worker[] = []
function newWorker(url = db.trialUrl, leaseMs = 60_000): Worker {
  const made = new Worker({ url, leaseMs, log: () => undefined })
  workers.push(made)
  return made
}
afterAll(async () => Promise.all(workers.map(async (each) => each.close())))

const ended = async (id: string) =>
  until(
    async () => rowOf(db, id),
    ({ status }) => ['complete', 'failed', 'killed'].includes(status),
  )

/** Serves until the test is done with it. */
function serving<S extends Record<string, object>>(
  worker: Worker,
  skills: Skills<S>,
  options: ServeOptions,
) {
  const stop = new AbortController()
  const served = worker.serve(skills, { pollMs: 50, ...options, signal: stop.signal })
  return async () => {
    stop.abort()
    await served
  }
}

test('a run that was enqueued waits, is taken with its input, and ends complete', async () => {
  const id = await enqueue({
    url: db.trialUrl,
    agent: 'mailer',
    skill: 'answer',
    goal: 'Answer ticket 47',
    memory: { ticket: 47 },
  })
  expect(await rowOf(db, id)).toMatchObject({ status: 'queued', epoch: 0, worker: null })
  const seen: number[] = []
  const answer = {
    work: async (run: Run<{ ticket: number }>) =>
      run.step('answer', async (step) =>
        step.action('mail.send', {}, () => seen.push(run.memory.ticket)),
      ),
  }
  const stop = serving(newWorker(), { answer }, { agent: 'mailer' })
  expect(await ended(id)).toMatchObject({ status: 'complete', epoch: 1 })
  await stop()
  expect(seen).toEqual([47])
  expect((await eventsOf(db, id)).map(({ kind }) => kind)).toEqual([
    'run.started',
    'run.claimed',
    'run.step',
    'action.intended',
    'action.confirmed',
    'step.completed',
    'run.complete',
  ])
})

test('one id is one run, however often it is enqueued', async () => {
  const worker = newWorker()
  const runId = crypto.randomUUID()
  const spec = { agent: 'twice', skill: 'once', runId }
  expect(await Promise.all([worker.enqueue(spec), worker.enqueue(spec)])).toEqual([runId, runId])
  const { rows } = await db.server.query(
    `select from workflow_checkpoints where agent_id = 'twice'`,
  )
  expect(rows).toHaveLength(1)
})

test('many workers serve one queue: each run is done once, and never more at a time than was said', async () => {
  const done = new Map<string, number>()
  let most = 0
  const crew = Array.from({ length: 4 }, () => {
    let now = 0
    const work = async (run: Run): Promise<void> => {
      now += 1
      most = Math.max(most, now)
      await run.step('work', async (step) =>
        step.action('count', {}, () => done.set(run.id, (done.get(run.id) ?? 0) + 1)),
      )
      now -= 1
    }
    return serving(newWorker(), { count: { work } }, { agent: 'crew', atATime: 3 })
  })
  const owner = newWorker()
  const ids = await Promise.all(
    Array.from({ length: 60 }, async () => owner.enqueue({ agent: 'crew', skill: 'count' })),
  )
  for (const id of ids) expect(await ended(id)).toMatchObject({ status: 'complete', epoch: 1 })
  await Promise.all(crew.map(async (stop) => stop()))
  expect(new Set(done.values())).toEqual(new Set([1]))
  expect(done.size).toBe(60)
  expect(most).toBe(3)
})

test('a worker takes only what it can do: its skills, its versions, and those it says it can go on with', async () => {
  const worker = newWorker()
  const run = async (skill: string, skillVersion?: string) =>
    worker.enqueue({ agent: 'picky', skill, ...(skillVersion && { skillVersion }) })
  const [old, older, current, unpinned, other] = [
    await run('answer', '2'),
    await run('answer', '1'),
    await run('answer', '3'),
    await run('answer'),
    await run('ask'),
  ]
  const answer = { version: '3', resumes: ['2'], work: () => undefined }
  const stop = serving(newWorker(), { answer }, { agent: 'picky' })
  for (const id of [old, current, unpinned]) await ended(id)
  await stop()
  for (const id of [older, other]) {
    expect(await rowOf(db, id)).toMatchObject({ status: 'queued', epoch: 0 })
  }
})

test('a run that was killed or paused in the queue is not begun', async () => {
  const worker = newWorker()
  const killed = await worker.enqueue({ agent: 'careful', skill: 'work' })
  const paused = await worker.enqueue({ agent: 'careful', skill: 'work' })
  await db.server.query(`select kill_run($1, 'operator:ada')`, [killed])
  await db.server.query(`select pause_run($1, 'operator:ada')`, [paused])
  const begun: string[] = []
  const work = (run: Run): number => begun.push(run.id)
  const stop = serving(worker, { work: { work } }, { agent: 'careful' })
  const last = await worker.enqueue({ agent: 'careful', skill: 'work' })
  await ended(last)
  expect(begun).toEqual([last])
  await db.server.query(`select resume_run($1, 'operator:ada')`, [paused])
  await ended(paused)
  await stop()
  expect(begun).toEqual([last, paused])
})

test('a failed run fails, is told with its error, and the worker goes on with the next', async () => {
  const worker = newWorker()
  const told: unknown[] = []
  const begun: string[] = []
  const work = (run: Run<{ n: number }>): void => {
    begun.push(run.id)
    if (run.memory.n === 1) throw new Error('no such ticket')
  }
  const stop = serving(
    worker,
    { work: { work } },
    {
      agent: 'clumsy',
      ended: (run, error) => told.push(error instanceof Error ? error.message : run.skill),
    },
  )
  const bad = await worker.enqueue({ agent: 'clumsy', skill: 'work', memory: { n: 1 } })
  const good = await worker.enqueue({ agent: 'clumsy', skill: 'work', memory: { n: 2 } })
  expect(await ended(bad)).toMatchObject({ status: 'failed', stop_detail: 'no such ticket' })
  expect(await ended(good)).toMatchObject({ status: 'complete' })
  await stop()
  expect(told).toEqual(['no such ticket', 'work'])
  expect(begun).toEqual([bad, good])
})

test('told to stop, a worker takes nothing more and finishes what it has', async () => {
  const worker = newWorker()
  const started = signalled()
  const finish = signalled()
  const work = async (): Promise<void> => {
    started.resolve()
    await finish.promise
  }
  const stop = new AbortController()
  const options = { agent: 'leaving', signal: stop.signal, pollMs: 20 }
  const served = worker.serve({ work: { work } }, options)
  const first = await worker.enqueue({ agent: 'leaving', skill: 'work' })
  await started.promise
  const second = await worker.enqueue({ agent: 'leaving', skill: 'work' })
  stop.abort()
  finish.resolve()
  await served
  expect(await rowOf(db, first)).toMatchObject({ status: 'complete' })
  expect(await rowOf(db, second)).toMatchObject({ status: 'queued' })
})

test('closing a worker leaves its runs queued, and another goes on from their last checkpoint', async () => {
  const performed: string[] = []
  const reached = signalled()
  const skill = (wait: boolean) => ({
    work: async (run: Run) => {
      await run.step('one', async (step) => step.action('post', {}, () => performed.push('one')))
      if (wait) {
        reached.resolve()
        await new Promise((resolve) => run.signal.addEventListener('abort', resolve))
      }
      await run.step('two', async (step) => step.action('post', {}, () => performed.push('two')))
    },
  })
  const first = newWorker()
  const served = first.serve({ post: skill(true) }, { agent: 'mover' })
  const id = await first.enqueue({ agent: 'mover', skill: 'post' })
  await reached.promise
  await first.close()
  await served
  expect(await rowOf(db, id)).toMatchObject({ status: 'queued', worker: null, epoch: 1 })
  expect((await eventsOf(db, id)).map(({ kind }) => kind)).toContain('run.released')
  const stop = serving(newWorker(), { post: skill(false) }, { agent: 'mover' })
  await ended(id)
  await stop()
  expect(performed).toEqual(['one', 'two'])
  expect(await actionsOf(db, id)).toMatchObject([{ attempt: 1 }, { attempt: 1 }])
})

test('a worker may not serve an agent that its login may not act for', async () => {
  await db.addAgent('theirs')
  const worker = newWorker(await db.addAgent('ours'))
  await expect(worker.serve({}, { agent: 'theirs' })).rejects.toMatchObject({ code: 'NOT_YOURS' })
})

test('a kill of a run that is served frees its place at once', async () => {
  const worker = newWorker()
  const started = signalled<string>()
  const errors: unknown[] = []
  const work = async (run: Run): Promise<void> => {
    if (run.memory['hang'] !== true) return
    started.resolve(run.id)
    await new Promise((_, reject) => {
      run.signal.addEventListener('abort', () => reject(run.signal.reason as Error))
    })
  }
  const stop = serving(
    worker,
    { work: { work } },
    {
      agent: 'hanging',
      ended: (_, error) => errors.push(error),
    },
  )
  await worker.enqueue({ agent: 'hanging', skill: 'work', memory: { hang: true } })
  const id = await started.promise
  const next = await worker.enqueue({ agent: 'hanging', skill: 'work' })
  await db.server.query(`select kill_run($1, 'operator:ada')`, [id])
  await ended(next)
  await stop()
  expect(errors).toEqual([expect.any(RunEndedError), undefined])
})
