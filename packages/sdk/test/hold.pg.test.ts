import { createTestDatabase } from '@holdpoint/db/testing'
import { afterAll, expect, test } from 'vitest'

import { type Run, RunReleasedError, Worker, WrongVersionError } from '../src/index.ts'
import { actionsOf, eventsOf, rowOf, signalled, until } from './rows.ts'

const db = await createTestDatabase()
const workers: Worker[] = []
function newWorker(leaseMs = 60_000): Worker {
  const made = new Worker({ url: db.trialUrl, leaseMs, log: () => undefined })
  workers.push(made)
  return made
}
afterAll(async () => Promise.all(workers.map(async (each) => each.close())))

const operator = async (
  verb: 'pause_run' | 'resume_run' | 'kill_run',
  run: string,
): Promise<void> => {
  await db.server.query(`select ${verb}($1, 'operator:ada', 'a test')`, [run])
}

const statusOf = async (id: string, status: string) =>
  until(
    async () => rowOf(db, id),
    (row) => row.status === status,
  )

test('a run that is held for too long is let go of: it has not failed, and goes on elsewhere once nothing holds it', async () => {
  const [started, goOn] = [signalled<string>(), signalled()]
  const performed: string[] = []
  const work = async (run: Run): Promise<void> => {
    await run.step('one', async (step) => step.action('post', {}, () => performed.push('one')))
    started.resolve(run.id)
    await goOn.promise
    await run.step('two', async (step) => step.action('post', {}, () => performed.push('two')))
  }
  const spec = { agent: 'patient', skill: 'post', onHold: { exitAfterMs: 0 } }
  const done = newWorker().supervise(spec, work)
  const released = expect(done).rejects.toBeInstanceOf(RunReleasedError)
  const id = await started.promise
  await operator('pause_run', id)
  goOn.resolve()
  await released
  const row = await rowOf(db, id)
  expect(row).toMatchObject({ status: 'paused', stop_reason: 'USER_PAUSED', worker: null })
  expect(row.control?.['quiescedAt']).not.toBeNull()

  const next = newWorker()
  const stop = new AbortController()
  const served = next.serve(
    { post: { work } },
    { agent: 'patient', pollMs: 20, signal: stop.signal },
  )
  await operator('resume_run', id)
  expect(await statusOf(id, 'complete')).toMatchObject({ epoch: 2 })
  stop.abort()
  await served
  expect(performed).toEqual(['one', 'two'])
  const kinds = (await eventsOf(db, id)).map(({ kind }) => kind)
  expect(kinds.filter((kind) => kind.startsWith('run.'))).toEqual([
    'run.started',
    'run.step',
    'run.paused',
    'run.released',
    'run.queued',
    'run.claimed',
    'run.step',
    'run.complete',
  ])
})

test('an action under way is finished and recorded before a held run is let go of', async () => {
  const [started, finish] = [signalled<string>(), signalled()]
  const done = newWorker().supervise(
    { agent: 'patient', onHold: { exitAfterMs: 0 } },
    async (run) => {
      const slow = run.step('slow', async (step) =>
        step.action('post', {}, async (signal) => {
          started.resolve(run.id)
          await finish.promise
          return signal.aborted
        }),
      )
      await started.promise
      await until(
        async () => rowOf(db, run.id),
        ({ status }) => status === 'paused',
      )
      const [, cutOff] = await Promise.all([run.step('held', () => undefined), slow])
      return cutOff
    },
  )
  const released = expect(done).rejects.toBeInstanceOf(RunReleasedError)
  const id = await started.promise
  await operator('pause_run', id)
  await until(
    async () => rowOf(db, id),
    ({ control }) => control?.['acknowledgedAt'] !== null,
  )
  expect(await rowOf(db, id)).toMatchObject({ status: 'paused', epoch: 1 })
  finish.resolve()
  await released
  expect(await actionsOf(db, id)).toMatchObject([{ state: 'confirmed', response: false }])
  expect(await rowOf(db, id)).toMatchObject({ status: 'paused', worker: null })
})

