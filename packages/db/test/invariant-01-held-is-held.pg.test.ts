import { describe, expect, test } from 'vitest'

import * as agents from './support/agents.ts'
import { openContract } from './support/contract.ts'
import { faultsOf } from './support/history.ts'
import * as operators from './support/operators.ts'
import { outcomeOf, refusalOf, type Session } from './support/refusal.ts'

// Invariant 1: no action begins after a pause or kill of its run commits.
const db = await openContract()

type Write = (session: Session, run: string) => Promise<unknown>
const writes: Record<string, Write> = {
  'a checkpoint': async (s, run) => agents.writeStep(s, run, 'step_2'),
  'going on by itself': async (s, run) => agents.setStatus(s, run, 'running'),
  'an approval of its own': async (s, run) => agents.setStatus(s, run, 'approved'),
  'a request for approval': async (s, run) => agents.requestApproval(s, run),
  'a task': async (s, run) => agents.writeTask(s, run),
  'a child run': async (s, run) => agents.startPlain(s, { parent: run }),
  'a goal': async (s, run) =>
    s.query(`update workflow_checkpoints set goal = 'other' where workflow_id = $1`, [run]),
  'a goal through the function': async (s, run) =>
    s.query(`select report_progress($1, 0, '{"goal": "other"}')`, [run]),
}

describe('while an operator holds a run', () => {
  test.each(Object.entries(writes))('%s is refused', async (_, write) => {
    const run = await agents.startPlain(db.alpha)
    await operators.pause(db.server, run)
    const before = await operators.runOf(db.admin, run)
    const refusal = await refusalOf(write(db.alpha, run))
    expect(refusal.code).toBe('HP001')
    expect(refusal.message).toMatch(
      /run [0-9a-f-]{36} is held \(USER_PAUSED\) by operator:ana since .*Z, looking: nothing was written/,
    )
    expect(refusal.hint).toContain('Wait until')
    expect(await operators.runOf(db.admin, run)).toEqual(before)
  })

  test('its task cannot be moved on, nor get a result', async () => {
    const run = await agents.startPlain(db.alpha)
    const task = (await agents.writeTask(db.alpha, run)).rows[0] as { id: string }
    await operators.pause(db.server, run)
    const moves = [
      "update tasks set status = 'complete' where id = $1",
      'insert into task_results (task_id) values ($1)',
    ]
    for (const move of moves) expect(await outcomeOf(db.alpha.query(move, [task.id]))).toBe('HP001')
  })

  test('pausing itself is accepted, and cannot be repeated to carry steps or tools', async () => {
    const run = await agents.startPlain(db.alpha)
    await operators.pause(db.server, run)
    await agents.pauseItself(db.alpha, run)
    const again = `update workflow_checkpoints set status = 'paused', paused_at = clock_timestamp()`
    expect(await outcomeOf(db.alpha.query(`${again} where workflow_id = $1`, [run]))).toBe(
      'accepted',
    )
    for (const cargo of [
      "current_step = 'step_7'",
      "current_tool = 'send_email'",
      "goal = 'other'",
    ]) {
      const carried = db.alpha.query(`${again}, ${cargo} where workflow_id = $1`, [run])
      expect(await outcomeOf(carried)).toBe('HP001')
    }
    expect(await faultsOf(db.owner, run)).toEqual([])
  })

  test('a request for approval does not open a way to carry steps either', async () => {
    const run = await agents.startPlain(db.alpha)
    await agents.requestApproval(db.alpha, run)
    await operators.pause(db.server, run)
    const step = async (name: string) =>
      db.alpha.query(
        `update workflow_checkpoints set status = 'paused', paused_at = clock_timestamp(), current_step = $2
         where workflow_id = $1`,
        [run, name],
      )
    expect(await outcomeOf(step('awaiting_approval'))).toBe('accepted')
    expect(await outcomeOf(step('step_2'))).toBe('HP001')
    expect(await outcomeOf(step('step_3'))).toBe('HP001')
  })

  test('ending is no action: complete and failed are accepted', async () => {
    for (const status of ['complete', 'failed']) {
      const run = await agents.startPlain(db.alpha)
      await operators.pause(db.server, run)
      await agents.setStatus(db.alpha, run, status)
      expect(await operators.runOf(db.admin, run)).toMatchObject({ status, heldBy: [] })
      expect(await faultsOf(db.owner, run)).toEqual([])
    }
  })
})

