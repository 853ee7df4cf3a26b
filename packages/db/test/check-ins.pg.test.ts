import { afterEach, expect, test } from 'vitest'

import * as agents from './support/agents.ts'
import { openContract } from './support/contract.ts'
import { gating } from './support/gating.ts'
import { faultsOf } from './support/history.ts'
import * as operators from './support/operators.ts'
import { one } from './support/refusal.ts'

// A run that nobody looks at is held: a loop does not fail, it drifts.
const db = await openContract()
const { gate, ungate } = gating(db)
afterEach(ungate)

const hold = async (): Promise<number> =>
  one<{ n: number }>(db.server, 'select hold_for_check_in() as n').then(({ n }) => n)

const heldBy = async (run: string): Promise<readonly string[]> =>
  (await operators.runOf(db.admin, run)).heldBy

test('after so many steps without a person it is held, until someone resumes it', async () => {
  await gate({ tool: null, agentId: 'alpha', checkInSteps: 3 })
  const run = await agents.startPlain(db.alpha)
  const other = await agents.startPlain(db.beta, { agent: 'beta' })
  for (const step of ['b', 'c']) {
    expect(await hold()).toBe(0)
    await agents.writeStep(db.alpha, run, step)
  }
  expect(await hold()).toBe(1)
  expect(await operators.runOf(db.admin, run)).toMatchObject({
    status: 'paused',
    heldBy: ['check_in'],
    stopReason: 'CHECK_IN_DUE',
  })
  expect(await heldBy(other)).toEqual([])
  await operators.resume(db.server, run)
  expect(await hold()).toBe(0)
  expect(await heldBy(run)).toEqual([])
  expect(await faultsOf(db.owner, run)).toEqual([])
})

test('after so many hours as well; a look begins them anew', async () => {
  await gate({ tool: null, skill: 'answer', checkInHours: 2 })
  const start = async () => agents.startRun(db.alpha, { skill: 'answer' })
  const [seen, unseen] = [await start(), await start()]
  await db.admin.query(
    `update workflow_checkpoints set created_at = now() - interval '3 hours', event_hint = '{}' where workflow_id = any ($1)`,
    [[seen, unseen]],
  )
  await db.server.query(`select look_at_run($1, 'operator:ana')`, [seen])
  expect(await hold()).toBe(1)
  expect([await heldBy(seen), await heldBy(unseen)]).toEqual([[], ['check_in']])
})

test('a run that its agent dates ahead is no younger for it', async () => {
  await gate({ tool: null, skill: 'ahead', checkInHours: 2 })
  const { workflow_id } = await one<{ workflow_id: string }>(
    db.alpha,
    `insert into workflow_checkpoints (agent_id, current_step, status, skill, created_at)
     values ('alpha', 'a', 'running', 'ahead', '2099-01-01') returning workflow_id`,
  )
  expect(await hold()).toBe(0)
  await db.admin.query(
    `update run_lives set began_at = now() - interval '3 hours' where workflow_id = $1`,
    [workflow_id],
  )
  expect(await hold()).toBe(1)
  expect(await heldBy(workflow_id)).toEqual(['check_in'])
})

test('whoever does something with a run has looked at it; its agent has not', async () => {
  const run = await agents.startRun(db.alpha)
  const lookedBy = async () =>
    one<{ by: string | null }>(
      db.admin,
      'select looked_by as by from workflow_checkpoints where workflow_id = $1',
      [run],
    )
  const approval = await agents.askFor(db.alpha, run)
  expect(await lookedBy()).toEqual({ by: null })
  await operators.decideOn(db.server, approval, 'approved')
  expect(await lookedBy()).toEqual({ by: operators.ANA })
})

test('a look is said once a minute, and is in the log', async () => {
  const run = await agents.startRun(db.alpha)
  for (let n = 0; n < 3; n += 1)
    await db.server.query(`select look_at_run($1, 'operator:bo')`, [run])
  const { rows } = await db.admin.query(
    `select actor from agent_audit_log where workflow_id = $1 and action = 'run.look'`,
    [run],
  )
  expect(rows).toEqual([{ actor: 'operator:bo' }])
  expect(await faultsOf(db.owner, run)).toEqual([])
})
