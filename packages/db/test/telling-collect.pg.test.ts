import { beforeEach, describe, expect, test } from 'vitest'

import * as agents from './support/agents.ts'
import { openContract } from './support/contract.ts'
import * as operators from './support/operators.ts'
import { ADA, person } from './support/people.ts'
import { addChannel, collect, outboxOf } from './support/telling.ts'
import { untold } from './support/unknown.ts'
import { behind } from './support/waiting.ts'

// What happens is put into the outbox of every channel that wants it: nothing is missed, nothing twice.
const db = await openContract()

beforeEach(async () => {
  await operators.killAll(db.admin, db.server)
  await db.owner.query('delete from notification_channels')
  await collect(db.server)
})

const ask = async (more = ''): Promise<string> => {
  const run = await agents.startPlain(db.alpha)
  await db.alpha.query(
    `insert into approval_queue (workflow_id, requested_by ${more && ', risk'}) values ($1, 'alpha' ${more && `, '${more}'`})`,
    [run],
  )
  return run
}
const told = async (channel: string) =>
  (await outboxOf(db.owner, channel)).map(({ class: about, run }) => [about, run])

describe('an event', () => {
  test('is told once, to each channel that wants it, however often and by however many it is looked for', async () => {
    const [one, other] = [await addChannel(db.server), await addChannel(db.server)]
    const run = await ask()
    await behind(db.admin, { pool: db.server, work: collect }, { pool: db.server, work: collect })
    await collect(db.server)
    expect(await told(one)).toEqual([['approval.requested', run]])
    expect(await told(other)).toEqual([['approval.requested', run]])
  })

  test('that commits after a later one is told all the same, and a long transaction keeps nothing back', async () => {
    const channel = await addChannel(db.server)
    const early = await agents.startPlain(db.alpha)
    const open = await db.alpha.connect()
    await open.query('begin')
    await open.query(
      `insert into approval_queue (workflow_id, requested_by) values ($1, 'alpha')`,
      [early],
    )
    const late = await ask()
    await collect(db.server)
    expect(await told(channel)).toEqual([['approval.requested', late]])
    await open.query('commit')
    open.release()
    await collect(db.server)
    expect((await told(channel)).map(([, run]) => run)).toEqual([late, early])
  })

  test('of a transaction that was rolled back is not told', async () => {
    const channel = await addChannel(db.server)
    const run = await agents.startPlain(db.alpha)
    const open = await db.alpha.connect()
    await open.query('begin')
    await open.query(
      `insert into approval_queue (workflow_id, requested_by) values ($1, 'alpha')`,
      [run],
    )
    await collect(db.server)
    await open.query('rollback')
    open.release()
    await collect(db.server)
    expect(await told(channel)).toEqual([])
  })

  test('that the collecting transaction could not commit is told by the next', async () => {
    const channel = await addChannel(db.server)
    const run = await ask()
    const leader = await db.server.connect()
    await leader.query('begin')
    await collect(leader)
    await leader.query('rollback')
    leader.release()
    expect(await told(channel)).toEqual([])
    await collect(db.server)
    expect(await told(channel)).toEqual([['approval.requested', run]])
  })

  test('from while nobody led is told by whoever leads next', async () => {
    const channel = await addChannel(db.server)
    const runs = [await ask(), await ask(), await ask()]
    await collect(db.server)
    expect((await told(channel)).map(([, run]) => run)).toEqual(runs)
  })

  test('from before the database was another one is not told: reading begins anew', async () => {
    const channel = await addChannel(db.server)
    await ask()
    await db.owner.query(`update notification_tail set cluster = 'another'`)
    expect(await collect(db.server)).toBe(true)
    expect(await collect(db.server)).toBe(false)
    expect(await told(channel)).toEqual([])
  })
})

