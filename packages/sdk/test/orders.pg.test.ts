import { createTestDatabase } from '@holdpoint/db/testing'
import * as fc from 'fast-check'
import { afterAll, expect, test } from 'vitest'

import { type Run, Worker } from '../src/index.ts'
import { Proxy } from './proxy.ts'
import { eventsOf, rowOf } from './rows.ts'

const db = await createTestDatabase()
const STEPS = [1, 2, 3, 4]
const settled: Promise<unknown>[] = []
afterAll(async () => Promise.allSettled(settled))

interface Job {
  done: number[]
}

/** A worker behind a connection of its own, which can be cut. */
interface Member {
  readonly worker: Worker
  readonly proxy: Proxy
}

/** One run, and all that can happen to it and to those who want to do it. */
class World {
  readonly performed = new Map<string, number>()
  readonly crew: Member[] = []
  readonly agent = `agent-${crypto.randomUUID()}`
  id = ''

  async begin(): Promise<void> {
    const owner = new Worker({ url: db.trialUrl, log: () => undefined })
    this.id = await owner.enqueue<Job>({
      agent: this.agent,
      skill: 'work',
      memory: { done: [] },
    })
    await owner.close()
  }

  async join(): Promise<void> {
    const proxy = await Proxy.start(db.trialUrl)
    const worker = new Worker({ url: proxy.url, leaseMs: 60_000, log: () => undefined })
    this.crew.push({ worker, proxy })
    const work = async (run: Run<Job>): Promise<void> => this.#work(run)
    const served = worker.serve({ work: { work } }, { agent: this.agent, pollMs: 20 })
    settled.push(served.catch(() => undefined))
  }

  async #work(run: Run<Job>): Promise<void> {
    for (const n of STEPS) {
      await run.step('work', async (step) => {
        await step.action('post', { key: `${n}` }, async () => {
          this.performed.set(`${n}`, (this.performed.get(`${n}`) ?? 0) + 1)
          await pass(5)
        })
        run.memory.done.push(n)
      })
    }
  }

  async say(verb: 'pause_run' | 'resume_run'): Promise<void> {
    // Paused already, not paused, ended: all the same here.
    await db.server.query(`select ${verb}($1, 'operator:ada')`, [this.id]).catch(() => undefined)
  }

  /** Its worker has been silent for longer than its lease. */
  async lapse(): Promise<void> {
    await db.owner.query(
      `update run_leases set lease_until = clock_timestamp() - interval '1 second',
         worker = worker || ', silent' where workflow_id = $1`,
      [this.id],
    )
  }

  /** A person who knows the truth. */
  async settle(): Promise<void> {
    const { rows } = await db.server.query<{ action_id: string; idempotency_key: string }>(
      `select action_id, idempotency_key from run_holds h join actions using (action_id)
       where h.workflow_id = $1 and h.cleared_at is null`,
      [this.id],
    )
    for (const { action_id, idempotency_key } of rows) {
      await db.server.query(`select settle_action($1, 'operator:ada', $2, 'looked')`, [
        action_id,
        this.performed.has(idempotency_key),
      ])
    }
  }

  /** Nobody is in the way any more, and someone is there who can work. */
  async finish(): Promise<void> {
    await this.join()
    for (let turn = 1; ; turn += 1) {
      const { status } = await rowOf(db, this.id)
      if (['complete', 'failed', 'killed'].includes(status)) break
      // Whoever has it may be cut off, be gone, or never have heard that it has it.
      if (turn % 40 === 0) await this.lapse()
      await this.say('resume_run')
      await this.settle()
      await pass(20)
    }
    for (const { proxy } of this.crew) proxy.up()
    await Promise.all(this.crew.map(async ({ worker }) => worker.close()))
    await Promise.all(this.crew.map(async ({ proxy }) => proxy.close()))
  }
}

const pass = async (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms))

const member = fc.nat({ max: 2 })
const event = fc.oneof(
  fc.record({ kind: fc.constant('join' as const) }),
  fc.record({ kind: fc.constant('cut' as const), member }),
  fc.record({ kind: fc.constant('mend' as const), member }),
  fc.record({ kind: fc.constant('close' as const), member }),
  fc.record({ kind: fc.constantFrom('lapse' as const, 'sweep', 'pause', 'resume', 'settle') }),
  fc.record({ kind: fc.constant('wait' as const), ms: fc.nat({ max: 40 }) }),
)

async function happen(world: World, what: typeof event extends fc.Arbitrary<infer E> ? E : never) {
  switch (what.kind) {
    case 'join':
      if (world.crew.length < 3) await world.join()
      break
    case 'cut':
      world.crew[what.member]?.proxy.down()
      break
    case 'mend':
      world.crew[what.member]?.proxy.up()
      break
    case 'close': {
      const leaving = world.crew[what.member]
      if (leaving?.proxy.isDown !== false) break
      settled.push(leaving.worker.close())
      break
    }
    case 'lapse':
      await world.lapse()
      break
    case 'sweep':
      await db.server.query('select sweep_lost_runs()')
      break
    case 'pause':
      await world.say('pause_run')
      break
    case 'resume':
      await world.say('resume_run')
      break
    case 'settle':
      await world.settle()
      break
    case 'wait':
      await pass(what.ms)
      break
  }
}

test('whatever the order of joining, leaving, silence, pauses and settling: each step ends once, each effect happens once', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(event, { minLength: 4, maxLength: 16 }), async (events) => {
      const world = new World()
      await world.begin()
      await world.join()
      for (const each of events) await happen(world, each)
      await world.finish()
      expect(await rowOf(db, world.id)).toMatchObject({ status: 'complete' })
      expect([...world.performed]).toEqual(STEPS.map((n) => [`${n}`, 1]))
      const history = await eventsOf(db, world.id)
      expect(history.map(({ seq }) => seq)).toEqual(history.map((_, index) => index + 1))
      expect(history.filter(({ kind }) => kind === 'step.completed')).toHaveLength(STEPS.length)
      const { rows } = await db.owner.query<{ memory: Job }>(
        'select memory from run_memory where workflow_id = $1',
        [world.id],
      )
      expect(rows[0]?.memory.done).toEqual(STEPS)
    }),
    { numRuns: 25 },
  )
})
