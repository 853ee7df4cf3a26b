import { createTestDatabase } from '@holdpoint/db/testing'
import { afterAll, expect, test } from 'vitest'

import { enqueue, Worker, WorkerClosedError } from '../src/index.ts'
import { Effects } from './effects.ts'
import { AgentProcess } from './processes.ts'
import { actionsOf, eventsOf, rowOf, signalled, until } from './rows.ts'

const db = await createTestDatabase()
const effects = await Effects.start()
afterAll(async () => effects.close())

const LEASE_MS = 1000

const serve = (agent: string, more: { version?: string; resumes?: string[] } = {}): AgentProcess =>
  new AgentProcess(db.trialUrl, { agent, effects: effects.url, leaseMs: LEASE_MS, ...more })

async function queued(agent: string, skillVersion?: string): Promise<string> {
  return enqueue({
    url: db.trialUrl,
    agent,
    skill: 'work',
    ...(skillVersion !== undefined && { skillVersion }),
    memory: { steps: 3, done: [] },
  })
}

/** As the server's leader does each second. */
const sweep = async (): Promise<void> => {
  await db.server.query('select sweep_lost_runs()')
}

const withStatus = async (id: string, status: string, tend?: () => Promise<void>) =>
  until(
    async () => {
      await tend?.()
      return rowOf(db, id)
    },
    (row) => row.status === status,
  )

const reached = (id: string): number[] =>
  [1, 2, 3].flatMap((n) => [effects.count(`${id} step ${n}`), effects.count(`${id} action ${n}`)])

async function memoryOf(id: string): Promise<unknown> {
  const { rows } = await db.owner.query<{ memory: unknown }>(
    'select memory from run_memory where workflow_id = $1',
    [id],
  )
  return rows[0]?.memory
}

test('a process that is killed in an action leaves a lost run; the next goes on behind what a person settles', async () => {
  const id = await queued('crashing')
  effects.hold(`${id} action 2`)
  const first = serve('crashing')
  await effects.arrived(`${id} action 2`)
  await first.end()

  const lost = await withStatus(id, 'lost', sweep)
  expect(lost).toMatchObject({ stop_reason: 'WORKER_LOST', worker: null, epoch: 1 })
  expect(lost.stop_detail).toContain(first.name)
  expect(lost.stop_detail).toContain('1 action in flight, outcome unknown')
  expect(await actionsOf(db, id)).toMatchObject([{ state: 'confirmed' }, { state: 'unknown' }])
  expect(await memoryOf(id)).toEqual({ steps: 3, done: ['step 1'] })

  const next = serve('crashing')
  await until(
    async () => rowOf(db, id),
    ({ stop_reason }) => stop_reason === 'UNKNOWN_OUTCOME',
  )
  expect(effects.count(`${id} action 2`)).toBe(1)
  await db.server.query(
    `select settle_action(action_id, 'operator:ada', true, 'it is in the list') from actions
     where workflow_id = $1 and state = 'unknown'`,
    [id],
  )
  expect(await withStatus(id, 'complete')).toMatchObject({ epoch: 2 })
  // Step 1 is not done again; step 2 is, since it had not ended, but not its action.
  expect(reached(id)).toEqual([1, 1, 2, 1, 1, 1])
  expect(await memoryOf(id)).toEqual({ steps: 3, done: ['step 1', 'step 2', 'step 3'] })
  await next.end()
})

test('without a server to sweep, the run of a killed process is taken all the same, and goes on from its checkpoint', async () => {
  const id = await queued('unswept')
  effects.hold(`${id} step 2`)
  const first = serve('unswept')
  await effects.arrived(`${id} step 2`)
  await first.end()
  effects.answer(`${id} step 2`)
  expect(await rowOf(db, id)).toMatchObject({ status: 'running', worker: first.name })
  const next = serve('unswept')
  expect(await withStatus(id, 'complete')).toMatchObject({ epoch: 2, worker: next.name })
  expect(reached(id)).toEqual([1, 1, 2, 1, 1, 1])
  expect((await eventsOf(db, id)).map(({ kind }) => kind)).not.toContain('run.lost')
  expect((await actionsOf(db, id)).map(({ attempt }) => attempt)).toEqual([1, 1, 1])
  await next.end()
})