describe('of the classes', () => {
  test('each event finds its own', async () => {
    const channel = await addChannel(db.server)
    const decided = await agents.startPlain(db.alpha)
    const approval = await agents.requestApproval(db.alpha, decided)
    const other = await person(db.server, ['reviewer'])
    await db.server.query('select delegate_approval($1, $2, $3)', [approval, ADA, other.actor])
    await operators.decideOn(db.server, approval, 'approved', { version: 2 })
    const lost = await agents.startRun(db.alpha)
    await operators.loseWorker(db.owner, db.server, lost)
    const paused = await agents.startPlain(db.alpha)
    await operators.pause(db.server, paused)
    const failed = await agents.startPlain(db.alpha)
    await agents.setStatus(db.alpha, failed, 'failed')
    const well = await agents.startPlain(db.alpha)
    await agents.setStatus(db.alpha, well, 'complete')
    await collect(db.server)
    expect(await told(channel)).toEqual([
      ['approval.requested', decided],
      ['approval.changed', decided],
      ['approval.decided', decided],
      ['worker.lost', lost],
      ['run.stopped', paused],
      ['run.failed', failed],
    ])
  })

  test('an unknown outcome is one thing to tell, although its word and its hold are two', async () => {
    const channel = await addChannel(db.server)
    const { run } = await untold(db)
    await collect(db.server)
    // The gate holds the run when it asks again.
    expect(await agents.beginAction(db.alpha, run)).toMatchObject({ decision: 'hold' })
    await collect(db.server)
    expect(await told(channel)).toEqual([['outcome.unknown', run]])
  })

  test('isolation is told once for the agent, and not for each of its runs', async () => {
    const channel = await addChannel(db.server)
    await agents.startPlain(db.beta, { agent: 'beta' })
    await agents.startPlain(db.beta, { agent: 'beta' })
    await operators.isolate(db.server, 'beta')
    await collect(db.server)
    expect(await told(channel)).toEqual([['agent.isolated', null]])
    await db.server.query(`select release_agent('beta', $1, null)`, [operators.ANA])
  })

  test('what a rule finds is told once, whether it holds the run or not', async () => {
    const channel = await addChannel(db.server)
    const noted = await agents.startPlain(db.alpha)
    await db.owner.query(
      `insert into detections (workflow_id, agent_id, rule, finding, seq, score, why, evidence, policy_version)
       values ($1, 'alpha', 'repeats', 'LOOP_DETECTED', 1, 0.9, 'the same six times', '{1}', 1)`,
      [noted],
    )
    await collect(db.server)
    expect(await told(channel)).toEqual([['detection', noted]])
  })

  test('a loop that becomes overdue is told once, until it was well again', async () => {
    const channel = await addChannel(db.server)
    await db.alpha.query(
      `select declare_loop('{"agentId": "alpha", "name": "nightly", "cron": "0 3 * * *"}')`,
    )
    const tend = async (overdue: string | null) =>
      db.server.query(`select tend_loop('alpha', 'nightly', now(), now(), $1)`, [overdue])
    await tend('2026-01-01T03:00:00Z')
    await tend('2026-01-01T03:00:00Z')
    await tend(null)
    await tend('2026-01-02T03:00:00Z')
    expect(await told(channel)).toEqual([
      ['loop.missed', null],
      ['loop.missed', null],
    ])
  })
})

describe('a channel is not told', () => {
  test('what it does not want: another class, another agent, less risk, or while it is off', async () => {
    const deaf = [
      await addChannel(db.server, { classes: ['worker.lost'] }),
      await addChannel(db.server, { agents: ['beta'] }),
      await addChannel(db.server, { minimumRisk: 'high' }),
      await addChannel(db.server, { enabled: false }),
    ]
    await ask('medium')
    await collect(db.server)
    for (const channel of deaf) expect(await told(channel)).toEqual([])
  })

  test('of stops for other reasons', async () => {
    const channel = await addChannel(db.server, {
      classes: ['run.stopped'],
      reasons: ['BUDGET_EXCEEDED'],
    })
    await operators.pause(db.server, await agents.startPlain(db.alpha))
    await collect(db.server)
    expect(await told(channel)).toEqual([])
  })

  test('but it is told of a request that is risky enough, or says nothing of its risk', async () => {
    const channel = await addChannel(db.server, { minimumRisk: 'medium', agents: ['alpha'] })
    const runs = [await ask('high'), await ask('medium'), await ask()]
    await collect(db.server)
    expect((await told(channel)).map(([, run]) => run)).toEqual(runs)
  })
})
