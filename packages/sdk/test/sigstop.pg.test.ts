import { createTestDatabase } from '@holdpoint/db/testing'
import { afterAll, expect, test } from 'vitest'

import { enqueue } from '../src/index.ts'
import { Effects } from './effects.ts'
import { AgentProcess } from './processes.ts'
import { actionsOf, eventsOf, rowOf, until } from './rows.ts'

const db = await createTestDatabase()
const effects = await Effects.start()
afterAll(async () => effects.close())

const serve = (agent: string): AgentProcess =>
  new AgentProcess(db.trialUrl, { agent, effects: effects.url, leaseMs: 1000 })

const withStatus = async (id: string, status: string) =>
  until(
    async () => rowOf(db, id),
    (row) => row.status === status,
  )

/** What a call of the functions for agents comes to: its answer's code, or its SQLSTATE. */
async function saidTo(call: string, values: unknown[]): Promise<string> {
  try {
    const { rows } = await db.trial.query<{ answer: { code?: string; late?: boolean } }>(
      `select ${call} as answer`,
      values,
    )
    const answer = rows[0]?.answer
    return answer?.code ?? (answer?.late === true ? 'late' : 'accepted')
  } catch (error) {
    return error instanceof Error && 'code' in error ? String(error.code) : String(error)
  }
}

test('a process that was stopped while another took its run over is refused with all it does when it wakes', async () => {
  const id = await enqueue({
    url: db.trialUrl,
    agent: 'stopped',
    skill: 'work',
    memory: { steps: 3, idempotent: true, done: [] },
  })
  effects.hold(`${id} action 2`)
  const old = serve('stopped')
  await effects.arrived(`${id} action 2`)
  old.signal('SIGSTOP')

  const next = serve('stopped')
  // The tool may be asked twice: so the next one does not wait for a person.
  await effects.arrived(`${id} action 2`, 2)
  expect(await rowOf(db, id)).toMatchObject({ status: 'running', worker: next.name, epoch: 2 })
  effects.hold(`${id} step 3`)
  effects.answer(`${id} action 2`)
  await effects.arrived(`${id} step 3`)

  // The old one has its answer, too, and believes that the run is its own.
  old.signal('SIGCONT')
  await old.says('ended FENCED')
  expect(old.lines).toContain('aborted FENCED')
  effects.answer(`${id} step 3`)
  expect(await withStatus(id, 'complete')).toMatchObject({ epoch: 2, worker: next.name })

  const by = (path: string) =>
    effects.arrivals.filter((each) => each.path === path).map((each) => each.by)
  expect(by(`${id} step 3`)).toEqual([next.name])
  expect(by(`${id} action 3`)).toEqual([next.name])
  expect(await actionsOf(db, id)).toMatchObject([
    { state: 'confirmed', epoch: 1, attempt: 1 },
    { state: 'confirmed', epoch: 2, attempt: 2 },
    { state: 'confirmed', epoch: 2, attempt: 1 },
  ])
  const ends = (await eventsOf(db, id)).filter(({ kind }) => kind === 'action.confirmed')
  expect(ends).toHaveLength(3)
  await Promise.all([old.end(), next.end()])
})

test('no call of an old epoch is accepted, whichever it is', async () => {
  const id = await enqueue({
    url: db.trialUrl,
    agent: 'refused',
    skill: 'work',
    memory: { steps: 1, done: [] },
  })
  effects.hold(`${id} action 1`)
  const agent = serve('refused')
  await effects.arrived(`${id} action 1`)
  const [action] = (
    await db.server.query<{ action_id: string }>(
      'select action_id from actions where workflow_id = $1',
      [id],
    )
  ).rows
  const digest = 'a'.repeat(64)
  const before = await rowOf(db, id)
  const said = {
    step: await saidTo('begin_step($1, 0, $2, 1)', [id, 'late']),
    action: await saidTo('begin_action($1, 0, $2)', [id, { tool: 't', key: 'k', digest }]),
    end: await saidTo('end_action($1, 0, $2, $3)', [id, action?.action_id, { state: 'confirmed' }]),
    endStep: await saidTo('end_step($1, 0, $2, 1, $3)', [id, 'work', { result: 1 }]),
    progress: await saidTo('report_progress($1, 0, $2)', [id, { goal: 'mine' }]),
    acknowledge: await saidTo('control_ack($1, 0, $2)', [id, 'delivered']),
    release: await saidTo('release_run($1, 0)', [id]),
    endRun: await saidTo('end_run($1, 0, $2)', [id, 'complete']),
  }
  expect(said).toEqual({
    step: 'FENCED',
    action: 'FENCED',
    end: 'HP006',
    endStep: 'HP006',
    progress: 'HP006',
    acknowledge: 'HP006',
    release: 'HP006',
    endRun: 'HP006',
  })
  expect(await rowOf(db, id)).toEqual(before)
  effects.answer(`${id} action 1`)
  await withStatus(id, 'complete')
  await agent.end()
})
