import { beforeEach, describe, expect, test } from 'vitest'

import * as agents from './support/agents.ts'
import { openContract } from './support/contract.ts'
import { faultsOf } from './support/history.ts'
import * as operators from './support/operators.ts'
import { one, outcomeOf } from './support/refusal.ts'

// Invariant 10, the queue: any worker of the agent may take what waits, each run exactly once, and nobody waits.
const db = await openContract()

const numbers = (n: number) => Array.from({ length: n }, (_, i) => i)

beforeEach(async () => operators.killAll(db.admin, db.server))

const expire = async (run: string) =>
  db.owner.query(
    `update run_leases set lease_until = clock_timestamp() - interval '1 s' where workflow_id = $1`,
    [run],
  )

async function lost(): Promise<string> {
  const run = await agents.startRun(db.alpha)
  await operators.loseWorker(db.owner, db.server, run)
  return run
}

describe('workers that look at the same time', () => {
  test('take each run exactly once', async () => {
    const runs = await Promise.all(numbers(60).map(async () => agents.enqueueRun(db.alpha)))
    const taken: string[] = []
    const work = async (worker: number) => {
      const client = await db.alpha.connect()
      for (;;) {
        const claim = await agents.claimNext(client, `worker-${worker}`)
        if (claim === null) break
        expect(claim.run).toMatchObject({ epoch: 1, status: 'running', worker: `worker-${worker}` })
        taken.push(claim.run.id)
      }
      client.release()
    }
    await Promise.all(numbers(10).map(work))
    expect(taken.toSorted()).toEqual(runs.toSorted())
    for (const run of runs.slice(0, 10)) expect(await faultsOf(db.owner, run)).toEqual([])
  })

  test('take each lost run, and each whose lease ran out, exactly once', async () => {
    const runs = await Promise.all(numbers(8).map(lost))
    for (const _ of numbers(8)) {
      const run = await agents.startRun(db.alpha)
      await expire(run)
      runs.push(run)
    }
    const taken: string[] = []
    const work = async (worker: number) => {
      // A run that the sweep is just looking at is passed over, and there later.
      while (taken.length < runs.length) {
        const claim = await agents.claimNext(db.alpha, `worker-${worker}`)
        if (claim !== null) taken.push(claim.run.id)
      }
    }
    await Promise.all([...numbers(6).map(work), db.server.query('select sweep_lost_runs()')])
    expect(taken.toSorted()).toEqual(runs.toSorted())
    for (const run of runs) {
      expect((await operators.runOf(db.admin, run)).epoch).toBe(2)
      expect(await faultsOf(db.owner, run)).toEqual([])
    }
  })

  test('never wait for a run that someone has locked: they take the next, or find nothing', async () => {
    const [first, second, third] = [
      await agents.enqueueRun(db.alpha),
      await agents.enqueueRun(db.alpha),
      await agents.enqueueRun(db.alpha),
    ]
    const [a, b] = [await db.alpha.connect(), await db.alpha.connect()]
    await a.query('begin')
    expect((await agents.claimNext(a))?.run.id).toBe(first)
    await b.query('begin')
    await b.query('select 1 from workflow_checkpoints where workflow_id = $1 for update', [second])
    // Both transactions are still open: would one of these wait, the test would never end.
    expect((await agents.claimNext(db.alpha))?.run.id).toBe(third)
    expect(await agents.claimNext(db.alpha)).toBeNull()
    await a.query('rollback')
    await b.query('rollback')
    a.release()
    b.release()
    expect((await agents.claimNext(db.alpha))?.run.id).toBe(first)
    expect((await agents.claimNext(db.alpha))?.run.id).toBe(second)
  })

  test('meet a heartbeat that comes at the last moment: one worker passes the gate', async () => {
    for (const _ of numbers(25)) {
      await operators.killAll(db.admin, db.server)
      const run = await agents.startRun(db.alpha)
      await expire(run)
      const [claim] = await Promise.all([
        agents.claimNext(db.alpha, 'worker-2'),
        db.alpha.query(`select heartbeat('worker-1', array[$1::uuid], 3600000)`, [run]),
      ])
      const answers = [
        await agents.beginAction(db.alpha, run, 1, { key: 'old' }),
        await agents.beginAction(db.alpha, run, 2, { key: 'new' }),
      ].map(({ decision, code }) => code ?? decision)
      expect(answers).toEqual(claim === null ? ['allow', 'FENCED'] : ['FENCED', 'allow'])
      expect(await faultsOf(db.owner, run)).toEqual([])
    }
  })
})

