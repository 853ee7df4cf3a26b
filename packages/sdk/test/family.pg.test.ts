import { createTestDatabase } from '@holdpoint/db/testing'
import { afterAll, expect, test } from 'vitest'

import { FencedError, type Run, Worker, WorkerClosedError } from '../src/index.ts'
import { lapse, quietWorker } from './leases.ts'
import { rowOf, signalled, until } from './rows.ts'

const db = await createTestDatabase()
const workers: Worker[] = []
function newWorker(url: string): Worker {
  const made = new Worker({ url, leaseMs: 60_000, log: () => undefined })
  workers.push(made)
  return made
}
afterAll(async () => Promise.all(workers.map(async (each) => each.close())))

test('a parent that is claimed again finds its children: those done are not done again', async () => {
  const performed: string[] = []
  const reached = signalled<string>()
  const lead =
    (crash: boolean) =>
    async (run: Run): Promise<string[]> => {
      const findings = ['north', 'south'].map(async (childKey) =>
        run.child({ goal: childKey, childKey }, async (child) => {
          await child.spend({ tokensIn: 1 })
          return child.step('find', async (step) =>
            step.action('look', {}, async (signal) => {
              performed.push(childKey)
              if (!crash || childKey === 'north') return `found ${childKey}`
              reached.resolve(run.id)
              return new Promise<string>((_, reject) => {
                signal.addEventListener('abort', () => reject(new Error('gone')))
              })
            }),
          )
        }),
      )
      return Promise.all(findings)
    }
  const first = newWorker(db.trialUrl)
  const before = first.supervise({ agent: 'lead' }, lead(true))
  const stopped = expect(before).rejects.toBeInstanceOf(WorkerClosedError)
  const id = await reached.promise
  const children = async (): Promise<string[]> => {
    const { rows } = await db.server.query<{ status: string }>(
      'select status from workflow_checkpoints where parent_id = $1 order by goal',
      [id],
    )
    return rows.map(({ status }) => status)
  }
  await until(children, ([north]) => north === 'complete')
  await first.close()
  await stopped
  // The south's look may have landed; here someone has found out that it had not.
  await db.owner.query(`update actions set state = 'failed' where state = 'unknown'`)
  expect(await newWorker(db.trialUrl).supervise({ agent: 'lead', runId: id }, lead(false))).toEqual(
    ['found north', 'found south'],
  )
  expect(performed.filter((key) => key === 'north')).toHaveLength(1)
  expect(performed).toHaveLength(3)
  expect(await children()).toEqual(['complete', 'complete'])
})

test('a parent that another worker took over takes its children along, also those whose leases live', async () => {
  const [reached, gone] = [signalled<string>(), signalled<unknown>()]
  const lead = (first: boolean) => async (run: Run) =>
    run.child({ childKey: 'north' }, async (child) => {
      if (!first) return child.step('find', () => 'found')
      reached.resolve(run.id)
      return new Promise<string>((_, reject) => {
        child.signal.addEventListener('abort', () => {
          gone.resolve(child.signal.reason)
          reject(child.signal.reason as Error)
        })
      })
    })
  const before = await quietWorker(db, newWorker(db.trialUrl))
  const lost = expect(before.supervise({ agent: 'taken' }, lead(true))).rejects.toBeInstanceOf(
    FencedError,
  )
  const runId = await reached.promise
  await lapse(db, runId)
  const found = newWorker(db.trialUrl).supervise({ agent: 'taken', runId }, lead(false))
  await until(
    async () => rowOf(db, runId),
    ({ epoch }) => epoch === 2,
  )
  // What the next heartbeat would tell.
  await db.owner.query(`select pg_notify('holdpoint_control', $1)`, [runId])
  expect(await found).toBe('found')
  expect(await gone.promise).toBeInstanceOf(FencedError)
  await lost
})

test('children that were enqueued are done by another worker; a parent that is claimed again finds them, and hears how they ended', async () => {
  const looked: string[] = []
  const look = {
    work: async (run: Run<{ at: string }>) => {
      looked.push(run.memory.at)
      if (run.memory.at === 'south') throw new Error('nothing there')
    },
  }
  const helper = newWorker(db.trialUrl)
  const stop = new AbortController()
  const options = { agent: 'planner', pollMs: 20, atATime: 2, signal: stop.signal }
  const served = helper.serve({ look }, options)
  const reached = signalled<string>()
  const plan =
    (crash: boolean) =>
    async (run: Run): Promise<string[]> => {
      const children = await Promise.all(
        ['north', 'south'].map(async (at) =>
          run.enqueueChild({ skill: 'look', childKey: at, memory: { at } }),
        ),
      )
      if (crash) {
        reached.resolve(run.id)
        await new Promise((resolve) => run.signal.addEventListener('abort', resolve))
      }
      return Promise.all(children.map(async (child) => run.waitFor(child)))
    }
  const first = newWorker(db.trialUrl)
  const before = expect(first.supervise({ agent: 'planner' }, plan(true))).rejects.toBeInstanceOf(
    WorkerClosedError,
  )
  const id = await reached.promise
  await first.close()
  await before
  const second = newWorker(db.trialUrl)
  const ends = await second.supervise({ agent: 'planner', runId: id }, plan(false))
  expect(ends).toEqual(['complete', 'failed'])
  stop.abort()
  await served
  expect(looked.toSorted()).toEqual(['north', 'south'])
  expect(await rowOf(db, id)).toMatchObject({ status: 'complete' })
})

test('an isolated agent begins nothing, and goes on when it is released', async () => {
  const worker = newWorker(await db.addAgent('suspect'))
  const started = signalled<string>()
  const goOn = signalled()
  const performed: string[] = []
  const done = worker.supervise({ agent: 'suspect' }, async (run) => {
    started.resolve(run.id)
    await goOn.promise
    await run.step('work', async (step) => step.action('post', {}, () => performed.push('post')))
  })
  const id = await started.promise
  await db.server.query(`select lock_agent_login('suspect', 'operator:ada', 'odd')`)
  await db.server.query(`select end_agent_sessions('suspect', 'operator:ada')`)
  await db.server.query(`select hold_agent_runs('suspect', 'operator:ada', 'odd')`)
  goOn.resolve()
  expect(await rowOf(db, id)).toMatchObject({ status: 'paused', stop_reason: 'ISOLATED' })
  expect(performed).toEqual([])
  await db.server.query(`select release_agent('suspect', 'operator:ada')`)
  await done
  expect(performed).toEqual(['post'])
})

test('an agent’s login starts no run of another agent', async () => {
  const worker = newWorker(await db.addAgent('honest'))
  await db.addAgent('other')
  await expect(worker.supervise({ agent: 'other' }, () => undefined)).rejects.toMatchObject({
    code: 'NOT_YOURS',
  })
})
