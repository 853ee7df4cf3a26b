import { type RunState, runState, runStates } from '@holdpoint/protocol'
import { expect, test } from 'vitest'

import { type AgentName, agentNames } from '../src/index.ts'
import { testFleet, until } from './fleet.fixture.ts'

const { db, lines, stop } = await testFleet(agentNames, { pace: 40, nightShift: true })

async function seen(): Promise<Set<RunState>> {
  const { rows } = await db.server.query<Parameters<typeof runState>[0]>(
    `select distinct state ->> 'status' as status, state ->> 'stopReason' as "stopReason",
       nullif(state -> 'waitingOn', 'null') is not null or null as "waitingOn" from run_events`,
  )
  return new Set(rows.map((row) => runState(row)))
}

test('a fleet that nobody touches shows every state that a run can be in', async () => {
  const missing = await until(async () => {
    const states = await seen()
    return runStates.every((state) => states.has(state)) ? [] : undefined
  })
  expect(missing).toEqual([])
})

test('every agent finishes real work, except the one that lost its way', async () => {
  const done = await until(async () => {
    const { rows } = await db.server.query<{ agent: AgentName }>(
      `select distinct agent_id as agent from workflow_checkpoints where status = 'complete'`,
    )
    return rows.length >= agentNames.length - 1 ? rows.map(({ agent }) => agent) : undefined
  })
  expect(agentNames.filter((agent) => !done.includes(agent))).toEqual(['price-scout'])
  // A request is complete when a person has rejected it, too: the refund that was approved may come later.
  await until(async () => {
    const { rows } = await db.server.query(
      `select from actions where tool = 'payments.refund' and state = 'confirmed'`,
    )
    return rows.length > 0 ? rows : undefined
  })
  await until(async () => {
    const { rows } = await db.server.query(
      `select from workflow_checkpoints where skill = 'researcher' and parent_id is not null`,
    )
    return rows.length >= 3 ? rows : undefined
  })
})

test('what people do is done by nobody but the night shift, and says so', async () => {
  const { rows: actors } = await db.server.query(
    `select distinct actor from agent_audit_log where actor like 'operator:%'`,
  )
  expect(actors).toEqual([{ actor: 'operator:sample-night-shift' }])
  const { rows: silent } = await db.server.query(
    `select action, data_after from agent_audit_log where actor like 'operator:%'
       and coalesce(data_after ->> 'why', '') not like 'sample night shift: %'`,
  )
  expect(silent).toEqual([])
})

test('no process ends but the one that runs out of memory, and the night shift has no trouble', () => {
  expect(lines.filter((line) => line.startsWith('night shift'))).toEqual([])
  const ended = lines.filter((line) => / ended \(/.test(line))
  expect(ended.filter((line) => !line.startsWith('support-agent ended (SIGKILL)'))).toEqual([])
})

test('a stopped fleet leaves no process and no connection behind', async () => {
  await stop()
  const { rows } = await db.owner.query(
    `select usename, query from pg_stat_activity where datname = current_database()
       and (usename like 'agent\\_%' or application_name = 'holdpoint sample night shift')`,
  )
  expect(rows).toEqual([])
})