test('a deploy is not a crash: on SIGTERM the run is queued, not lost, and the next process goes on', async () => {
  const id = await queued('deployed')
  effects.hold(`${id} step 2`)
  const first = serve('deployed')
  await effects.arrived(`${id} step 2`)
  await first.end('SIGTERM')
  expect(first.lines).toContain('aborted UNAVAILABLE')
  expect(await rowOf(db, id)).toMatchObject({ status: 'queued', worker: null, epoch: 1 })
  effects.answer(`${id} step 2`)
  const next = serve('deployed')
  await withStatus(id, 'complete', sweep)
  expect(reached(id)).toEqual([1, 1, 2, 1, 1, 1])
  const kinds = (await eventsOf(db, id)).map(({ kind }) => kind)
  expect(kinds).toContain('run.released')
  expect(kinds).not.toContain('run.lost')
  await next.end()
})

test('an action that was confirmed is not done again, however soon after it the process is killed', async () => {
  const id = await queued('sudden')
  effects.hold(`${id} step 3`)
  const first = serve('sudden')
  await effects.arrived(`${id} action 2`)
  await until(
    async () => actionsOf(db, id),
    (actions) => actions.filter(({ state }) => state === 'confirmed').length === 2,
  )
  await first.end()
  effects.answer(`${id} step 3`)
  const next = serve('sudden')
  await withStatus(id, 'complete')
  expect(effects.count(`${id} action 1`)).toBe(1)
  expect(effects.count(`${id} action 2`)).toBe(1)
  expect(effects.count(`${id} step 1`)).toBe(1)
  await next.end()
})

test('a process of another version does not go on with what was left; one that says it can does', async () => {
  const id = await queued('versioned', '3')
  effects.hold(`${id} step 2`)
  const third = serve('versioned', { version: '3' })
  await effects.arrived(`${id} step 2`)
  await third.end()
  effects.answer(`${id} step 2`)
  await withStatus(id, 'lost', sweep)
  const other = serve('versioned', { version: '4' })
  // It is at work: what is not pinned, it does.
  const unpinned = await queued('versioned')
  await withStatus(unpinned, 'complete')
  expect(await rowOf(db, id)).toMatchObject({ status: 'lost', epoch: 1 })
  const able = serve('versioned', { version: '4', resumes: ['3'] })
  expect(await withStatus(id, 'complete')).toMatchObject({ epoch: 2, worker: able.name })
  expect(reached(id)).toEqual([1, 1, 2, 1, 1, 1])
  await Promise.all([other.end(), able.end()])
})

test('a kill is heard in the process: its call is cut off, and its outcome is unknown', async () => {
  const id = await queued('killed')
  effects.hold(`${id} action 1`)
  const agent = serve('killed')
  await effects.arrived(`${id} action 1`)
  await db.server.query(`select kill_run($1, 'operator:ada', 'a test')`, [id])
  await agent.says('ended RUN_ENDED')
  expect(agent.lines).toEqual(['ready', 'aborted RUN_ENDED', 'ended RUN_ENDED'])
  expect(await actionsOf(db, id)).toMatchObject([{ state: 'unknown' }])
  const { control } = await rowOf(db, id)
  expect(Object.values(control ?? {})).not.toContain(null)
  const stages = (await eventsOf(db, id)).map(({ kind }) => kind)
  expect(stages.indexOf('run.killed')).toBeGreaterThan(stages.indexOf('action.intended'))
  expect(reached(id)).toEqual([1, 1, 0, 0, 0, 0])
  await agent.end()
})

test('a run that was started with a memory has it, also where its worker was lost before the first checkpoint', async () => {
  const worker = new Worker({ url: db.trialUrl, log: () => undefined })
  const started = signalled<string>()
  const memory = { steps: 1, done: [] as string[] }
  const done = worker.supervise({ agent: 'starter', skill: 'work', memory }, async (run) => {
    started.resolve(run.id)
    await new Promise((resolve) => run.signal.addEventListener('abort', resolve))
  })
  const left = expect(done).rejects.toBeInstanceOf(WorkerClosedError)
  const id = await started.promise
  await worker.close()
  await left
  const next = serve('starter')
  await withStatus(id, 'complete')
  expect(effects.count(`${id} action 1`)).toBe(1)
  await next.end()
})
