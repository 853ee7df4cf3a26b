import { Client } from 'pg'
import { expect, test } from 'vitest'

import { askServer, refusal } from '../../test/ask.ts'
import { openDatabase } from '../database/database.ts'
import { holdRuns } from './isolate.ts'

const { db, operator, startRun } = await askServer()
const url = await db.addAgent('mailer')

async function connect(): Promise<Client> {
  const client = new Client({ connectionString: url })
  client.on('error', () => undefined)
  await client.connect()
  return client
}

test('an agent that keeps its run locked is locked out all the same, until it is released', async () => {
  const agent = await connect()
  const { rows } = await agent.query<{ id: string }>(
    `insert into workflow_checkpoints (agent_id, current_step) values ('mailer', 'step_1') returning workflow_id as id`,
  )
  const run = rows[0]?.id ?? ''
  await agent.query('begin')
  await agent.query(
    `update workflow_checkpoints set current_step = 'mine' where workflow_id = $1`,
    [run],
  )
  const [before] = await operator.agents.list()
  expect(before).toMatchObject({
    agentId: 'mailer',
    isolatedAt: null,
    activeRuns: 1,
    connections: 1,
  })

  const isolated = await operator.agents.isolate({ agentId: 'mailer', reason: 'sends too much' })
  expect(isolated).toMatchObject({
    isolatedBy: 'operator:maria',
    isolatedWhy: 'sends too much',
    connections: 0,
  })
  await expect(agent.query('select 1')).rejects.toThrow()
  await expect(connect()).rejects.toThrow(/not permitted to log in/)
  const { run: held } = await operator.runs.get({ id: run })
  expect(held).toMatchObject({ status: 'paused', stopReason: 'ISOLATED', step: 'step_1' })
  expect((await refusal(operator.runs.resume({ id: run }))).code).toBe('RUN_HELD')

  const released = await operator.agents.release({ agentId: 'mailer', reason: 'mended' })
  expect(released.isolatedAt).toBeNull()
  expect((await operator.runs.get({ id: run })).run).toMatchObject({
    status: 'running',
    heldBy: [],
  })
  const again = await connect()
  await again.end()
  const { rows: audit } = await operator.audit.list({ agentId: 'mailer' })
  expect(audit.map(({ action }) => action)).toEqual(
    expect.arrayContaining(['agent.isolate', 'agent.release']),
  )
})

test('an agent that works through the shared login cannot be isolated alone', async () => {
  await startRun({ agent_id: 'shared' })
  const told = await refusal(operator.agents.isolate({ agentId: 'shared' }))
  expect(told.code).toBe('AGENT_NOT_FOUND')
  expect(told.hint).toContain('holdpoint agent add')
  expect(await operator.agents.list()).toMatchObject([
    { agentId: 'mailer' },
    { agentId: 'shared', login: null, runs: 1 },
  ])
})

test('more runs than one transaction holds are held in several', async () => {
  await db.addAgent('busy')
  const database = openDatabase(db.serverUrl, () => undefined)
  for (let n = 0; n < 5; n++) {
    await db.owner.query(`insert into workflow_checkpoints (agent_id) values ('busy')`)
  }
  const by = ['busy', 'operator:maria', 'enough']
  await database.verb('select lock_agent_login($1, $2, $3)', by)
  await holdRuns(database, by, 2)
  const { rows } = await operator.runs.list({ agents: ['busy'] })
  expect(rows.map(({ heldBy }) => heldBy.join())).toEqual(Array(5).fill('isolation'))
  await database.close()
})
