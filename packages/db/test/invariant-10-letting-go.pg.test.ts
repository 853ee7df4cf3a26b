import type { PoolClient } from 'pg'
import { beforeEach, describe, expect, test } from 'vitest'

import * as agents from './support/agents.ts'
import { openContract } from './support/contract.ts'
import { faultsOf } from './support/history.ts'
import * as operators from './support/operators.ts'
import { one, outcomeOf } from './support/refusal.ts'
import { behind } from './support/waiting.ts'

// Invariant 10: a worker that goes down in order lets go, and another one goes on from the last checkpoint.
const db = await openContract()

beforeEach(async () => operators.killAll(db.admin, db.server))
const rounds = Array.from({ length: 30 }, (_, n) => n)

const leaseOf = async (run: string): Promise<object[]> =>
  (await db.owner.query<object>('select epoch from run_leases where workflow_id = $1', [run])).rows

async function letGo(): Promise<string> {
  const run = await agents.startRun(db.alpha)
  await agents.letGo(db.alpha, run)
  return run
}

describe('a run that its worker let go', () => {
  test('waits, and the next worker goes on from its last checkpoint', async () => {
    const run = await agents.startRun(db.alpha)
    await agents.beginStep(db.alpha, run, 1, 'fetch')
    await agents.endStep(db.alpha, run, 1, 'fetch', { result: 3, memory: { seen: 3 } })
    expect(await agents.letGo(db.alpha, run)).toMatchObject({
      status: 'queued',
      worker: null,
      epoch: 1,
      lastEvent: { kind: 'run.released' },
    })
    expect(await leaseOf(run)).toEqual([])
    const claim = await agents.claimRun(db.alpha, run)
    expect(claim).toMatchObject({
      run: { status: 'running', epoch: 2 },
      memory: { seen: 3 },
      steps: [{ name: 'fetch', result: 3 }],
    })
    expect(await faultsOf(db.owner, run)).toEqual([])
  })

  test('lets its old worker begin nothing more under its epoch', async () => {
    const run = await letGo()
    const fenced = { decision: 'deny', code: 'FENCED' }
    expect(await agents.beginStep(db.alpha, run, 1, 'next')).toMatchObject(fenced)
    expect(await agents.beginAction(db.alpha, run, 1)).toMatchObject(fenced)
    const { leased } = await one<{ leased: boolean }>(
      db.alpha,
      `select leased from heartbeat('worker-1', array[$1::uuid])`,
      [run],
    )
    expect(leased).toBe(false)
    expect(await leaseOf(run)).toEqual([])
    expect(await faultsOf(db.owner, run)).toEqual([])
  })

  test('nor does it when the agent itself writes that the run is running', async () => {
    const run = await letGo()
    await agents.setStatus(db.alpha, run, 'running')
    expect((await agents.beginAction(db.alpha, run, 1)).code).toBe('FENCED')
    expect((await agents.beginStep(db.alpha, run, 1, 'next')).code).toBe('FENCED')
    expect((await agents.claimRun(db.alpha, run)).run.epoch).toBe(2)
  })

  test('was let go once, however often its worker says so', async () => {
    const run = await letGo()
    const { seq } = await operators.runOf(db.admin, run)
    expect((await agents.letGo(db.alpha, run)).seq).toBe(seq)
    await agents.claimRun(db.alpha, run)
    expect(await outcomeOf(agents.letGo(db.alpha, run))).toBe('HP006')
    expect(await leaseOf(run)).toEqual([{ epoch: 2 }])
  })

  test('can be killed: at once quiesced, and nobody takes it', async () => {
    const run = await letGo()
    const killed = await operators.kill(db.server, run)
    expect(killed.status).toBe('killed')
    expect(killed.control?.quiescedAt).not.toBeNull()
    expect(await outcomeOf(agents.claimRun(db.alpha, run))).toBe('HP002')
    expect(await outcomeOf(agents.letGo(db.alpha, run))).toBe('HP002')
    expect(await faultsOf(db.owner, run)).toEqual([])
  })
})