describe('a worker that looks for work takes', () => {
  test('the oldest run first, with the memory that was left for it', async () => {
    const first = await agents.enqueueRun(db.alpha, { memory: { order: 47 } })
    await agents.enqueueRun(db.alpha)
    const claim = await agents.claimNext(db.alpha)
    expect(claim).toMatchObject({ run: { id: first }, memory: { order: 47 }, steps: [] })
  })

  const waiting: Record<string, () => Promise<string>> = {
    'one whose worker was lost': lost,
    'one whose lease ran out, though nobody swept': async () => {
      const run = await agents.startRun(db.alpha)
      await expire(run)
      return run
    },
    'one that its worker let go': async () => {
      const run = await agents.startRun(db.alpha)
      await agents.letGo(db.alpha, run)
      return run
    },
    'one that was resumed while nobody had it': async () => {
      const run = await agents.startRun(db.alpha)
      await operators.pause(db.server, run)
      await operators.loseWorker(db.owner, db.server, run)
      await operators.resume(db.server, run)
      return run
    },
    'one that was approved while nobody had it': async () => {
      const run = await agents.startRun(db.alpha)
      const approval = await agents.requestApproval(db.alpha, run)
      await agents.letGo(db.alpha, run)
      expect((await operators.decide(db.server, approval)).status).toBe('approved')
      return run
    },
    'one that was rejected while nobody had it': async () => {
      const run = await agents.startRun(db.alpha)
      const approval = await agents.requestApproval(db.alpha, run)
      await agents.letGo(db.alpha, run)
      expect((await operators.decide(db.server, approval, 'rejected')).status).toBe('paused')
      return run
    },
    'a child that was left for any worker': async () => {
      const parent = await agents.startRun(db.alpha)
      return agents.enqueueRun(db.alpha, { parentId: parent })
    },
    'a run that plain SQL queued': async () => agents.startPlain(db.alpha, { status: 'queued' }),
  }
  test.each(Object.entries(waiting))('%s', async (_, make) => {
    const run = await make()
    const { epoch } = await operators.runOf(db.admin, run)
    const claim = await agents.claimNext(db.alpha)
    expect(claim?.run).toMatchObject({ id: run, epoch: epoch + 1, engine: 'sdk', heldBy: [] })
    expect(['running', 'approved']).toContain(claim?.run.status)
    expect((await agents.beginAction(db.alpha, run, epoch + 1)).decision).toBe('allow')
    expect(await agents.claimNext(db.alpha)).toBeNull()
    expect(await faultsOf(db.owner, run)).toEqual([])
  })

  test('a run that was lost with an action in flight: nobody knows what became of it', async () => {
    const run = await agents.startRun(db.alpha)
    const action = await agents.allowedAction(db.alpha, run)
    await expire(run)
    expect((await agents.claimNext(db.alpha))?.run.id).toBe(run)
    expect(await one(db.admin, 'select state from actions where action_id = $1', [action])).toEqual(
      { state: 'unknown' },
    )
    expect((await agents.beginAction(db.alpha, run, 2)).stopReason).toBe('UNKNOWN_OUTCOME')
  })
})

