import { Client, type Pool } from 'pg'
import { describe, expect, test } from 'vitest'

import * as agents from './support/agents.ts'
import { openContract } from './support/contract.ts'
import * as operators from './support/operators.ts'
import { outcomeOf, refusalOf } from './support/refusal.ts'

// Invariant 13, between agents: beta, and the trial login, meet everything that belongs to alpha.
const db = await openContract()

const run = await agents.startPlain(db.alpha)
const task = (await agents.writeTask(db.alpha, run)).rows[0] as { id: string }
await agents.writeAudit(db.alpha, run)
const held = await agents.startPlain(db.alpha)
await agents.requestApproval(db.alpha, held)
const worked = await agents.startRun(db.alpha)
const action = await agents.allowedAction(db.alpha, worked)

const strangers: [string, Pool][] = [
  ['another agent', db.beta],
  ['the trial login', db.trial],
]

describe.each(strangers)('%s', (name, stranger) => {
  const agent = name === 'another agent' ? 'beta' : 'guest'

  test.each([
    'workflow_checkpoints',
    'approval_queue',
    'tasks',
    'task_results',
    'agent_audit_log',
    'run_holds',
    'actions',
    'run_steps',
  ])("sees none of the other's rows in %s", async (table) => {
    const { rows } = await stranger.query(`select 1 from ${table}`)
    expect(rows).toEqual([])
  })

  test('learns nothing by a condition that is asked before the rule on rows', async () => {
    const client = await stranger.connect()
    const heard: unknown[] = []
    client.on('notice', (notice) => heard.push(notice.message))
    await client.query(
      `create function pg_temp.peek(text) returns boolean language plpgsql cost 0.000001 as
       $$ begin raise notice '%', $1; return true; end $$`,
    )
    await client.query('select 1 from workflow_checkpoints where pg_temp.peek(agent_id)')
    await client.query('select 1 from agent_audit_log where pg_temp.peek(action)')
    expect(heard).toEqual([])
    client.release(true)
  })

  test('changes nothing by update: it finds no such row', async () => {
    for (const set of ["status = 'complete'", "current_step = 'x'"]) {
      const { rowCount } = await stranger.query(
        `update workflow_checkpoints set ${set} where workflow_id = $1`,
        [run],
      )
      expect(rowCount).toBe(0)
    }
    const { rowCount } = await stranger.query(
      `update tasks set status = 'complete' where id = $1`,
      [task.id],
    )
    expect(rowCount).toBe(0)
    const locked = await stranger.query('select 1 from workflow_checkpoints for update')
    expect(locked.rows).toEqual([])
  })

  const writes: [string, string, () => Promise<unknown>][] = [
    ['a run of the other agent', 'HP004', async () => agents.startPlain(stranger)],
    ['a run of the other agent, by the SDK', 'HP004', async () => agents.startRun(stranger)],
    ['a run of the other agent, by the queue', 'HP004', async () => agents.enqueueRun(stranger)],
    ['work of the other agent', 'HP004', async () => agents.claimNext(stranger)],
    [
      'a child of its run',
      'HP005',
      async () => agents.startPlain(stranger, { agent, parent: run }),
    ],
    [
      'a child of its run, by the SDK',
      'HP005',
      async () => agents.startRun(stranger, { agentId: agent, parentId: run }),
    ],
    ['a request in its name', 'HP005', async () => agents.requestApproval(stranger, run)],
    ['a task of its run', 'HP005', async () => agents.writeTask(stranger, run, agent)],
    ['an audit row about its run', 'HP005', async () => agents.writeAudit(stranger, run, agent)],
    [
      'an audit row in its name',
      '42501',
      async () =>
        stranger.query(`insert into agent_audit_log (agent_id, action) values ('alpha', 'x')`),
    ],
    [
      'a task in its name',
      '42501',
      async () => stranger.query(`insert into tasks (agent_id) values ('alpha')`),
    ],
    [
      'a result of its task',
      'HP004',
      async () => stranger.query('insert into task_results (task_id) values ($1)', [task.id]),
    ],
    [
      'an upsert over its run',
      '42501',
      async () =>
        stranger.query(
          `insert into workflow_checkpoints (workflow_id, agent_id) values ($1, $2)
         on conflict (workflow_id) do update set current_step = 'mine'`,
          [run, agent],
        ),
    ],
  ]
  test.each(writes)('cannot write %s (%s)', async (_, code, write) => {
    expect(await outcomeOf(write())).toBe(code)
  })

  const calls: [string, () => Promise<unknown>][] = [
    ['claim_run', async () => agents.claimRun(stranger, worked)],
    ['release_run', async () => agents.letGo(stranger, worked)],
    ['begin_action', async () => agents.beginAction(stranger, worked, 1, { key: 'a new key' })],
    [
      'begin_action with its key',
      async () => agents.beginAction(stranger, worked, 1, { key: 'key-1' }),
    ],
    ['end_action', async () => agents.endAction(stranger, worked, action, { state: 'confirmed' })],
    ['begin_step', async () => stranger.query(`select begin_step($1, 1, 'x', 1)`, [worked])],
    ['end_step', async () => stranger.query(`select end_step($1, 1, 'x', 1, '{}')`, [worked])],
    [
      'report_progress',
      async () => stranger.query(`select report_progress($1, 1, '{}')`, [worked]),
    ],
    ['control_ack', async () => stranger.query(`select control_ack($1, 1, 'delivered')`, [worked])],
    ['end_run', async () => stranger.query(`select end_run($1, 1, 'complete')`, [worked])],
  ]
  test.each(calls)('%s answers as if there were no such run', async (_, call) => {
    const refusal = await refusalOf(call())
    expect(refusal.code).toBe('HP005')
    expect(refusal.message).toMatch(/^no run [0-9a-f-]{36}: nothing was written$/)
  })

  test('a heartbeat neither renews nor tells', async () => {
    const lease = 'select heartbeat_at from run_leases where workflow_id = $1'
    const before = (await db.owner.query(lease, [worked])).rows
    const { rows } = await stranger.query(`select * from heartbeat('worker-1', array[$1::uuid])`, [
      worked,
    ])
    expect(rows).toEqual([])
    expect((await db.owner.query(lease, [worked])).rows).toEqual(before)
  })
})

