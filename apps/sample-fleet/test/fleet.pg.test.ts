import { createTestDatabase } from '@holdpoint/db/testing'
import { afterAll, expect, test } from 'vitest'

import { agentNames, startFleet } from '../src/index.ts'

const db = await createTestDatabase()

const urls = Object.fromEntries(
  await Promise.all(agentNames.map(async (agent) => [agent, await db.addAgent(agent)] as const)),
)
const lines: string[] = []
const fleet = await startFleet({ urls, pace: 200, log: (line) => lines.push(line) })
afterAll(async () => fleet.stop())

interface Ended {
  agent_id: string
  status: string
  runs: number
}

async function ended(): Promise<Ended[]> {
  const { rows } = await db.server.query<Ended>(
    `select agent_id, status, count(*)::int as runs from workflow_checkpoints
     where status in ('complete', 'failed') group by 1, 2`,
  )
  return rows
}

async function decideAll(verdict: 'approved' | 'rejected'): Promise<void> {
  await db.server.query(
    `select decide_approval(approval_id, 'operator:test', $1) from approval_queue
     where decision is null and closed_at is null`,
    [verdict],
  )
}

test('every agent of the fleet finishes real work', { timeout: 90_000 }, async () => {
  for (;;) {
    await decideAll('approved')
    const done = (await ended()).filter(({ status }) => status === 'complete')
    if (new Set(done.map(({ agent_id }) => agent_id)).size === agentNames.length) break
    await new Promise((resolve) => setTimeout(resolve, 100))
  }
  const { rows: refunds } = await db.server.query(
    `select from actions where tool = 'payments.refund' and state = 'confirmed'`,
  )
  expect(refunds.length).toBeGreaterThan(0)
  const { rows: children } = await db.server.query(
    `select from workflow_checkpoints where skill = 'researcher' and parent_id is not null`,
  )
  expect(children.length).toBeGreaterThanOrEqual(3)
  expect(lines.filter((line) => / ended \(/.test(line))).toEqual([])
})

/** Process ids of an agent, as it names itself to the database. */
async function processesOf(login: string): Promise<number[]> {
  const { rows } = await db.owner.query<{ pid: number }>(
    `select distinct split_part(application_name, ':', 2)::int as pid from pg_stat_activity
     where usename = $1 and application_name like 'holdpoint-control %'`,
    [login],
  )
  return rows.map(({ pid }) => pid)
}

async function untilAny<T>(read: () => Promise<T[]>): Promise<T[]> {
  for (;;) {
    const rows = await read()
    if (rows.length > 0) return rows
    await new Promise((resolve) => setTimeout(resolve, 100))
  }
}

test(
  'an agent that is killed in the midst is started again and goes on with its runs',
  { timeout: 90_000 },
  async () => {
    const [pid] = await untilAny(async () => processesOf(db.loginOf('support-agent')))
    process.kill(pid ?? 0, 'SIGKILL')
    const [again] = await untilAny(async () => {
      await db.server.query('select sweep_lost_runs()')
      const { rows } = await db.server.query<{ workflow_id: string; goal: string }>(
        `select workflow_id, goal from workflow_checkpoints
       where agent_id = 'support-agent' and epoch > 1 and status = 'complete'`,
      )
      return rows
    })
    expect(lines.some((line) => line.startsWith('support-agent ended (SIGKILL)'))).toBe(true)
    // Each ticket of that run was answered once, the one that it was killed over included.
    const { rows: replies } = await db.server.query<{ replies: number }>(
      `select count(*)::int as replies from actions
     where workflow_id = $1 and tool = 'mail.send' and state = 'confirmed'`,
      [again?.workflow_id],
    )
    const [first, last] = again?.goal.match(/\d+/g)?.map(Number) ?? []
    expect(replies).toEqual([{ replies: (last ?? 0) - (first ?? 0) + 1 }])
  },
)

test('a stopped fleet leaves no process and no connection behind', async () => {
  await fleet.stop()
  const { rows } = await db.owner.query(
    `select usename, query from pg_stat_activity
     where datname = current_database() and usename like 'agent\\_%'`,
  )
  expect(rows).toEqual([])
})