describe('a worker that looks for work never takes', () => {
  const others: Record<string, () => Promise<string>> = {
    'one that has a living worker': async () => agents.startRun(db.alpha),
    'one that plain SQL drives': async () => agents.startPlain(db.alpha),
    'one that was queued and that an operator paused': async () => {
      const run = await agents.enqueueRun(db.alpha)
      await operators.pause(db.server, run)
      return run
    },
    'one that was lost and that an operator paused': async () => {
      const run = await lost()
      await operators.pause(db.server, run)
      return run
    },
    'one that waits for a decision': async () => {
      const run = await agents.startRun(db.alpha)
      await agents.requestApproval(db.alpha, run)
      await agents.letGo(db.alpha, run)
      return run
    },
    'one that was rejected, and that an operator paused besides': async () => {
      const run = await agents.startRun(db.alpha)
      const approval = await agents.requestApproval(db.alpha, run)
      await operators.pause(db.server, run)
      await operators.decide(db.server, approval, 'rejected')
      await agents.letGo(db.alpha, run)
      return run
    },
    'one with an action of which nobody knows': async () => {
      const run = await agents.startRun(db.alpha)
      const action = await agents.allowedAction(db.alpha, run)
      await agents.endAction(db.alpha, run, action, { state: 'unknown' })
      await agents.beginAction(db.alpha, run)
      await agents.letGo(db.alpha, run)
      return run
    },
    'one that has nothing left': async () => {
      const run = await agents.startRun(db.alpha, { limits: { tokens: 0 } })
      await agents.beginAction(db.alpha, run)
      await agents.letGo(db.alpha, run)
      return run
    },
    'one whose lease ran out and that is held': async () => {
      const run = await agents.startRun(db.alpha)
      await operators.pause(db.server, run)
      await expire(run)
      return run
    },
    'a child that its parent runs itself': async () => {
      const parent = await agents.startRun(db.alpha)
      const run = await agents.startRun(db.alpha, { parentId: parent })
      await operators.loseWorker(db.owner, db.server, run)
      return run
    },
    "another agent's": async () => agents.enqueueRun(db.beta, { agentId: 'beta' }),
    'one that ended': async () => {
      const run = await agents.enqueueRun(db.alpha)
      await operators.kill(db.server, run)
      return run
    },
  }
  test.each(Object.entries(others))('%s', async (_, make) => {
    const run = await make()
    const before = await operators.runOf(db.admin, run)
    expect(await agents.claimNext(db.alpha)).toBeNull()
    expect(await operators.runOf(db.admin, run)).toEqual(before)
  })

  test('anything of an agent that is isolated', async () => {
    const pool = db.pool(await db.addAgent('kappa'))
    pool.on('error', () => undefined)
    const client = await pool.connect()
    client.on('error', () => undefined)
    await agents.enqueueRun(client, { agentId: 'kappa' })
    await db.server.query(`select lock_agent_login('kappa', 'operator:ana')`)
    await db.server.query(`select hold_agent_runs('kappa', 'operator:ana')`)
    expect(await agents.claimNext(client, 'worker-1', null, 'kappa')).toBeNull()
    expect(await outcomeOf(agents.enqueueRun(client, { agentId: 'kappa' }))).toBe('HP001')
    client.release(true)
  })
})

test('only its own agent is asked for, and only in words that can be read', async () => {
  expect(await outcomeOf(agents.claimNext(db.beta))).toBe('HP004')
  expect(await outcomeOf(agents.claimNext(db.trial))).toBe('HP004')
  expect(await outcomeOf(agents.claimNext(db.alpha, ''))).toBe('HP010')
  for (const wanted of ['{}', '"report"', 'null', '3']) {
    const claim = db.alpha.query(`select claim_next('alpha', 'w', 5000, $1)`, [wanted])
    expect([wanted, await outcomeOf(claim)]).toEqual([wanted, 'HP010'])
  }
  const mine = await agents.enqueueRun(db.trial, { agentId: 'guest' })
  expect((await agents.claimNext(db.trial, 'w', null, 'guest'))?.run.id).toBe(mine)
})

test('what is left in the queue is bounded and is the own agent’s', async () => {
  expect(await outcomeOf(agents.enqueueRun(db.beta))).toBe('HP004')
  expect(await outcomeOf(agents.enqueueRun(db.alpha, { engine: 'sql' }))).toBe('HP010')
  const memory = 'x'.repeat(1_100_000)
  expect(await outcomeOf(agents.enqueueRun(db.alpha, { memory }))).toBe('HP016')
  const runId = await agents.enqueueRun(db.alpha)
  expect(await outcomeOf(agents.enqueueRun(db.alpha, { runId }))).toBe('HP017')
})
