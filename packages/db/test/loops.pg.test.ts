import { beforeAll, describe, expect, test } from 'vitest'

import * as agents from './support/agents.ts'
import { openContract } from './support/contract.ts'
import { faultsOf } from './support/history.ts'
import * as operators from './support/operators.ts'
import { one, outcomeOf, refusalOf, type Session } from './support/refusal.ts'

// Loops: each due time is fired once, by the agent that declared the loop.
const db = await openContract()

const nightly = { agentId: 'alpha', name: 'nightly', cron: '0 3 * * *', timeZone: 'Europe/Vienna' }
const declare = async (session: Session, spec: object) =>
  session.query('select declare_loop($1)', [spec])
const loopOf = async (name: string, agent = 'alpha') =>
  one<Record<string, unknown>>(db.admin, 'select * from loops where agent_id = $1 and name = $2', [
    agent,
    name,
  ])

let due = Date.UTC(2026, 0, 1)
/** A due time that no test has used yet. */
const nextDue = (): string => new Date((due += 86_400_000)).toISOString()

const firePlain = async (
  session: Session,
  dueAt: string | null,
  loop = 'nightly',
  agent = 'alpha',
) =>
  session.query('insert into workflow_checkpoints (agent_id, loop, due_at) values ($1, $2, $3)', [
    agent,
    loop,
    dueAt,
  ])

beforeAll(async () => declare(db.alpha, nightly))

describe('a due time', () => {
  const ways: [string, (dueAt: string) => Promise<unknown>][] = [
    ['by the SDK', async (dueAt) => agents.startRun(db.alpha, { loop: 'nightly', dueAt })],
    ['by the queue', async (dueAt) => agents.enqueueRun(db.alpha, { loop: 'nightly', dueAt })],
    ['in plain SQL', async (dueAt) => firePlain(db.alpha, dueAt)],
  ]
  test.each(ways)('is fired once: %s', async (_, fire) => {
    const dueAt = nextDue()
    expect(await outcomeOf(fire(dueAt))).toBe('accepted')
    for (const [, again] of ways) {
      const refusal = await refusalOf(again(dueAt))
      expect(refusal.code).toBe('HP015')
      expect(refusal.message).toContain(`"nightly" was fired for ${dueAt.slice(0, 10)}`)
    }
    const { rows } = await db.admin.query(
      'select workflow_id from workflow_checkpoints where due_at = $1',
      [dueAt],
    )
    expect(rows).toHaveLength(1)
    const firings = await db.alpha.query('select workflow_id from loop_firings where due_at = $1', [
      dueAt,
    ])
    expect(firings.rows).toEqual(rows)
  })

  test('is fired once by many processes that wake at the same time', async () => {
    for (let round = 0; round < 12; round += 1) {
      const dueAt = nextDue()
      const wakes = Array.from({ length: 9 }, async (_, n) =>
        outcomeOf(ways[n % 3]?.[1](dueAt) ?? Promise.reject()),
      )
      const outcomes = await Promise.all(wakes)
      expect(outcomes.toSorted()).toEqual([...Array<string>(8).fill('HP015'), 'accepted'])
    }
  })

  test('that was missed may be made up for, once', async () => {
    const dueAt = nextDue()
    await db.server.query(
      `select tend_loop('alpha', 'nightly', now(), now(), null, array[$1::timestamptz])`,
      [dueAt],
    )
    const run = await agents.startRun(db.alpha, { loop: 'nightly', dueAt })
    expect(await outcomeOf(firePlain(db.alpha, dueAt))).toBe('HP015')
    // The leader that looked before the run began says it once more.
    await db.server.query(
      `select tend_loop('alpha', 'nightly', now(), now(), null, array[$1::timestamptz])`,
      [dueAt],
    )
    const firing = await one<{ workflow_id: string; fired: boolean }>(
      db.server,
      'select workflow_id, fired_at is not null as fired from loop_firings where due_at = $1',
      [dueAt],
    )
    expect(firing).toEqual({ workflow_id: run, fired: true })
    expect((await operators.runOf(db.admin, run)).loop).toBe('nightly')
    expect(await faultsOf(db.owner, run)).toEqual([])
  })

  test('whose run was rolled back was not fired', async () => {
    const dueAt = nextDue()
    const client = await db.alpha.connect()
    await client.query('begin')
    await firePlain(client, dueAt)
    await client.query('rollback')
    client.release()
    expect(await outcomeOf(firePlain(db.alpha, dueAt))).toBe('accepted')
  })

  test('no schedule needs: a loop may fire whenever it likes', async () => {
    expect(await outcomeOf(firePlain(db.alpha, null))).toBe('accepted')
    expect(await outcomeOf(firePlain(db.alpha, null))).toBe('accepted')
  })
})

