import { randomUUID } from 'node:crypto'

import { TRPCError } from '@trpc/server'
import { Client } from 'pg'
import { expect, test } from 'vitest'

import { askServer, refusal } from '../../test/ask.ts'
import { openDatabase } from '../database/database.ts'
import { Problem } from '../database/problem.ts'
import { killTree } from './kill.ts'

const { db, operator, startRun } = await askServer()

async function holding<T>(
  run: string,
  work: (agent: Client, pid: number) => Promise<T>,
): Promise<T> {
  const agent = new Client({ connectionString: db.trialUrl })
  // It may be ended by an operator; that is the point.
  agent.on('error', () => undefined)
  await agent.connect()
  try {
    await agent.query('begin')
    await agent.query(
      `update workflow_checkpoints set current_step = 'open' where workflow_id = $1`,
      [run],
    )
    const { rows } = await agent.query<{ pid: number }>('select pg_backend_pid() as pid')
    return await work(agent, rows[0]?.pid ?? 0)
  } finally {
    await agent.end().catch(() => undefined)
  }
}

const audit = async (run: string, actor?: string) => {
  const { rows } = await operator.audit.list({ runId: run, actor })
  return rows.map(({ action, actor }) => ({ action, actor }))
}

test('pause, resume and kill say how the run stands, and each leaves its audit row', async () => {
  const run = await startRun()
  expect(await operator.runs.pause({ id: run, reason: 'look' })).toMatchObject({
    status: 'paused',
    stopReason: 'USER_PAUSED',
    heldBy: ['operator_pause'],
    control: { verb: 'pause', by: 'operator:maria', why: 'look' },
  })
  expect(await operator.runs.resume({ id: run })).toMatchObject({ status: 'running', heldBy: [] })
  const child = await startRun({ parent_id: run })
  const { killed } = await operator.runs.kill({ id: run, reason: 'enough' })
  expect(killed.map(({ id, status }) => [id, status])).toEqual([
    [run, 'killed'],
    [child, 'killed'],
  ])
  expect(await audit(run)).toEqual([
    { action: 'run.kill', actor: 'operator:maria' },
    { action: 'run.resume', actor: 'operator:maria' },
    { action: 'run.pause', actor: 'operator:maria' },
    { action: 'run.start', actor: 'agent:a' },
  ])
})

test('a tree of more runs than one transaction kills is killed in several', async () => {
  const database = openDatabase(db.serverUrl, () => undefined)
  for (const children of [2, 3, 4]) {
    const top = await startRun()
    for (let n = 0; n < children; n++) await startRun({ parent_id: top })
    const killed = await killTree(database, [top, 'operator:maria', 'enough'], 2)
    expect(killed).toHaveLength(children + 1)
    expect(killed[0]?.id).toBe(top)
    const { children: below } = await operator.runs.get({ id: top })
    expect(below.map(({ status }) => status)).toEqual(Array(children).fill('killed'))
  }
  await database.close()
})

test('a kill that stops half way says that the run is killed', async () => {
  const database = openDatabase(db.serverUrl, () => undefined)
  const top = await startRun()
  const child = await startRun({ parent_id: top })
  const told = await holding(child, async () =>
    refusal(
      killTree(database, [top, 'operator:maria', 'enough'], 1).catch((cause: unknown) => {
        throw cause instanceof Problem ? new TRPCError({ code: 'CONFLICT', cause }) : cause
      }),
    ),
  )
  expect(told.code).toBe('RUN_BUSY')
  expect(told.message).toMatch(/^The run is killed/)
  await database.close()
})

test('what cannot be done is refused in words, and leaves nothing', async () => {
  const run = await startRun()
  expect(await refusal(operator.runs.resume({ id: run }))).toMatchObject({ code: 'NOTHING_TO_DO' })
  await operator.runs.kill({ id: run })
  const told = await refusal(operator.runs.pause({ id: run }))
  expect(told.code).toBe('RUN_ENDED')
  expect(told.message).toMatch(/^Run .* is killed .*nothing was written\.$/)
  expect(told.hint).toBeDefined()
  expect(await refusal(operator.runs.pause({ id: randomUUID() }))).toMatchObject({
    code: 'RUN_NOT_FOUND',
  })
  expect(await audit(run, 'people')).toHaveLength(1)
})

test('a run behind an open transaction is busy, and the answer names the session in the way', async () => {
  const run = await startRun()
  await holding(run, async (_agent, pid) => {
    const told = await refusal(operator.runs.pause({ id: run }))
    expect(told.code).toBe('RUN_BUSY')
    expect(told.blockers).toEqual([
      { pid, login: new URL(db.trialUrl).username, transactionAge: expect.any(Number) as number },
    ])
    // The way out that the hint offers.
    expect(await operator.sessions.end({ pid, reason: 'in the way' })).toEqual({ ended: true })
    expect(await operator.runs.pause({ id: run })).toMatchObject({
      status: 'paused',
      step: 'step_1',
    })
  })
  const { rows } = await operator.audit.list({ limit: 5 })
  expect(rows.map(({ action }) => action)).toContain('session.end')
})

test('only sessions of agents can be ended', async () => {
  const { rows } = await db.server.query<{ pid: number }>('select pg_backend_pid() as pid')
  expect(await refusal(operator.sessions.end({ pid: rows[0]?.pid ?? 0 }))).toMatchObject({
    code: 'AGENT_NOT_FOUND',
  })
})

test('text that the database cannot hold is refused as such', async () => {
  const run = await startRun()
  expect(await refusal(operator.runs.pause({ id: run, reason: 'a\u0000b' }))).toMatchObject({
    code: 'BAD_REQUEST',
  })
})

test('two operators at once: one pauses, the other is told that it was done', async () => {
  const run = await startRun()
  const answers = await Promise.allSettled([
    operator.runs.pause({ id: run }),
    operator.runs.pause({ id: run }),
    operator.runs.pause({ id: run }),
  ])
  expect(answers.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
  expect(await audit(run, 'people')).toHaveLength(1)
})

test('a deadlock with an agent ends in one outcome, not in an error', async () => {
  const parent = await startRun()
  const child = await startRun({ parent_id: parent })
  await holding(child, async (agent) => {
    const killing = operator.runs.kill({ id: parent, reason: 'both ways' })
    await blocked()
    // The agent now wants the row that the kill holds, while the kill wants the agent's.
    const agentWrote = agent
      .query(`update workflow_checkpoints set current_step = 'mine' where workflow_id = $1`, [
        parent,
      ])
      .then(async () => agent.query('commit'))
      .catch(async () => agent.query('rollback'))
    const { killed } = await killing
    await agentWrote
    expect(killed.map(({ id }) => id)).toEqual([parent, child])
  })
})

/** Resolves when some verb waits for a lock. */
async function blocked(): Promise<void> {
  for (;;) {
    const { rowCount } = await db.pool(db.superUrl).query(
      `select from pg_stat_activity where application_name = 'holdpoint verb' and wait_event_type = 'Lock'
         and datname = current_database()`,
    )
    if (rowCount !== 0) return
  }
}
