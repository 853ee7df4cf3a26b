import { createTestDatabase } from '@holdpoint/db/testing'
import { afterAll, expect, test } from 'vitest'

import { type Run, Worker } from '../src/index.ts'
import { lapse, quietWorker } from './leases.ts'
import { actionsOf, rowOf, signalled, until } from './rows.ts'

const db = await createTestDatabase()
const worker = new Worker({ url: db.trialUrl, leaseMs: 60_000, log: () => undefined })
afterAll(async () => worker.close())

test('a worker that is given its own run from the queue goes on with it, and does not begin it twice', async () => {
  await quietWorker(db, worker)
  const [started, finish] = [signalled<string>(), signalled()]
  let begun = 0
  const errors: unknown[] = []
  const work = async (run: Run): Promise<void> => {
    begun += 1
    await run.step('post', async (step) =>
      step.action('mail.send', {}, async () => {
        started.resolve(run.id)
        await finish.promise
      }),
    )
    await run.step('after', () => undefined)
  }
  const stop = new AbortController()
  const served = worker.serve(
    { work: { work } },
    {
      agent: 'own',
      atATime: 2,
      pollMs: 20,
      signal: stop.signal,
      ended: (_, error) => errors.push(error),
    },
  )
  await worker.enqueue({ agent: 'own', skill: 'work' })
  const id = await started.promise
  await lapse(db, id)
  await until(
    async () => rowOf(db, id),
    ({ epoch }) => epoch === 2,
  )
  finish.resolve()
  await until(
    async () => rowOf(db, id),
    ({ status }) => status === 'complete',
  )
  stop.abort()
  await served
  expect(begun).toBe(1)
  expect(errors).toEqual([undefined])
  expect(await actionsOf(db, id)).toMatchObject([{ state: 'confirmed', epoch: 2, attempt: 1 }])
})