describe('after a kill', () => {
  test.each(Object.entries(writes))('%s is refused', async (_, write) => {
    const run = await agents.startPlain(db.alpha)
    await operators.kill(db.server, run)
    const refusal = await refusalOf(write(db.alpha, run))
    expect(refusal.code).toBe('HP002')
    expect(refusal.message).toMatch(/is killed \(USER_KILLED\): that is final, nothing was written/)
  })
})

describe('the gate', () => {
  const holds: Record<string, { hold: (run: string) => Promise<unknown>; reason: string }> = {
    'an operator paused': {
      hold: async (run) => operators.pause(db.server, run),
      reason: 'USER_PAUSED',
    },
    'its agent paused': {
      hold: async (run) => agents.pauseItself(db.alpha, run),
      reason: 'AWAITING_APPROVAL',
    },
    'an approval holds': {
      hold: async (run) => agents.requestApproval(db.alpha, run),
      reason: 'AWAITING_APPROVAL',
    },
    'a rejection stopped': {
      hold: async (run) =>
        operators.decide(db.server, await agents.requestApproval(db.alpha, run), 'rejected'),
      reason: 'APPROVAL_REJECTED',
    },
  }
  test.each(Object.entries(holds))(
    'holds the next action of a run that %s',
    async (_, { hold, reason }) => {
      const run = await agents.startRun(db.alpha)
      expect((await agents.beginAction(db.alpha, run)).decision).toBe('allow')
      await hold(run)
      const answer = await agents.beginAction(db.alpha, run, 1, { key: 'key-2' })
      expect(answer).toMatchObject({ decision: 'hold', stopReason: reason })
      expect(answer.actionId).toBeUndefined()
      const { rows } = await db.owner.query('select 1 from actions where workflow_id = $1', [run])
      expect(rows).toHaveLength(1)
      expect(await faultsOf(db.owner, run)).toEqual([])
    },
  )

  test('denies a killed run, and the next step too', async () => {
    const run = await agents.startRun(db.alpha)
    await operators.kill(db.server, run)
    expect(await agents.beginAction(db.alpha, run)).toMatchObject({
      decision: 'deny',
      code: 'RUN_ENDED',
    })
    const { rows } = await db.alpha.query(`select begin_step($1, 1, 'next', 1) as answer`, [run])
    expect(rows[0]).toMatchObject({ answer: { decision: 'deny', code: 'RUN_ENDED' } })
  })

  test('tells a worker once: that is delivery and acknowledgement', async () => {
    for (const verb of [operators.pause, operators.kill]) {
      const run = await agents.startRun(db.alpha)
      expect((await verb(db.server, run)).control).toMatchObject({ deliveredAt: null })
      await agents.beginAction(db.alpha, run)
      const told = await operators.runOf(db.admin, run)
      expect(told.control).toMatchObject({ by: operators.ANA })
      expect(told.control?.acknowledgedAt).not.toBeNull()
      await agents.beginAction(db.alpha, run)
      expect((await operators.runOf(db.admin, run)).seq).toBe(told.seq)
    }
  })

  test('lets a plain-SQL agent that uses it through, and moves a queued run to running', async () => {
    const run = await agents.startPlain(db.alpha, { status: 'queued' })
    expect((await agents.beginAction(db.alpha, run, 0)).decision).toBe('allow')
    expect((await operators.runOf(db.admin, run)).status).toBe('running')
  })
})

test('several reasons hold together: clearing one does not lift another', async () => {
  const run = await agents.startPlain(db.alpha)
  const [first, second] = [
    await agents.requestApproval(db.alpha, run),
    await agents.requestApproval(db.alpha, run),
  ]
  await operators.pause(db.server, run)
  await operators.decide(db.server, first)
  expect(await operators.decide(db.server, second)).toMatchObject({
    status: 'paused',
    heldBy: ['operator_pause'],
    stopReason: 'USER_PAUSED',
  })
  expect(await outcomeOf(agents.setStatus(db.alpha, run, 'running'))).toBe('HP001')
  expect(await operators.resume(db.server, run)).toMatchObject({ status: 'approved', heldBy: [] })
  expect(await faultsOf(db.owner, run)).toEqual([])
})
