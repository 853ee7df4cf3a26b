import { createTestDatabase } from '@holdpoint/db/testing'
import { afterAll, expect, test } from 'vitest'

import { DatabaseAwayError, Worker } from '../src/index.ts'
import { Proxy } from './proxy.ts'
import { actionsOf, eventsOf, rowOf, until } from './rows.ts'

const db = await createTestDatabase()
const proxy = await Proxy.start(db.trialUrl)
// A short lease, since a start whose answer was lost is claimed when it has run out.
const worker = new Worker({ url: proxy.url, leaseMs: 3000, log: () => undefined })
afterAll(async () => {
  await worker.close()
  await proxy.close()
})

const expected = [
  'run.started',
  'run.step',
  'action.intended',
  'action.confirmed',
  'approval.requested',
  'approval.decided',
  'run.running',
  'step.completed',
  'run.complete',
]

async function approveWhatIsAsked(signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    await db.server.query(
      `select decide_approval(approval_id, 'operator:ada', 'approved') from approval_queue
       where decision is null and closed_at is null`,
    )
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
}

test.each([
  'select begin_step',
  'select begin_action',
  'select end_action',
  'insert into approval_queue',
  `update workflow_checkpoints set status = 'running'`,
  'select end_step',
  'select end_run',
  'select start_run',
])('an answer lost after "%s" loses nothing and doubles nothing', async (words) => {
  const finished = new AbortController()
  const approving = approveWhatIsAsked(finished.signal)
  const lost = proxy.loseAnswerTo(words)
  const performed: string[] = []
  const id = await worker.supervise({ agent: 'clerk' }, async (run) => {
    await run.step('work', async (step) => {
      await step.action('post', { request: { n: 1 } }, () => performed.push('post'))
      await step.approve({ tool: 'publish' })
    })
    return run.id
  })
  await lost
  finished.abort()
  await approving
  expect(performed).toEqual(['post'])
  expect(await actionsOf(db, id)).toMatchObject([{ state: 'confirmed', attempt: 1 }])
  expect(await rowOf(db, id)).toMatchObject({
    status: 'complete',
    epoch: 1 + Number(words === 'select start_run'),
  })
  const kinds = (await eventsOf(db, id)).map(({ kind }) => kind)
  const known = kinds.filter((kind) => expected.includes(kind))
  // A step that is begun twice says so twice; everything else happened once.
  expect(words.includes('begin_step') ? [...new Set(known)] : known).toEqual(expected)
  expect(kinds).not.toContain('action.late')
})

test('a run paused between the lost answer and the next question begins nothing until it is resumed', async () => {
  const performed: string[] = []
  const lost = proxy.loseAnswerTo('select begin_action').then(() => proxy.down())
  const started = Promise.withResolvers<string>()
  const done = worker.supervise({ agent: 'clerk' }, async (run) => {
    started.resolve(run.id)
    await run.step('work', async (step) => step.action('post', {}, () => performed.push('post')))
  })
  const id = await started.promise
  await lost
  await db.server.query(`select pause_run($1, 'operator:ada')`, [id])
  proxy.up()
  await until(
    async () => rowOf(db, id),
    ({ control }) => control?.['acknowledgedAt'] !== null,
  )
  // It stands as intended, so the database does not call the run quiet; but nothing was begun.
  expect(await actionsOf(db, id)).toMatchObject([{ state: 'intended' }])
  expect(performed).toEqual([])
  await db.server.query(`select resume_run($1, 'operator:ada')`, [id])
  await done
  expect(performed).toEqual(['post'])
  expect(await actionsOf(db, id)).toMatchObject([{ state: 'confirmed', attempt: 1 }])
})

test('an answer lost while a worker takes its lost run back does not make it believe that another has it', async () => {
  const patient = new Worker({ url: proxy.url, leaseMs: 60_000, log: () => undefined })
  const started = Promise.withResolvers<string>()
  const goOn = Promise.withResolvers<void>()
  const done = patient.supervise({ agent: 'clerk' }, async (run) => {
    started.resolve(run.id)
    await goOn.promise
    return run.step('work', async (step) => step.action('post', {}, () => 'posted'))
  })
  const id = await started.promise
  const lost = proxy.loseAnswerTo('select claim_run')
  await db.owner.query(
    `update run_leases set lease_until = clock_timestamp() - interval '1 second', worker = worker || ', silent' where workflow_id = $1`,
    [id],
  )
  await db.server.query('select sweep_lost_runs()')
  goOn.resolve()
  await lost
  expect(await done).toBe('posted')
  expect(await rowOf(db, id)).toMatchObject({ status: 'complete', epoch: 2 })
  await patient.close()
})

test('a heartbeat that sees the end before its answer is heard does not make it a failure', async () => {
  const eager = new Worker({ url: proxy.url, leaseMs: 1000, log: () => undefined })
  const cut = Promise.withResolvers<void>()
  const ended = proxy.loseAnswerTo('select end_run', cut.promise)
  const done = eager.supervise({ agent: 'clerk' }, (run) => run.id)
  await ended
  // The first may have been asked before the end; the second says that the run has no lease any more.
  await proxy.answers('from heartbeat')
  await proxy.answers('from heartbeat')
  cut.resolve()
  const id = await done
  expect(await rowOf(db, id)).toMatchObject({ status: 'complete' })
  await eager.close()
})

test('an action whose end could not be recorded is not begun again by the worker that began it', async () => {
  const hasty = new Worker({
    url: proxy.url,
    leaseMs: 60_000,
    databaseWaitMs: 1000,
    log: () => undefined,
  })
  const performed: string[] = []
  const done = hasty.supervise({ agent: 'clerk' }, async (run) =>
    run.step('work', async (step) => {
      const post = async (): Promise<void> =>
        step.action('post', { key: 'invoice 7' }, () => {
          performed.push('post')
          if (performed.length === 1) proxy.down()
        })
      await expect(post()).rejects.toThrow(DatabaseAwayError)
      proxy.up()
      const lost = proxy.loseAnswerTo('select begin_action')
      const again = post()
      await lost
      await again
    }),
  )
  await expect(done).rejects.toThrow(/in flight already/)
  await hasty.close()
  expect(performed).toEqual(['post'])
})
