import { describe, expect, test } from 'vitest'

import * as agents from './support/agents.ts'
import { openContract } from './support/contract.ts'
import { faultsOf } from './support/history.ts'
import * as operators from './support/operators.ts'
import { one, outcomeOf, refusalOf, type Session } from './support/refusal.ts'
import { behind, pidOf, untilBlocked } from './support/waiting.ts'

// Controls and agents that meet on one run at the same time, on connections of their own.
const db = await openContract()
const rounds = Array.from({ length: 40 }, (_, n) => n)

const answerOf = async (call: Promise<agents.GateAnswer>) =>
  call.then(({ decision, code }) => code ?? decision)

describe('started together', () => {
  test('an action, a pause and a kill leave a history in which nothing began while it was held', async () => {
    const seen = new Set<string>()
    for (const round of rounds) {
      const run = await agents.startRun(db.alpha)
      const control = outcomeOf(operators.pause(db.server, run))
      // Half of the time the pause has a head start.
      if (round % 4 < 2) await db.alpha.query('select 1')
      const [answer, paused, killed] = await Promise.all([
        answerOf(agents.beginAction(db.alpha, run)),
        control,
        round % 2 === 0 ? outcomeOf(operators.kill(db.server, run)) : undefined,
      ])
      seen.add(answer)
      expect(['allow', 'hold', 'RUN_ENDED']).toContain(answer)
      expect(['accepted', 'HP002']).toContain(paused)
      if (killed !== undefined) expect(killed).toBe('accepted')
      expect(await faultsOf(db.owner, run)).toEqual([])
      // Whatever came first, from here on it holds.
      const next = await answerOf(agents.beginAction(db.alpha, run, 1, { key: 'key-2' }))
      expect(next).toBe(killed === undefined ? 'hold' : 'RUN_ENDED')
    }
    expect(seen.size).toBeGreaterThan(1)
  })

  test('a request for approval and a pause: both hold, or the request came too late', async () => {
    for (const _ of rounds) {
      const run = await agents.startPlain(db.alpha)
      const [asked, paused] = await Promise.all([
        outcomeOf(agents.requestApproval(db.alpha, run)),
        outcomeOf(operators.pause(db.server, run)),
      ])
      expect(paused).toBe('accepted')
      const { heldBy } = await operators.runOf(db.admin, run)
      expect([asked, heldBy.join()]).toEqual(
        asked === 'accepted'
          ? ['accepted', 'operator_pause,approval']
          : ['HP001', 'operator_pause'],
      )
      expect(await faultsOf(db.owner, run)).toEqual([])
    }
  })

  test('a child and the kill of its parent: no child outlives it', async () => {
    for (const _ of rounds) {
      const parent = await agents.startPlain(db.alpha)
      const [child, killed] = await Promise.all([
        agents.startPlain(db.alpha, { parent }).catch(() => undefined),
        outcomeOf(operators.kill(db.server, parent)),
      ])
      expect(killed).toBe('accepted')
      if (child !== undefined) {
        expect((await operators.runOf(db.admin, child)).status).toBe('killed')
        expect(await faultsOf(db.owner, child)).toEqual([])
      }
    }
  })

  test('an end by the agent and a kill: one of them is the end', async () => {
    for (const _ of rounds.slice(20)) {
      const run = await agents.startRun(db.alpha)
      await agents.allowedAction(db.alpha, run)
      const outcomes = await Promise.all([
        outcomeOf(db.alpha.query(`select end_run($1, 1, 'complete')`, [run])),
        outcomeOf(operators.kill(db.server, run)),
      ])
      expect(outcomes.toSorted()).toEqual(['HP002', 'accepted'])
      expect(await faultsOf(db.owner, run)).toEqual([])
    }
  })

  test('a claim and the sweep, a heartbeat and the sweep: one worker or none', async () => {
    for (const _ of rounds.slice(20)) {
      const run = await agents.startRun(db.alpha)
      await db.owner.query(
        `update run_leases set lease_until = clock_timestamp() - interval '1 s' where workflow_id = $1`,
        [run],
      )
      await Promise.all([
        db.server.query('select sweep_lost_runs()'),
        db.server.query('select sweep_lost_runs()'),
        db.alpha.query(`select heartbeat('worker-1', array[$1::uuid], 3600000)`, [run]),
        agents.claimRun(db.alpha, run).catch(() => undefined),
      ])
      const { status, epoch } = await operators.runOf(db.admin, run)
      const { rows } = await db.owner.query<{ epoch: number }>(
        'select epoch from run_leases where workflow_id = $1',
        [run],
      )
      expect(rows).toEqual(status === 'lost' ? [] : [{ epoch }])
      expect(await faultsOf(db.owner, run)).toEqual([])
    }
  })
})

