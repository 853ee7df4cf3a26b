import { describe, expect, test } from 'vitest'

import * as agents from './support/agents.ts'
import { openContract } from './support/contract.ts'
import { faultsOf } from './support/history.ts'
import * as operators from './support/operators.ts'
import { one, outcomeOf, refusalOf } from './support/refusal.ts'
import { held, ledger, untold } from './support/unknown.ts'

// Invariant 9: nothing goes on past an action of which nobody knows whether it landed, until someone says.
const db = await openContract()

describe('the hold for an unknown outcome', () => {
  test('names the action, and is one however often the gate is asked', async () => {
    const { run, action } = await held(db)
    await agents.beginAction(db.alpha, run, 2)
    await agents.beginAction(db.alpha, run, 2, { key: 'key-2' })
    const { rows } = await db.owner.query(
      `select kind, action_id, opened_by, stop_reason from run_holds where workflow_id = $1 and cleared_at is null`,
      [run],
    )
    expect(rows).toEqual([
      {
        kind: 'outcome',
        action_id: action,
        opened_by: 'holdpoint',
        stop_reason: 'UNKNOWN_OUTCOME',
      },
    ])
    expect(await faultsOf(db.owner, run)).toEqual([])
  })

  test('is not lifted by resume, nor by its agent', async () => {
    const { run } = await held(db)
    const refusal = await refusalOf(operators.resume(db.server, run))
    expect([refusal.code, refusal.hint]).toEqual(['HP001', 'Find out, and settle the action.'])
    expect(await outcomeOf(agents.setStatus(db.alpha, run, 'running'))).toBe('HP001')
    expect(await outcomeOf(agents.requestApproval(db.alpha, run))).toBe('HP001')
    expect(await outcomeOf(agents.writeStep(db.alpha, run, 'step_2'))).toBe('HP001')
    expect((await agents.beginStep(db.alpha, run, 2, 'next')).decision).toBe('hold')
  })

  test('stays while others go, and others stay when it goes', async () => {
    const { run, action } = await held(db)
    await operators.pause(db.server, run)
    expect((await operators.resume(db.server, run)).heldBy).toEqual(['outcome'])
    await operators.pause(db.server, run)
    expect(await operators.settle(db.server, action, true)).toMatchObject({
      status: 'paused',
      heldBy: ['operator_pause'],
      stopReason: 'USER_PAUSED',
    })
    expect((await agents.beginAction(db.alpha, run, 2)).decision).toBe('hold')
    expect((await operators.resume(db.server, run)).status).toBe('running')
    expect(await faultsOf(db.owner, run)).toEqual([])
  })

  test('outlives its worker: the next one meets it, and nobody takes the run from the queue', async () => {
    const { run, action } = await held(db)
    await operators.loseWorker(db.owner, db.server, run)
    expect(await agents.claimNext(db.alpha)).toBeNull()
    expect((await agents.claimRun(db.alpha, run)).run.heldBy).toEqual(['outcome'])
    expect((await operators.settle(db.server, action, false)).status).toBe('running')
    expect((await agents.beginAction(db.alpha, run, 3)).attempt).toBe(2)
    expect(await faultsOf(db.owner, run)).toEqual([])
  })
})

describe('a person who says that it landed', () => {
  test('lets the run go on: its key answers with what they gave, and runs nothing', async () => {
    const { run, action } = await held(db)
    const state = await operators.settle(db.server, action, true, { response: { id: 47 } })
    expect(state).toMatchObject({ status: 'running', heldBy: [], stopReason: null })
    expect(await agents.beginAction(db.alpha, run, 2)).toEqual({
      decision: 'done',
      actionId: action,
      response: { id: 47 },
      settled: true,
    })
    expect(await faultsOf(db.owner, run)).toEqual([])
  })

  test('without a response: the answer says who knew, and nothing that nobody said', async () => {
    const { run, action } = await held(db)
    await operators.settle(db.server, action, true)
    const answer = await agents.beginAction(db.alpha, run, 2)
    expect(answer).toEqual({ decision: 'done', actionId: action, response: null, settled: true })
  })

  test('leaves an event with the reason, and one audit row', async () => {
    const { run, action } = await held(db)
    await operators.settle(db.server, action, true, { actor: operators.BO })
    const event = await one<{ actor: string; detail: object }>(
      db.owner,
      `select actor, detail from run_events where workflow_id = $1 and kind = 'action.settled'`,
      [run],
    )
    expect(event).toEqual({
      actor: operators.BO,
      detail: {
        actionId: action,
        tool: 'send_email',
        landed: true,
        why: 'looked at the other side',
      },
    })
    const { rows } = await db.admin.query<{ actor: string; data_after: object }>(
      `select actor, data_after from agent_audit_log where workflow_id = $1 and action = 'action.settle'`,
      [run],
    )
    expect(rows).toEqual([
      {
        actor: operators.BO,
        data_after: { action, state: 'confirmed', why: 'looked at the other side' },
      },
    ])
  })

  test('and must say how they know, in a few words', async () => {
    const { run, action } = await held(db)
    const before = await operators.runOf(db.admin, run)
    const settle = async (
      landed: unknown,
      why: string | null,
      actor: string | null = 'operator:ana',
    ) =>
      outcomeOf(
        db.server.query('select settle_action($1, $2, $3, $4)', [action, actor, landed, why]),
      )
    expect(await settle(true, null)).toBe('HP010')
    expect(await settle(true, '  ')).toBe('HP010')
    expect(await settle(null, 'asked')).toBe('HP010')
    expect(await settle(true, 'asked', null)).toBe('HP010')
    expect(await settle(true, 'x'.repeat(2001))).toBe('HP016')
    const large = operators.settle(db.server, action, true, { response: 'x'.repeat(300_000) })
    expect(await outcomeOf(large)).toBe('HP016')
    const nothing = operators.settle(db.server, '00000000-0000-0000-0000-000000000000', true)
    expect(await outcomeOf(nothing)).toBe('HP013')
    expect(await operators.runOf(db.admin, run)).toEqual(before)
  })
})

