import { beforeEach, describe, expect, test } from 'vitest'

import * as agents from './support/agents.ts'
import { openContract } from './support/contract.ts'
import { faultsOf } from './support/history.ts'
import * as operators from './support/operators.ts'
import { one, outcomeOf, refusalOf } from './support/refusal.ts'

// Invariant 10: a run goes on under the version of its skill that it began with, or under one that says it can.
const db = await openContract()

beforeEach(async () => operators.killAll(db.admin, db.server))

const pinned = async () => agents.enqueueRun(db.alpha, { skill: 'invoice', skillVersion: '1.4.0' })

const strangers: [string, agents.Can | null][] = [
  ['names no version', null],
  ['says nothing', {}],
  ['has another version', { version: '1.5.0' }],
  ['has a version that only looks alike', { version: '1.4' }],
  ['can go on with others', { version: '1.5.0', resumes: ['1.3.0'] }],
  ['says so in a text, not a list', { resumes: '1.4.0' as unknown as string[] }],
]
const able: [string, agents.Can][] = [
  ['has that version', { version: '1.4.0' }],
  ['can go on with it', { version: '1.5.0', resumes: ['1.3.0', '1.4.0'] }],
]

describe('a worker that names the run', () => {
  test.each(strangers)('and %s is refused; nothing is written', async (_, can) => {
    const run = await pinned()
    const before = await operators.runOf(db.admin, run)
    const refusal = await refusalOf(agents.claimRun(db.alpha, run, 'worker-1', can))
    expect(refusal.code).toBe('HP018')
    expect(refusal.message).toContain('is pinned to version "1.4.0" of skill "invoice"')
    expect(await operators.runOf(db.admin, run)).toEqual(before)
    expect(
      (await db.owner.query('select from run_leases where workflow_id = $1', [run])).rowCount,
    ).toBe(0)
  })

  test.each(able)('and %s takes it; the history says with which version', async (_, can) => {
    const run = await pinned()
    const claim = await agents.claimRun(db.alpha, run, 'worker-1', can)
    expect(claim.run).toMatchObject({ status: 'running', skillVersion: '1.4.0' })
    const { version } = await one<{ version: string }>(
      db.owner,
      `select detail ->> 'version' as version from run_events where workflow_id = $1 and kind = 'run.claimed'`,
      [run],
    )
    expect(version).toBe(can.version)
    expect(await faultsOf(db.owner, run)).toEqual([])
  })

  test('holds for a lost run and for one whose lease ran out as well', async () => {
    for (const swept of [true, false]) {
      const run = await agents.startRun(db.alpha, { skill: 'invoice', skillVersion: '2' })
      if (swept) await operators.loseWorker(db.owner, db.server, run)
      else
        await db.owner.query(
          `update run_leases set lease_until = '2001-01-01' where workflow_id = $1`,
          [run],
        )
      expect(await outcomeOf(agents.claimRun(db.alpha, run))).toBe('HP018')
      const claim = await agents.claimRun(db.alpha, run, 'worker-2', { version: '2' })
      expect(claim.run.epoch).toBe(2)
    }
  })
})

const of = (can: agents.Can | null): agents.Can[] | null =>
  can === null ? null : [{ skill: 'other' }, { skill: 'invoice', ...can }]

test('what a worker says of itself is as long as a version', async () => {
  const can = { version: 'v'.repeat(201) }
  const run = await agents.enqueueRun(db.alpha)
  expect(await outcomeOf(agents.claimNext(db.alpha, 'worker-2', [can]))).toBe('HP016')
  expect(await outcomeOf(agents.claimRun(db.alpha, run, 'worker-2', can))).toBe('HP016')
  expect((await agents.claimRun(db.alpha, run)).run.id).toBe(run)
})

describe('a worker that looks for work', () => {
  test.each(strangers)('and %s does not get it', async (_, can) => {
    await pinned()
    expect(await agents.claimNext(db.alpha, 'worker-1', of(can))).toBeNull()
  })

  test.each(able)('and %s gets it', async (_, can) => {
    const run = await pinned()
    expect((await agents.claimNext(db.alpha, 'worker-1', of(can)))?.run.id).toBe(run)
  })

  test('gets nothing of a skill that it did not ask for', async () => {
    const run = await agents.enqueueRun(db.alpha, { skill: 'invoice' })
    expect(await agents.claimNext(db.alpha, 'worker-1', [])).toBeNull()
    expect(await agents.claimNext(db.alpha, 'worker-1', [{ skill: 'report' }])).toBeNull()
    expect(await agents.claimNext(db.alpha, 'worker-1', [{ version: '1.4.0' }])).toBeNull()
    expect((await agents.claimNext(db.alpha, 'worker-1', [{ skill: 'invoice' }]))?.run.id).toBe(run)
  })

  test('and asks for no skill in particular gets what no version is pinned to', async () => {
    await pinned()
    const free = await agents.enqueueRun(db.alpha, { skill: 'invoice' })
    expect((await agents.claimNext(db.alpha))?.run.id).toBe(free)
    expect(await agents.claimNext(db.alpha)).toBeNull()
  })
})

test('an agent cannot pin its run to another version afterwards', async () => {
  const run = await pinned()
  for (const set of ["skill_version = '9'", 'skill_version = null', "skill = 'other'"]) {
    const write = db.alpha.query(`update workflow_checkpoints set ${set} where workflow_id = $1`, [
      run,
    ])
    expect(await outcomeOf(write)).toBe('42501')
  }
})