test('the trial login acts for agents without a login, until they get one', async () => {
  const mine = await agents.startPlain(db.trial, { agent: 'delta' })
  await agents.writeStep(db.trial, mine, 'step_2')
  const url = await db.addAgent('delta')
  expect(await outcomeOf(agents.startPlain(db.trial, { agent: 'delta' }))).toBe('HP004')
  expect((await agents.writeStep(db.trial, mine, 'step_3')).rowCount).toBe(0)
  expect((await agents.writeStep(db.pool(url), mine, 'step_3')).rowCount).toBe(1)
})

test('a login that nobody registered acts for no agent', async () => {
  const name = `stray_${db.name}`
  const { rows } = await db.admin.query<{ secret: string }>('select md5(random()::text) as secret')
  const secret = rows[0]?.secret ?? ''
  await db.admin.query(`create role ${name} login password '${secret}' in role agent_worker`)
  try {
    const url = new URL(db.alphaUrl)
    url.username = name
    url.password = secret
    const stray = new Client({ connectionString: url.toString() })
    await stray.connect()
    await stray.query('set search_path = holdpoint')
    expect((await stray.query('select 1 from workflow_checkpoints')).rows).toEqual([])
    const start = stray.query(`insert into workflow_checkpoints (agent_id) values ('anyone')`)
    expect(await outcomeOf(start)).toBe('HP004')
    expect(await outcomeOf(stray.query(`select claim_run($1, 'w')`, [worked]))).toBe('HP005')
    await stray.end()
  } finally {
    await db.admin.query(`drop role ${name}`)
  }
})

describe('an isolated agent', () => {
  test('is out: its connections end, its login is locked, its runs are held, until it is released', async () => {
    const url = await db.addAgent('omega')
    const pool = db.pool(url)
    pool.on('error', () => undefined)
    const mine = await agents.startPlain(pool, { agent: 'omega' })
    await operators.isolate(db.server, 'omega')
    // 28000: the role may not log in; 57P01: the connection was ended.
    const attempts = [
      outcomeOf(agents.writeStep(pool, mine, 'step_2')),
      outcomeOf(agents.writeStep(pool, mine, 'step_2')),
    ]
    for (const outcome of await Promise.all(attempts)) expect(['28000', '57P01']).toContain(outcome)
    expect(await operators.runOf(db.admin, mine)).toMatchObject({
      status: 'paused',
      stopReason: 'ISOLATED',
    })
    expect((await refusalOf(operators.resume(db.server, mine))).hint).toBe('Release the agent.')
    await db.server.query(`select release_agent('omega', 'operator:ana', 'fine')`)
    expect((await operators.runOf(db.admin, mine)).status).toBe('running')
    expect(await outcomeOf(agents.writeStep(pool, mine, 'step_2'))).toBe('accepted')
  })

  test('starts nothing on a connection that has not ended yet', async () => {
    const pool = db.pool(await db.addAgent('sigma'))
    pool.on('error', () => undefined)
    const client = await pool.connect()
    client.on('error', () => undefined)
    const mine = await agents.startPlain(client, { agent: 'sigma' })
    await db.server.query(`select lock_agent_login('sigma', 'operator:ana')`)
    expect(await outcomeOf(agents.startPlain(client, { agent: 'sigma' }))).toBe('HP001')
    await db.server.query(`select hold_agent_runs('sigma', 'operator:ana')`)
    expect(await outcomeOf(agents.writeStep(client, mine, 'step_2'))).toBe('HP001')
    client.release(true)
  })

  test('must have a login of its own, or nobody could release it', async () => {
    await agents.startPlain(db.trial, { agent: 'guest-7' })
    expect(
      await outcomeOf(db.server.query(`select lock_agent_login('guest-7', 'operator:ana')`)),
    ).toBe('HP011')
    expect(
      await outcomeOf(db.server.query(`select hold_agent_runs('guest-7', 'operator:ana')`)),
    ).toBe('HP011')
  })
})
