import { createTestDatabase } from '@holdpoint/db/testing'
import { afterAll, expect, test } from 'vitest'

import { Worker } from '../src/index.ts'
import { Effects } from './effects.ts'
import { AgentProcess } from './processes.ts'
import { until } from './rows.ts'

const RUNS = 200
const STEPS = 2
const PROCESSES = 3
const KILLS = 10

const db = await createTestDatabase()
const effects = await Effects.start()
afterAll(async () => effects.close())

const serve = (): AgentProcess =>
  new AgentProcess(db.trialUrl, { agent: 'fleet', effects: effects.url, leaseMs: 1000, atATime: 4 })

interface Unknown {
  action_id: string
  idempotency_key: string
}

/** The person who looks whether an action landed: what reached the outside world has. */
async function settle(): Promise<void> {
  const { rows } = await db.server.query<Unknown>(
    `select a.action_id, a.idempotency_key from run_holds h join actions a using (action_id)
     where h.kind = 'outcome' and h.cleared_at is null`,
  )
  for (const { action_id, idempotency_key } of rows) {
    await db.server.query(`select settle_action($1, 'operator:ada', $2, 'looked')`, [
      action_id,
      effects.count(idempotency_key) > 0,
    ])
  }
}

async function completed(): Promise<number> {
  await db.server.query('select sweep_lost_runs()')
  await settle()
  const { rows } = await db.server.query<{ n: number }>(
    `select count(*)::int as n from workflow_checkpoints where agent_id = 'fleet' and status = 'complete'`,
  )
  return rows[0]?.n ?? 0
}

interface Done {
  idempotency_key: string
  state: string
  attempt: number
  idempotent: boolean
}

test('processes that are killed again and again finish a queue: no run is lost, no effect missing, none done twice', async () => {
  effects.slow = 40
  const owner = new Worker({ url: db.trialUrl, log: () => undefined })
  const ids = await Promise.all(
    Array.from({ length: RUNS }, async (_, nth) =>
      owner.enqueue({
        agent: 'fleet',
        skill: 'work',
        // Half of them use a tool that may be asked twice, half one that may not.
        labels: { idempotent: String(nth % 2 === 0) },
        memory: { steps: STEPS, idempotent: nth % 2 === 0, done: [] },
      }),
    ),
  )
  await owner.close()

  const crew = Array.from({ length: PROCESSES }, serve)
  for (let kill = 1; kill <= KILLS; kill += 1) {
    // Each time in the middle of what the three of them do.
    await until(completed, (n) => n >= (RUNS * kill) / (KILLS + 2))
    const nth = Math.floor(Math.random() * PROCESSES)
    await crew[nth]?.end('SIGKILL')
    crew[nth] = serve()
  }
  await until(completed, (n) => n === RUNS)
  await Promise.all(crew.map(async (each) => each.end()))

  const { rows: done } = await db.server.query<Done>(
    `select a.idempotency_key, a.state, a.attempt, w.labels ->> 'idempotent' = 'true' as idempotent
       from actions a join workflow_checkpoints w using (workflow_id) where w.agent_id = 'fleet'`,
  )
  const wanted = ids.flatMap((id) => [1, 2].map((n) => `${id} action ${n}`))
  expect(done.map((each) => each.idempotency_key).toSorted()).toEqual(wanted.toSorted())
  expect(new Set(done.map(({ state }) => state))).toEqual(new Set(['confirmed']))
  const wrong = done.filter(({ idempotency_key, attempt, idempotent }) => {
    const times = effects.count(idempotency_key)
    // What may be asked twice was never asked again once it was confirmed; what may not, reached the world once.
    return idempotent ? times < 1 || times > attempt : times !== 1
  })
  expect(wrong).toEqual([])
  const { rows: counts } = await db.server.query<{ lost: number }>(
    `select count(*) filter (where kind = 'run.lost')::int as lost from run_events`,
  )
  // It would prove nothing if nobody had been killed at work.
  expect(counts[0]?.lost).toBeGreaterThan(0)
})
