import { createTestDatabase } from '@holdpoint/db/testing'
import { afterAll, beforeAll, expect, test } from 'vitest'

import { RunEndedError, Worker } from '../src/index.ts'
import { actionsOf, eventsOf, rowOf, signalled, until } from './rows.ts'

const db = await createTestDatabase()
let worker: Worker
beforeAll(() => {
  worker = new Worker({ url: db.trialUrl })
})
afterAll(async () => worker.close())

const operator = async (
  verb: 'pause_run' | 'resume_run' | 'kill_run',
  run: string,
): Promise<void> => {
  await db.server.query(`select ${verb}($1, 'operator:ada', 'a test')`, [run])
}

const never = async (signal: AbortSignal): Promise<never> =>
  new Promise((_, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason as Error))
  })

test('a paused run begins no action, says how far the pause got, and goes on when resumed', async () => {
  const started = signalled<string>()
  const goOn = signalled()
  const begun: string[] = []
  const done = worker.supervise({ agent: 'clerk' }, async (run) => {
    started.resolve(run.id)
    await goOn.promise
    await run.step('work', async (step) => {
      await step.action('first', {}, () => begun.push('first'))
    })
  })
  const id = await started.promise
  await operator('pause_run', id)
  await until(
    async () => rowOf(db, id),
    ({ control }) => control?.['deliveredAt'] !== null,
  )
  // The notice arrived, but the agent's code has not been told: it has not asked for anything.
  expect((await rowOf(db, id)).control).toMatchObject({ verb: 'pause', acknowledgedAt: null })

  goOn.resolve()
  const held = await until(
    async () => rowOf(db, id),
    ({ control }) => control?.['quiescedAt'] !== null,
  )
  expect(held.control?.['acknowledgedAt']).not.toBeNull()
  expect(begun).toEqual([])

  await operator('resume_run', id)
  await done
  expect(begun).toEqual(['first'])
  expect(await rowOf(db, id)).toMatchObject({ status: 'complete' })
})

test('a pause lets an action in flight finish and is quiesced only then', async () => {
  const started = signalled<string>()
  const finish = signalled()
  const begun: string[] = []
  const done = worker.supervise({ agent: 'clerk' }, async (run) => {
    await run.step('work', async (step) => {
      await step.action('first', {}, async () => {
        started.resolve(run.id)
        await finish.promise
      })
      await step.action('second', {}, () => begun.push('second'))
    })
  })
  const id = await started.promise
  await operator('pause_run', id)
  await until(
    async () => rowOf(db, id),
    ({ control }) => control?.['deliveredAt'] !== null,
  )
  expect((await rowOf(db, id)).control).toMatchObject({ acknowledgedAt: null, quiescedAt: null })
  finish.resolve()
  await until(
    async () => rowOf(db, id),
    ({ control }) => control?.['quiescedAt'] !== null,
  )
  expect((await actionsOf(db, id)).map(({ state }) => state)).toEqual(['confirmed'])
  expect(begun).toEqual([])
  await operator('resume_run', id)
  await done
  expect(begun).toEqual(['second'])
})

test('a kill fires the signal of the run and of its action, and is told when all is still', async () => {
  const started = signalled<string>()
  const reasons: unknown[] = []
  const done = worker.supervise({ agent: 'clerk' }, async (run) => {
    run.signal.addEventListener('abort', () => reasons.push(run.signal.reason))
    await run.step('work', async (step) =>
      step.action('hang', {}, async (signal) => {
        started.resolve(run.id)
        return never(signal)
      }),
    )
  })
  const ended = expect(done).rejects.toBeInstanceOf(RunEndedError)
  const id = await started.promise
  await operator('kill_run', id)
  await ended
  expect(reasons[0]).toBeInstanceOf(RunEndedError)
  const row = await rowOf(db, id)
  expect(row).toMatchObject({ status: 'killed', stop_reason: 'USER_KILLED' })
  expect(Object.values(row.control ?? {})).not.toContain(null)
  // It was told to stop half way: nobody knows whether it landed.
  expect((await actionsOf(db, id))[0]).toMatchObject({ state: 'unknown' })
})

test('a killed run is not called quiet while an action that does not listen is under way', async () => {
  const started = signalled<string>()
  const told = signalled()
  const finish = signalled()
  const done = worker.supervise({ agent: 'clerk' }, async (run) =>
    run.step('work', async (step) =>
      step.action('deaf', {}, async (signal) => {
        signal.addEventListener('abort', () => told.resolve())
        started.resolve(run.id)
        await finish.promise
        return 'landed'
      }),
    ),
  )
  const ended = expect(done).rejects.toBeInstanceOf(RunEndedError)
  const id = await started.promise
  await operator('kill_run', id)
  await told.promise
  const { control } = await until(
    async () => rowOf(db, id),
    ({ control }) => control?.['acknowledgedAt'] !== null,
  )
  expect(control?.['quiescedAt']).toBeNull()
  finish.resolve()
  await ended
  expect((await rowOf(db, id)).control?.['quiescedAt']).not.toBeNull()
  const { rows } = await db.server.query('select state, late from actions where workflow_id = $1', [
    id,
  ])
  expect(rows).toMatchObject([
    { state: 'unknown', late: { state: 'confirmed', response: 'landed' } },
  ])
})

