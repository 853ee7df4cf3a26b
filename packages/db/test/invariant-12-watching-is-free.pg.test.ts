import { expect, test } from 'vitest'

import * as agents from './support/agents.ts'
import { openContract } from './support/contract.ts'
import * as operators from './support/operators.ts'
import { outcomeOf } from './support/refusal.ts'

// Invariant 12, as far as the database holds it: readers never make a writer wait, and agents wake nobody.
const db = await openContract()

test('a reader in a long transaction keeps no agent waiting', async () => {
  const run = await agents.startRun(db.alpha)
  const reader = await db.server.connect()
  await reader.query('begin isolation level repeatable read')
  await reader.query(
    'select 1 from workflow_checkpoints, run_events, run_holds, agent_audit_log, actions limit 1',
  )
  const agent = await db.alpha.connect()
  await agent.query(`set lock_timeout = '2s'`)
  expect(await outcomeOf(agents.writeStep(agent, run, 'step_2'))).toBe('accepted')
  expect((await agents.beginAction(agent, run)).decision).toBe('allow')
  await reader.query('commit')
  reader.release()
  agent.release(true)
})

test('the server cannot lock a row that an agent writes, nor a table', async () => {
  for (const table of [
    'workflow_checkpoints',
    'approval_queue',
    'tasks',
    'run_leases',
    'run_events',
  ]) {
    expect(await outcomeOf(db.server.query(`select 1 from ${table} for share`))).toBe('42501')
    expect(await outcomeOf(db.server.query(`select 1; lock table ${table} in share mode`))).toBe(
      '42501',
    )
  }
})

test('an agent cannot lock a table either: no agent stops all the others', async () => {
  for (const table of [
    'workflow_checkpoints',
    'approval_queue',
    'tasks',
    'agent_audit_log',
    'actions',
  ]) {
    expect(await outcomeOf(db.alpha.query(`select 1; lock table ${table} in share mode`))).toBe(
      '42501',
    )
  }
})

test('nothing that an agent writes notifies; only an operator does', async () => {
  const heard: string[] = []
  const listener = await db.server.connect()
  listener.on('notification', ({ payload }) => heard.push(payload ?? ''))
  await listener.query('listen holdpoint_control')
  const run = await agents.startRun(db.alpha)
  await agents.writeStep(db.alpha, run, 'step_2')
  await agents.allowedAction(db.alpha, run)
  await agents.writeTask(db.alpha, run)
  await agents.writeAudit(db.alpha, run)
  await agents.requestApproval(db.alpha, run)
  await listener.query('select 1')
  expect(heard).toEqual([])
  await operators.pause(db.server, run)
  await listener.query('select 1')
  expect(heard).toEqual([run])
  listener.release(true)
})