describe('a loop', () => {
  test('that nobody declared is not fired', async () => {
    const refusal = await refusalOf(agents.startRun(db.alpha, { loop: 'hourly' }))
    expect([refusal.code, refusal.hint]).toEqual(['HP010', 'Declare it first (declare_loop).'])
    expect(await outcomeOf(firePlain(db.alpha, nextDue(), 'hourly'))).toBe('HP010')
  })

  test("is its agent's: no other declares, fires, sees or writes it", async () => {
    expect(await outcomeOf(declare(db.beta, nightly))).toBe('HP004')
    expect(await outcomeOf(declare(db.trial, nightly))).toBe('HP004')
    expect(await outcomeOf(firePlain(db.beta, nextDue(), 'nightly', 'beta'))).toBe('HP010')
    expect(await outcomeOf(firePlain(db.beta, nextDue()))).toBe('HP004')
    for (const stranger of [db.beta, db.trial]) {
      for (const table of ['loops', 'loop_firings']) {
        expect((await stranger.query(`select 1 from ${table}`)).rows).toEqual([])
      }
    }
    expect((await db.alpha.query('select 1 from loops')).rows).not.toEqual([])
    for (const pool of [db.alpha, db.server]) {
      for (const write of [
        "update loops set next_due_at = 'infinity'",
        'delete from loops',
        "insert into loops (agent_id, name, event) values ('alpha', 'x', 'y')",
        'update loop_firings set fired_at = now()',
        'delete from loop_firings',
        "insert into loop_firings (agent_id, loop, due_at) values ('alpha', 'nightly', now())",
      ]) {
        expect([write, await outcomeOf(pool.query(write))]).toEqual([write, '42501'])
      }
    }
  })

  test('is tended by operators only', async () => {
    const tend = `select tend_loop('alpha', 'nightly', now(), now())`
    for (const pool of [db.alpha, db.beta, db.trial]) {
      expect(await outcomeOf(pool.query(tend))).toBe('42501')
    }
    expect(await outcomeOf(db.server.query(tend))).toBe('accepted')
  })

  test('said again in the same words stays as it is; in other words it counts from now on', async () => {
    const spec = { ...nightly, name: 'report' }
    await declare(db.alpha, spec)
    await db.server.query(`select tend_loop('alpha', 'report', now(), now(), now())`)
    const before = await loopOf('report')
    await declare(db.alpha, spec)
    expect(await loopOf('report')).toEqual(before)
    await declare(db.alpha, { ...spec, cron: '0 4 * * *' })
    expect(await loopOf('report')).toMatchObject({
      cron: '0 4 * * *',
      next_due_at: null,
      overdue_since: null,
      tended_until: null,
      declared_login: db.loginOf('alpha'),
    })
  })

  const bad: [string, object, string][] = [
    ['no name', { name: '' }, 'HP010'],
    ['no agent', { agentId: '' }, 'HP004'],
    ['an event without a name', { cron: null, event: '' }, 'HP010'],
    ['neither a schedule nor an event', { cron: null }, 'HP010'],
    ['both', { event: 'mail' }, 'HP010'],
    ['a schedule of four fields', { cron: '0 3 * *' }, 'HP010'],
    ['a schedule of other signs', { cron: '0 3 * * ;' }, 'HP010'],
    ['a zone that nobody knows', { timeZone: 'Europe/Atlantis' }, 'HP010'],
    ['a name too long', { name: 'x'.repeat(201) }, 'HP016'],
    ['a promise that is shorter than a second', { expectMs: 999 }, '23514'],
    ['a grace that never ends', { graceMs: 1e15 }, '23514'],
  ]
  test.each(bad)('with %s is not declared', async (_, change, code) => {
    expect(await outcomeOf(declare(db.alpha, { ...nightly, name: 'new', ...change }))).toBe(code)
  })

  test('that its agent keeps open keeps nobody else waiting', async () => {
    await declare(db.alpha, { ...nightly, name: 'slow' })
    const tend = async (missed: string) =>
      db.server.query(`select tend_loop('alpha', 'slow', now(), now(), null, $1)`, [[missed]])
    const agent = await db.alpha.connect()
    const dueAt = nextDue()
    await agent.query('begin')
    await firePlain(agent, dueAt, 'slow')
    expect(await outcomeOf(tend(dueAt))).toBe('55P03')
    await agent.query('rollback; begin')
    await declare(agent, { ...nightly, name: 'slow', cron: '0 4 * * *' })
    expect(await outcomeOf(tend(dueAt))).toBe('accepted')
    // Nothing was written by the leader that gave way, so nothing is in the agent's way.
    expect(await outcomeOf(firePlain(agent, dueAt, 'slow'))).toBe('accepted')
    await agent.query('commit')
    agent.release()
  })

  test('keeps its firings for 90 days', async () => {
    await declare(db.alpha, { ...nightly, name: 'old' })
    await db.server.query(
      `select tend_loop('alpha', 'old', now(), now(), null,
        array[now() - interval '91 days', now() - interval '89 days'])`,
    )
    const { rows } = await db.server.query(`select 1 from loop_firings where loop = 'old'`)
    expect(rows).toHaveLength(1)
  })
})