test('a killed run begins nothing more, also where its agent catches every error', async () => {
  const started = signalled<string>()
  const goOn = signalled()
  const begun: string[] = []
  const done = worker.supervise({ agent: 'clerk' }, async (run) => {
    started.resolve(run.id)
    await goOn.promise
    for (let n = 0; n < 3; n += 1) {
      try {
        await run.step('work', async (step) => step.action('again', {}, () => begun.push('again')))
      } catch {
        // An agent that does not want to hear it.
      }
    }
  })
  const ended = expect(done).rejects.toBeInstanceOf(RunEndedError)
  const id = await started.promise
  await operator('kill_run', id)
  goOn.resolve()
  await ended
  expect(begun).toEqual([])
  expect(await actionsOf(db, id)).toEqual([])
})

test('a kill reaches the children of a run', async () => {
  const started = signalled<string>()
  const child = signalled<string>()
  const done = worker.supervise({ agent: 'lead', goal: 'above' }, async (run) => {
    started.resolve(run.id)
    await run.child({ goal: 'below' }, async (below) => {
      child.resolve(below.id)
      await below.step('wait', async (step) => step.action('hang', {}, never))
    })
  })
  const ended = expect(done).rejects.toBeInstanceOf(RunEndedError)
  const [id, childId] = await Promise.all([started.promise, child.promise])
  expect(await rowOf(db, childId)).toMatchObject({ parent_id: id, agent_id: 'lead' })
  await operator('kill_run', id)
  await ended
  expect(await rowOf(db, childId)).toMatchObject({ status: 'killed' })
})

test('a parent that fails because its child was killed says so, and names the child', async () => {
  const started = signalled<string>()
  const child = signalled<string>()
  const done = worker.supervise({ agent: 'lead', goal: 'above' }, async (run) => {
    started.resolve(run.id)
    await run.child({ goal: 'below' }, async (below) => {
      child.resolve(below.id)
      await below.step('wait', async (step) => step.action('hang', {}, never))
    })
  })
  const ended = expect(done).rejects.toThrow(/^The child run "below" ended: /)
  const [id, childId] = await Promise.all([started.promise, child.promise])
  await operator('kill_run', childId)
  await ended
  expect(await rowOf(db, id)).toMatchObject({
    status: 'failed',
    stop_detail: expect.stringContaining('The child run "below" ended: ') as string,
  })
})

test('a child is not begun while its parent is held', async () => {
  const started = signalled<string>()
  const goOn = signalled()
  const done = worker.supervise({ agent: 'lead' }, async (run) => {
    started.resolve(run.id)
    await goOn.promise
    return run.child({ goal: 'below' }, async (below) => below.id)
  })
  const id = await started.promise
  await operator('pause_run', id)
  goOn.resolve()
  await until(
    async () => rowOf(db, id),
    ({ control }) => control?.['quiescedAt'] !== null,
  )
  const { rows } = await db.server.query('select from workflow_checkpoints where parent_id = $1', [
    id,
  ])
  expect(rows).toHaveLength(0)
  await operator('resume_run', id)
  expect(await rowOf(db, await done)).toMatchObject({ status: 'complete', parent_id: id })
})

/** Sequences between a pause and the next resume, or after a kill, at which an action was let begin. */
async function begunWhileHeld(run: string): Promise<number[]> {
  const wrong: number[] = []
  let held = false
  for (const { seq, kind } of await eventsOf(db, run)) {
    if (kind === 'run.paused' || kind === 'run.killed') held = true
    if (kind === 'run.running') held = false
    if (held && kind === 'action.intended') wrong.push(seq)
  }
  return wrong
}

test('no action begins after a pause or kill commits, however close the race', async () => {
  const ids: string[] = []
  const runs = Array.from({ length: 8 }, async () =>
    worker
      .supervise({ agent: 'racer' }, async (run) => {
        ids.push(run.id)
        for (let n = 0; n < 60; n += 1) {
          await run.step('lap', async (step) => step.action('tick', { request: { n } }, () => n))
        }
      })
      .catch((error: unknown) => {
        expect(error).toBeInstanceOf(RunEndedError)
      }),
  )
  await until(
    () => ids.length,
    (n) => n === 8,
  )
  for (const [nth, id] of ids.entries()) {
    await until(
      async () => (await eventsOf(db, id)).length,
      (n) => n > 10,
    )
    await operator('pause_run', id)
    if (nth % 2 === 0) await operator('resume_run', id)
    else await operator('kill_run', id)
  }
  await Promise.all(runs)
  for (const id of ids) expect(await begunWhileHeld(id)).toEqual([])
  const { rows } = await db.server.query<{ status: string }>(
    `select status from workflow_checkpoints where agent_id = 'racer'`,
  )
  expect(rows.map(({ status }) => status).toSorted((a, b) => a.localeCompare(b))).toEqual([
    ...Array<string>(4).fill('complete'),
    ...Array<string>(4).fill('killed'),
  ])
})