describe('a write that waited behind a control is judged by what the control left', () => {
  const late: Record<string, (session: Session, run: string) => Promise<unknown>> = {
    'a checkpoint': async (s, run) => agents.writeStep(s, run, 'step_2'),
    'a request for approval': async (s, run) => agents.requestApproval(s, run),
    'a task': async (s, run) => agents.writeTask(s, run),
    'a child': async (s, run) => agents.startPlain(s, { parent: run }),
  }
  test.each(Object.entries(late))('%s', async (_, write) => {
    const controls = [
      ['HP001', operators.pause],
      ['HP002', operators.kill],
    ] as const
    for (const [code, control] of controls) {
      const run = await agents.startPlain(db.alpha)
      const waited = behind(
        db.admin,
        { pool: db.server, work: async (client) => control(client, run) },
        { pool: db.alpha, work: async (client) => write(client, run) },
      )
      expect(await outcomeOf(waited)).toBe(code)
      expect(await faultsOf(db.owner, run)).toEqual([])
    }
  })

  test('the gate', async () => {
    for (const [decision, control] of [
      ['hold', operators.pause] as const,
      ['deny', operators.kill] as const,
    ]) {
      const run = await agents.startRun(db.alpha)
      const waited = await behind(
        db.admin,
        { pool: db.server, work: async (client) => control(client, run) },
        { pool: db.alpha, work: async (client) => agents.beginAction(client, run) },
      )
      expect(waited.decision).toBe(decision)
      expect(await faultsOf(db.owner, run)).toEqual([])
    }
  })

  test.each(['repeatable read', 'serializable'])(
    'in a %s snapshot from before it',
    async (level) => {
      const attempts: ((session: Session, run: string) => Promise<unknown>)[] = [
        ...Object.values(late),
        async (s, run) => agents.beginAction(s, run),
      ]
      for (const attempt of attempts) {
        const run = await agents.startRun(db.alpha)
        const waited = behind(
          db.admin,
          { pool: db.server, work: async (client) => operators.pause(client, run) },
          {
            pool: db.alpha,
            work: async (client) => attempt(client, run),
            begin: `begin isolation level ${level}`,
          },
        )
        expect(await outcomeOf(waited)).toBe('40001')
        expect(await faultsOf(db.owner, run)).toEqual([])
      }
    },
  )
})

describe('a control that waits behind an agent', () => {
  test('sees what the agent did: a child inserted meanwhile is killed with its parent', async () => {
    const parent = await agents.startPlain(db.alpha)
    let child = ''
    await behind(
      db.admin,
      {
        pool: db.alpha,
        work: async (client) => {
          child = await agents.startPlain(client, { parent })
        },
      },
      { pool: db.server, work: async (client) => operators.kill(client, parent) },
    )
    expect((await operators.runOf(db.admin, child)).status).toBe('killed')
  })

  test('gives up after its own patience, and can name the session that is in the way', async () => {
    const run = await agents.startPlain(db.alpha)
    const [agent, operator] = [await db.alpha.connect(), await db.server.connect()]
    await agent.query('begin')
    await agent.query('select 1 from workflow_checkpoints where workflow_id = $1 for update', [run])
    await operator.query(`set lock_timeout = '700ms'`)
    const operatorPid = await pidOf(operator)
    const pausing = refusalOf(operators.pause(operator, run))
    await untilBlocked(db.admin, operatorPid)
    const blockers = await db.server.query('select * from blocking_sessions($1)', [operatorPid])
    expect(blockers.rows).toEqual([
      {
        pid: await pidOf(agent),
        login: db.loginOf('alpha'),
        transaction_age: expect.any(Number) as number,
        is_agent: true,
      },
    ])
    expect((await pausing).code).toBe('55P03')
    expect((await operators.runOf(db.admin, run)).status).toBe('running')
    // Ending that session lets the control through.
    agent.on('error', () => undefined)
    await db.server.query(`select end_session($1, 'operator:ana', 'in the way')`, [
      await pidOf(agent),
    ])
    expect((await operators.pause(operator, run)).status).toBe('paused')
    agent.release(true)
    operator.release(true)
  })

  test('agents that keep lost runs locked do not use up the sweep', async () => {
    const stuck = [await agents.startRun(db.alpha), await agents.startRun(db.alpha)]
    const leased = [await agents.startRun(db.alpha, { worker: 'w-leased' })]
    const free = await agents.startRun(db.alpha)
    const client = await db.alpha.connect()
    await db.owner.query(
      `update run_leases set lease_until = '2001-01-01'::timestamptz + (workflow_id = $2)::int * interval '1 s'
        where workflow_id = any ($1)`,
      [[...stuck, ...leased, free], free],
    )
    await client.query('begin')
    await client.query(
      'select 1 from workflow_checkpoints where workflow_id = any ($1) for update',
      [stuck],
    )
    await client.query(`select heartbeat('w-leased', $1::uuid[])`, [leased])
    expect((await db.server.query('select sweep_lost_runs(1) as swept')).rows).toEqual([
      { swept: 1 },
    ])
    expect((await operators.runOf(db.admin, free)).status).toBe('lost')
    await client.query('rollback')
    client.release()
    await db.server.query('select sweep_lost_runs()')
  })

  test('an open heartbeat does not keep the sweep from other runs', async () => {
    const [stuck, other] = [
      await agents.startRun(db.alpha, { worker: 'w-stuck' }),
      await agents.startRun(db.alpha),
    ]
    const client = await db.alpha.connect()
    await client.query('begin')
    await db.owner.query(
      `update run_leases set lease_until = clock_timestamp() - interval '1 s' where workflow_id = any ($1)`,
      [[stuck, other]],
    )
    await client.query(`select heartbeat('w-stuck', array[$1::uuid])`, [stuck])
    await db.server.query('select sweep_lost_runs()')
    expect((await operators.runOf(db.admin, other)).status).toBe('lost')
    await client.query('commit')
    client.release()
    expect((await operators.runOf(db.admin, stuck)).status).toBe('running')
  })
})

test('a plain agent that looks at the status before it writes finds nothing to write', async () => {
  const run = await agents.startPlain(db.alpha)
  const waited = await behind(
    db.admin,
    { pool: db.server, work: async (client) => operators.pause(client, run) },
    {
      pool: db.alpha,
      work: async (client) =>
        client.query(
          `update workflow_checkpoints set current_step = 'step_2' where workflow_id = $1 and status = 'running'`,
          [run],
        ),
    },
  )
  expect(waited.rowCount).toBe(0)
  const { seq } = await one<{ seq: number }>(
    db.admin,
    'select seq::int from workflow_checkpoints where workflow_id = $1',
    [run],
  )
  expect(seq).toBe(2)
})