test.each(['approved', 'rejected'])(
  'a run that was let go of while it asked goes on when it is %s, and does not ask again',
  async (verdict) => {
    const answers: string[] = []
    const work = async (run: Run): Promise<void> => {
      await run.step('ask', async (step) => {
        const { decision } = await step.approve({ tool: 'refund', arguments: { eur: 9 } })
        answers.push(decision)
      })
    }
    const agent = `asker-${verdict}`
    const worker = newWorker()
    const left = signalled<unknown>()
    const stop = new AbortController()
    const served = worker.serve(
      { ask: { work } },
      {
        agent,
        pollMs: 20,
        onHold: { exitAfterMs: 50 },
        signal: stop.signal,
        ended: (_, error) => left.resolve(error),
      },
    )
    const id = await worker.enqueue({ agent, skill: 'ask' })
    expect(await left.promise).toBeInstanceOf(RunReleasedError)
    expect(await rowOf(db, id)).toMatchObject({ status: 'paused', worker: null })
    await db.server.query(
      `select decide_approval(approval_id, 'operator:ada', $2) from approval_queue where workflow_id = $1`,
      [id, verdict],
    )
    await statusOf(id, 'complete')
    stop.abort()
    await served
    expect(answers).toEqual([verdict])
    const { rowCount } = await db.server.query(
      'select from approval_queue where workflow_id = $1',
      [id],
    )
    expect(rowCount).toBe(1)
  },
)

test('a paused run whose lease was lost is this worker’s again: it does not look as if nobody had it', async () => {
  const [started, goOn] = [signalled<string>(), signalled()]
  const done = newWorker(1000).supervise({ agent: 'patient' }, async (run) => {
    started.resolve(run.id)
    await goOn.promise
    return run.step('work', () => 'done')
  })
  const id = await started.promise
  await operator('pause_run', id)
  await db.owner.query(
    `update run_leases set lease_until = clock_timestamp() - interval '1 second', worker = worker || ', silent'
     where workflow_id = $1`,
    [id],
  )
  await db.server.query('select sweep_lost_runs()')
  await until(
    async () => rowOf(db, id),
    ({ worker, epoch }) => worker !== null && epoch === 2,
  )
  expect(await rowOf(db, id)).toMatchObject({ status: 'paused' })
  await operator('resume_run', id)
  goOn.resolve()
  expect(await done).toBe('done')
})

test('a run goes on in its own version, or in one that says it can', async () => {
  const worker = newWorker()
  const runId = await worker.enqueue({ agent: 'pinned', skill: 'work', skillVersion: '3' })
  const as = async (skillVersion: string | undefined, resumes: string[] = []) =>
    newWorker().supervise(
      { agent: 'pinned', runId, ...(skillVersion !== undefined && { skillVersion }), resumes },
      () => 'done',
    )
  await expect(as('4')).rejects.toBeInstanceOf(WrongVersionError)
  await expect(as(undefined)).rejects.toMatchObject({ code: 'WRONG_VERSION' })
  await expect(as('4', ['2'])).rejects.toBeInstanceOf(WrongVersionError)
  expect(await rowOf(db, runId)).toMatchObject({ status: 'queued', epoch: 0 })
  expect(await as('4', ['3'])).toBe('done')
  expect(await rowOf(db, runId)).toMatchObject({ status: 'complete' })
})

test('a run that used up a limit is held before the next step, and goes on when a person raises it', async () => {
  const performed: number[] = []
  const started = signalled<string>()
  const done = newWorker().supervise({ agent: 'spender', limits: { steps: 2 } }, async (run) => {
    started.resolve(run.id)
    for (let n = 1; n <= 3; n += 1) await run.step('work', () => performed.push(n))
  })
  const id = await started.promise
  await until(
    async () => rowOf(db, id),
    ({ stop_reason }) => stop_reason === 'BUDGET_EXCEEDED',
  )
  expect(performed).toEqual([1, 2])
  await db.server.query(`select raise_limits($1, 'operator:ada', '{"steps": 5}', 'worth it')`, [id])
  await done
  expect(performed).toEqual([1, 2, 3])
})

test('two calls that are cut off at once do not keep a worker that closes from letting go', async () => {
  const worker = newWorker()
  const reached = signalled<string>()
  let begun = 0
  const done = worker.supervise({ agent: 'leaver' }, async (run) =>
    run.step('both', async (step) =>
      Promise.all(
        [0, 200].map(async (ms) =>
          step.action('post', {}, async (signal) => {
            begun += 1
            if (begun === 2) reached.resolve(run.id)
            await new Promise((resolve) => signal.addEventListener('abort', resolve))
            await new Promise((resolve) => setTimeout(resolve, ms))
            signal.throwIfAborted()
          }),
        ),
      ),
    ),
  )
  const closed = expect(done).rejects.toMatchObject({ code: 'UNAVAILABLE' })
  const id = await reached.promise
  await worker.close()
  await closed
  expect(await rowOf(db, id)).toMatchObject({ status: 'queued', worker: null })
  expect((await actionsOf(db, id)).map(({ state }) => state)).toEqual(['unknown', 'unknown'])
})