describe('a paused run that its worker let go', () => {
  test('stays paused; the pause is quiesced; resumed it waits for a worker', async () => {
    const run = await agents.startRun(db.alpha)
    await operators.pause(db.server, run)
    const released = await agents.letGo(db.alpha, run)
    expect(released).toMatchObject({ status: 'paused', heldBy: ['operator_pause'], worker: null })
    expect(released.control?.quiescedAt).not.toBeNull()
    expect((await operators.resume(db.server, run)).status).toBe('queued')
    expect((await agents.claimNext(db.alpha))?.run).toMatchObject({ id: run, status: 'running' })
    expect(await faultsOf(db.owner, run)).toEqual([])
  })

  test('and that was claimed before it is resumed runs at once', async () => {
    const run = await agents.startRun(db.alpha)
    await operators.pause(db.server, run)
    await agents.letGo(db.alpha, run)
    expect((await agents.claimRun(db.alpha, run)).run.status).toBe('paused')
    expect((await operators.resume(db.server, run)).status).toBe('running')
  })

  test('that asked for approval comes back approved, without a worker', async () => {
    const run = await agents.startRun(db.alpha)
    const approval = await agents.requestApproval(db.alpha, run)
    await agents.letGo(db.alpha, run)
    expect((await operators.decide(db.server, approval)).status).toBe('approved')
    expect((await agents.beginAction(db.alpha, run, 1)).code).toBe('FENCED')
    expect((await agents.claimNext(db.alpha))?.run).toMatchObject({ id: run, status: 'approved' })
    expect((await agents.beginAction(db.alpha, run, 2)).decision).toBe('allow')
  })

  test('an approved one becomes queued', async () => {
    const run = await agents.startRun(db.alpha)
    await operators.decide(db.server, await agents.requestApproval(db.alpha, run))
    expect((await agents.letGo(db.alpha, run)).status).toBe('queued')
  })
})

describe('a run is not let go', () => {
  test('while an action is in flight: its worker alone knows what becomes of it', async () => {
    const run = await agents.startRun(db.alpha)
    const action = await agents.allowedAction(db.alpha, run)
    expect(await outcomeOf(agents.letGo(db.alpha, run))).toBe('HP003')
    await agents.endAction(db.alpha, run, action, { state: 'accepted' })
    expect(await outcomeOf(agents.letGo(db.alpha, run))).toBe('HP003')
    expect(await leaseOf(run)).toEqual([{ epoch: 1 }])
    await agents.endAction(db.alpha, run, action, { state: 'confirmed' })
    expect((await agents.letGo(db.alpha, run)).status).toBe('queued')
  })

  test('by plain SQL, by another agent, or by a worker that lost it', async () => {
    const plain = await agents.startPlain(db.alpha)
    expect(await outcomeOf(agents.letGo(db.alpha, plain, 0))).toBe('HP003')
    const run = await agents.startRun(db.alpha)
    expect(await outcomeOf(agents.letGo(db.beta, run))).toBe('HP005')
    await operators.loseWorker(db.owner, db.server, run)
    expect((await agents.letGo(db.alpha, run)).status).toBe('lost')
    await agents.claimRun(db.alpha, run)
    expect(await outcomeOf(agents.letGo(db.alpha, run))).toBe('HP006')
  })
})

test('an action that waited behind the letting go does not begin; a step does not either', async () => {
  const waiting = [
    async (client: PoolClient, run: string) => agents.beginAction(client, run),
    async (client: PoolClient, run: string) => agents.beginStep(client, run, 1, 'next'),
  ]
  for (const begin of waiting) {
    const run = await agents.startRun(db.alpha)
    const answer = await behind(
      db.admin,
      { pool: db.alpha, work: async (client) => agents.letGo(client, run) },
      { pool: db.alpha, work: async (client) => begin(client, run) },
    )
    expect(answer).toMatchObject({ decision: 'deny', code: 'FENCED' })
    expect(await faultsOf(db.owner, run)).toEqual([])
  }
})

test('a run is not let go by a call that waited behind the beginning of an action', async () => {
  const run = await agents.startRun(db.alpha)
  const went = behind(
    db.admin,
    { pool: db.alpha, work: async (client) => agents.beginAction(client, run) },
    { pool: db.alpha, work: async (client) => agents.letGo(client, run) },
  )
  expect(await outcomeOf(went)).toBe('HP003')
})

describe('letting go at the same time as', () => {
  test('an action begins: one of them is refused', async () => {
    const seen = new Set<string>()
    for (const _ of rounds) {
      const run = await agents.startRun(db.alpha)
      const [answer, went] = await Promise.all([
        agents.beginAction(db.alpha, run),
        outcomeOf(agents.letGo(db.alpha, run)),
      ])
      const met = `${answer.code ?? answer.decision} ${went}`
      expect(['allow HP003', 'FENCED accepted']).toContain(met)
      seen.add(met)
      expect(await faultsOf(db.owner, run)).toEqual([])
    }
    expect(seen.size).toBeGreaterThan(0)
  })

  test('a pause, and others that look for work: held and taken by none, or taken and held', async () => {
    for (const _ of rounds) {
      const run = await agents.startRun(db.alpha)
      const [claim] = await Promise.all([
        agents.claimNext(db.alpha, 'worker-2'),
        agents.letGo(db.alpha, run),
        operators.pause(db.server, run),
      ])
      const { status, heldBy, epoch } = await operators.runOf(db.admin, run)
      expect({ status, heldBy }).toEqual({ status: 'paused', heldBy: ['operator_pause'] })
      expect(epoch).toBe(claim === null ? 1 : 2)
      expect(await leaseOf(run)).toEqual(claim === null ? [] : [{ epoch: 2 }])
      expect(await faultsOf(db.owner, run)).toEqual([])
      await operators.kill(db.server, run)
    }
  })
})