describe('a person who says that it did not land', () => {
  test('lets it be tried again; what the first attempt was is kept', async () => {
    const { run, action } = await held(db)
    expect((await operators.settle(db.server, action, false)).status).toBe('running')
    expect(await ledger(db, action)).toMatchObject({
      state: 'failed',
      error: 'did not land: looked at the other side',
      settled_by: operators.ANA,
    })
    expect(await agents.beginAction(db.alpha, run, 2)).toMatchObject({
      decision: 'allow',
      attempt: 2,
    })
    expect(await ledger(db, action)).toMatchObject({
      state: 'intended',
      error: null,
      settled_by: null,
    })
    const { rows } = await db.server.query(
      'select attempt, epoch, state, error from action_attempts where action_id = $1',
      [action],
    )
    const error = 'did not land: looked at the other side'
    expect(rows).toEqual([{ attempt: 1, epoch: 1, state: 'failed', error }])
    expect(await faultsOf(db.owner, run)).toEqual([])
  })
})

describe('an action is settled once', () => {
  test('the second is told who said so, and changes nothing', async () => {
    const { run, action } = await held(db)
    await operators.settle(db.server, action, true)
    const before = await operators.runOf(db.admin, run)
    for (const landed of [true, false]) {
      const refusal = await refusalOf(operators.settle(db.server, action, landed))
      expect(refusal.code).toBe('HP015')
      expect(refusal.message).toContain('is confirmed (operator:ana said so)')
    }
    expect(await operators.runOf(db.admin, run)).toEqual(before)
  })

  test('by two people at once: one word counts', async () => {
    for (let round = 0; round < 20; round += 1) {
      const { run, action } = await held(db)
      const [yes, no] = await Promise.all([
        outcomeOf(operators.settle(db.server, action, true)),
        outcomeOf(operators.settle(db.server, action, false, { actor: operators.BO })),
      ])
      expect([yes, no].toSorted()).toEqual(['HP015', 'accepted'])
      expect(await ledger(db, action)).toMatchObject(
        yes === 'accepted'
          ? { state: 'confirmed', settled_by: operators.ANA }
          : { state: 'failed', settled_by: operators.BO },
      )
      expect(await faultsOf(db.owner, run)).toEqual([])
    }
  })

  test('by a person and its worker at once: one of them, and the other is kept as evidence or told so', async () => {
    for (let round = 0; round < 20; round += 1) {
      const { run, action } = await held(db)
      const [person, worker] = await Promise.all([
        outcomeOf(operators.settle(db.server, action, false)),
        agents.endAction(db.alpha, run, action, { state: 'confirmed' }, 2),
      ])
      const { state, late } = await ledger(db, action)
      const met = { person, late: worker.late, state, evidence: late?.state }
      expect([
        { person: 'accepted', late: true, state: 'failed', evidence: 'confirmed' },
        { person: 'HP015', late: false, state: 'confirmed', evidence: undefined },
      ]).toContainEqual(met)
      expect((await operators.runOf(db.admin, run)).status).toBe('running')
      expect(await faultsOf(db.owner, run)).toEqual([])
    }
  })

  test.each(['confirmed', 'failed', 'accepted', 'cancelled'])(
    'and not at all when it is known: %s',
    async (state) => {
      const run = await agents.startRun(db.alpha)
      const action = await agents.allowedAction(db.alpha, run)
      await agents.endAction(db.alpha, run, action, { state })
      expect(await outcomeOf(operators.settle(db.server, action, true))).toBe('HP015')
    },
  )
})

describe('an action may be settled before anyone asks for it again', () => {
  test('on a lost run, before it is claimed: the next worker never meets it', async () => {
    const run = await agents.startRun(db.alpha)
    const action = await agents.allowedAction(db.alpha, run)
    await operators.loseWorker(db.owner, db.server, run)
    expect(await operators.settle(db.server, action, true)).toMatchObject({
      status: 'lost',
      stopReason: 'WORKER_LOST',
      tool: null,
    })
    expect((await agents.claimRun(db.alpha, run)).run.status).toBe('running')
    expect((await agents.beginAction(db.alpha, run, 2)).decision).toBe('done')
    expect(await faultsOf(db.owner, run)).toEqual([])
  })

  test('on a killed run: the ledger is put right, the run stays as it ended', async () => {
    const run = await agents.startRun(db.alpha)
    const action = await agents.allowedAction(db.alpha, run)
    const killed = await operators.kill(db.server, run)
    const { seq, lastEvent, ...state } = await operators.settle(db.server, action, false)
    const { seq: at, lastEvent: _, ...before } = killed
    expect(state).toEqual(before)
    expect([seq, lastEvent.kind]).toEqual([at + 1, 'action.settled'])
    expect(await ledger(db, action)).toMatchObject({ state: 'failed', settled_by: operators.ANA })
    expect(await faultsOf(db.owner, run)).toEqual([])
  })

  test('on a running one', async () => {
    const { run, action } = await untold(db)
    expect((await operators.settle(db.server, action, true)).status).toBe('running')
    expect((await agents.beginAction(db.alpha, run)).decision).toBe('done')
  })
})
