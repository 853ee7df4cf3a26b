import { describe, expect, test } from 'vitest'

import * as agents from './support/agents.ts'
import { openContract } from './support/contract.ts'
import { faultsOf } from './support/history.ts'
import * as operators from './support/operators.ts'
import { held, ledger, untold } from './support/unknown.ts'

// Invariant 9: what a worker may still say of an action whose outcome was unknown, and what is kept of it.
const db = await openContract()

describe('its worker', () => {
  test('that knows that it landed says so, and the run goes on', async () => {
    const { run, action } = await held(db)
    const report = { state: 'confirmed', response: { id: 7 } }
    expect(await agents.endAction(db.alpha, run, action, report, 2)).toEqual({
      accepted: true,
      late: false,
    })
    expect(await operators.runOf(db.admin, run)).toMatchObject({ status: 'running', heldBy: [] })
    // Nobody else said so.
    expect(await agents.beginAction(db.alpha, run, 2)).toEqual({
      decision: 'done',
      actionId: action,
      response: { id: 7 },
    })
    expect(await faultsOf(db.owner, run)).toEqual([])
  })

  test.each(['failed', 'cancelled', 'accepted'])(
    'cannot say that it %s: that is kept as evidence, and the hold stays',
    async (state) => {
      const { run, action } = await held(db)
      expect((await agents.endAction(db.alpha, run, action, { state }, 2)).late).toBe(true)
      expect(await ledger(db, action)).toMatchObject({ state: 'unknown', late: { state } })
      expect((await operators.runOf(db.admin, run)).heldBy).toEqual(['outcome'])
      expect(await faultsOf(db.owner, run)).toEqual([])
    },
  )

  test('of an older epoch lifts nothing: its word is evidence', async () => {
    const { run, action } = await held(db)
    const report = agents.endAction(db.alpha, run, action, { state: 'confirmed' }, 1)
    expect((await report).late).toBe(true)
    expect(await ledger(db, action)).toMatchObject({
      state: 'unknown',
      late: { state: 'confirmed' },
    })
    expect((await operators.runOf(db.admin, run)).heldBy).toEqual(['outcome'])
  })

  test.each([true, false])(
    'that speaks after a person said %s is kept as evidence, also where they agree',
    async (landed) => {
      const { run, action } = await untold(db)
      await operators.settle(db.server, action, landed)
      const state = landed ? 'confirmed' : 'failed'
      const report = { state, response: { id: 9 } }
      expect((await agents.endAction(db.alpha, run, action, report)).late).toBe(true)
      expect(await ledger(db, action)).toMatchObject({ state, response: null, late: report })
      expect(await faultsOf(db.owner, run)).toEqual([])
    },
  )

  test('that let the run go can still say what it knows', async () => {
    const { run, action } = await untold(db)
    await agents.letGo(db.alpha, run)
    expect((await agents.endAction(db.alpha, run, action, { state: 'confirmed' })).accepted).toBe(
      true,
    )
    expect((await operators.runOf(db.admin, run)).status).toBe('queued')
    expect(await faultsOf(db.owner, run)).toEqual([])
  })
})

test('each attempt of a step is kept, too', async () => {
  const run = await agents.startRun(db.alpha)
  await agents.beginStep(db.alpha, run, 1, 'fetch')
  await agents.endStep(db.alpha, run, 1, 'fetch', { error: 'timed out' })
  await agents.beginStep(db.alpha, run, 1, 'fetch')
  await operators.loseWorker(db.owner, db.server, run)
  await agents.claimRun(db.alpha, run)
  await agents.beginStep(db.alpha, run, 2, 'fetch')
  await agents.endStep(db.alpha, run, 2, 'fetch', { result: 1 })
  const { rows } = await db.server.query(
    'select attempt, epoch, state, error from step_attempts where workflow_id = $1 order by attempt',
    [run],
  )
  expect(rows).toEqual([
    { attempt: 1, epoch: 1, state: 'failed', error: 'timed out' },
    { attempt: 2, epoch: 1, state: 'running', error: null },
  ])
})
