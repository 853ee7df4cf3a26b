import { createTestDatabase } from '@holdpoint/db/testing'
import { afterAll, expect, test } from 'vitest'

import {
  FencedError,
  type Run,
  RunBusyError,
  RunEndedError,
  Worker,
  WorkerClosedError,
} from '../src/index.ts'
import { lapse, quietWorker } from './leases.ts'
import { actionsOf, rowOf, signalled, until } from './rows.ts'

const db = await createTestDatabase()
const workers: Worker[] = []
function newWorker(leaseMs = 60_000): Worker {
  const made = new Worker({ url: db.trialUrl, leaseMs, log: () => undefined })
  workers.push(made)
  return made
}
afterAll(async () => Promise.all(workers.map(async (each) => each.close())))

const sweep = async (): Promise<void> => {
  await db.server.query('select sweep_lost_runs()')
}

test('a worker that nobody replaced takes its lost run back and goes on', async () => {
  const worker = await quietWorker(db, newWorker())
  const started = signalled<string>()
  const goOn = signalled()
  const performed: string[] = []
  const done = worker.supervise({ agent: 'clerk' }, async (run) => {
    await run.step('one', async (step) => step.action('post', {}, () => performed.push('one')))
    started.resolve(run.id)
    await goOn.promise
    await run.step('two', async (step) => step.action('post', {}, () => performed.push('two')))
  })
  const id = await started.promise
  await lapse(db, id)
  await sweep()
  expect(await rowOf(db, id)).toMatchObject({ status: 'lost', stop_reason: 'WORKER_LOST' })
  goOn.resolve()
  await done
  expect(performed).toEqual(['one', 'two'])
  expect(await rowOf(db, id)).toMatchObject({ status: 'complete', epoch: 2 })
})

test('a worker whose run another took over begins nothing more and is told by its signal', async () => {
  const [old, next] = [await quietWorker(db, newWorker()), newWorker()]
  const started = signalled<string>()
  const taken = signalled()
  const performed: string[] = []
  const before = old.supervise({ agent: 'clerk' }, async (run) => {
    started.resolve(run.id)
    await taken.promise
    await run.step('work', async (step) => step.action('post', {}, () => performed.push('old')))
  })
  const id = await started.promise
  const fenced = expect(before).rejects.toBeInstanceOf(FencedError)
  await lapse(db, id)
  const after = next.supervise({ agent: 'clerk', runId: id }, async (run) => {
    taken.resolve()
    await fenced
    await run.step('work', async (step) => step.action('post', {}, () => performed.push('next')))
  })
  await after
  expect(performed).toEqual(['next'])
  expect(await rowOf(db, id)).toMatchObject({ status: 'complete', epoch: 2 })
})

test('a worker does not take back a run that another had in between, also when that one is gone', async () => {
  const [old, next] = [await quietWorker(db, newWorker()), newWorker()]
  const started = signalled<string>()
  const goOn = signalled()
  const performed: string[] = []
  const before = old.supervise({ agent: 'clerk' }, async (run) => {
    started.resolve(run.id)
    await goOn.promise
    await run.step('work', async (step) => step.action('post', {}, () => performed.push('old')))
  })
  const fenced = expect(before).rejects.toBeInstanceOf(FencedError)
  const id = await started.promise
  await lapse(db, id)
  const claimed = signalled()
  const after = next.supervise({ agent: 'clerk', runId: id }, async (run) => {
    claimed.resolve()
    await new Promise((resolve) => run.signal.addEventListener('abort', resolve))
  })
  const closed = expect(after).rejects.toBeInstanceOf(WorkerClosedError)
  await claimed.promise
  await next.close()
  await closed
  expect(await rowOf(db, id)).toMatchObject({ status: 'queued', epoch: 2 })
  goOn.resolve()
  await fenced
  expect(performed).toEqual([])
  expect(await rowOf(db, id)).toMatchObject({ status: 'queued', epoch: 2, worker: null })
})

test('what a fenced worker had in flight is kept as late evidence and changes nothing', async () => {
  const [old, next] = [await quietWorker(db, newWorker()), newWorker()]
  const started = signalled<string>()
  const finish = signalled()
  const before = old.supervise({ agent: 'clerk' }, async (run) =>
    run.step('work', async (step) =>
      step.action('post', {}, async () => {
        started.resolve(run.id)
        await finish.promise
        return 'landed'
      }),
    ),
  )
  const id = await started.promise
  const fenced = expect(before).rejects.toBeInstanceOf(FencedError)
  await lapse(db, id)
  const performed: string[] = []
  const after = next.supervise({ agent: 'clerk', runId: id }, async (run) =>
    // Nobody knows whether it landed, so it is not done again by itself.
    run.step('work', async (step) => step.action('post', {}, () => performed.push('again'))),
  )
  await until(
    async () => rowOf(db, id),
    (row) => row.stop_reason === 'UNKNOWN_OUTCOME',
  )
  finish.resolve()
  await fenced
  const { rows } = await db.server.query('select state, late from actions where workflow_id = $1', [
    id,
  ])
  expect(rows).toMatchObject([
    { state: 'unknown', late: { state: 'confirmed', response: 'landed' } },
  ])
  await db.server.query(`select kill_run($1, 'operator:ada')`, [id])
  await expect(after).rejects.toBeInstanceOf(RunEndedError)
  expect(performed).toEqual([])
})

test('a run that is claimed again repeats no done step and no confirmed action, and has its memory', async () => {
  const [first, second] = [newWorker(), newWorker()]
  const performed: string[] = []
  const reached = signalled<string>()
  const memory: { seen: string[] } = { seen: [] }
  const agent =
    (crash: boolean) =>
    async (run: Run<{ seen: string[] }>): Promise<unknown[]> => {
      const one = await run.step('one', async (step) => {
        run.memory.seen.push('one')
        return step.action('post', { request: 1 }, () => performed.push('one'))
      })
      const two = await run.step('two', async (step) => {
        const done = await step.action('post', { request: 2 }, () => performed.push('two a'))
        if (crash) {
          reached.resolve(run.id)
          await new Promise((_, reject) => {
            step.signal.addEventListener('abort', () => reject(new Error('gone')))
          })
        }
        performed.push(`two b, memory ${run.memory.seen.join(', ')}`)
        return done
      })
      return [one, two]
    }
  const before = first.supervise({ agent: 'clerk', memory }, agent(true))
  const id = await reached.promise
  const stopped = expect(before).rejects.toBeInstanceOf(WorkerClosedError)
  await first.close()
  await stopped
  expect(await second.supervise({ agent: 'clerk', runId: id, memory }, agent(false))).toEqual([
    1, 2,
  ])
  expect(performed).toEqual(['one', 'two a', 'two b, memory one'])
  expect((await actionsOf(db, id)).map(({ attempt }) => attempt)).toEqual([1, 1])
})

test('an action of unknown outcome is done again only where that is safe', async () => {
  const [first, second] = [newWorker(), newWorker()]
  const reached = signalled<string>()
  const before = first.supervise({ agent: 'clerk' }, async (run) =>
    run.step('work', async (step) => {
      await step.action('put', { idempotent: true }, async (signal) => {
        reached.resolve(run.id)
        return new Promise((_, reject) => {
          signal.addEventListener('abort', () => reject(new Error('gone')))
        })
      })
    }),
  )
  const id = await reached.promise
  const stopped = expect(before).rejects.toBeInstanceOf(WorkerClosedError)
  await first.close()
  await stopped
  expect(await actionsOf(db, id)).toMatchObject([{ state: 'unknown' }])
  await second.supervise({ agent: 'clerk', runId: id }, async (run) =>
    run.step('work', async (step) => step.action('put', { idempotent: true }, () => 'put')),
  )
  expect(await actionsOf(db, id)).toMatchObject([{ state: 'confirmed', attempt: 2 }])
})

test('a run that a live worker holds is not taken from it', async () => {
  const [holder, taker] = [newWorker(), newWorker(1000)]
  const started = signalled<string>()
  const finish = signalled()
  const done = holder.supervise({ agent: 'clerk' }, async (run) => {
    started.resolve(run.id)
    await finish.promise
  })
  const runId = await started.promise
  await expect(taker.supervise({ agent: 'clerk', runId }, () => undefined)).rejects.toBeInstanceOf(
    RunBusyError,
  )
  finish.resolve()
  await done
  await expect(taker.supervise({ agent: 'clerk', runId }, () => undefined)).rejects.toBeInstanceOf(
    RunEndedError,
  )
})

test('heartbeats keep a quiet run alive', async () => {
  const worker = newWorker(1000)
  const started = signalled<string>()
  const finish = signalled()
  const done = worker.supervise({ agent: 'clerk' }, async (run) => {
    started.resolve(run.id)
    await finish.promise
  })
  const id = await started.promise
  const beats = async (): Promise<string> => {
    const { rows } = await db.owner.query<{ at: string }>(
      'select heartbeat_at::text as at from run_leases where workflow_id = $1',
      [id],
    )
    return rows[0]?.at ?? ''
  }
  // Long enough for the first lease to have run out several times over.
  const seen = new Set<string>()
  await until(
    async () => seen.add(await beats()),
    ({ size }) => size > 6,
  )
  await sweep()
  expect(await rowOf(db, id)).toMatchObject({ status: 'running', epoch: 1 })
  finish.resolve()
  await done
})
