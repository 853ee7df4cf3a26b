import type { Pool, PoolClient } from 'pg'
import { afterAll, describe, expect, test } from 'vitest'

import * as agents from './support/agents.ts'
import { openContract } from './support/contract.ts'
import * as operators from './support/operators.ts'
import { meetHeldRuns } from './support/run-first.ts'
import { untold } from './support/unknown.ts'
import { closeSessions } from './verbs/of-agents.ts'
import { verbs } from './verbs/verbs.ts'

// DESIGN.md: the run's row first, always. Somebody holds every run; whoever wants one waits, and holds nothing by then
// for which another, who has the run, could wait in turn.
const db = await openContract()
afterAll(closeSessions)

const runs = 'workflow_checkpoints'
/** Acts of a person about a run; all others leave the runs alone. */
const aboutRuns = `
  pause_run resume_run kill_run raise_limits look_at_run settle_action resume_judged judge_detection decide_approval
  delegate_approval escalate_approval extend_approval hold_agent_runs`
  .trim()
  .split(/\s+/)

describe('an act of a person', () => {
  test.each(Object.entries(verbs))('%s', async (name, { ready }) => {
    const [sql, ...values] = await ready(db, operators.ANA)
    const { waited, touched } = await meetHeldRuns(db.admin, {
      pool: db.server,
      work: async (client) => client.query(sql, [operators.ANA, ...values]),
    })
    expect(waited).toBe(aboutRuns.includes(name))
    if (waited) expect(touched).toEqual([runs])
    else expect(touched).not.toContain(runs)
  })
})

interface Subject {
  readonly run: string
  readonly action: string
  /** One that no worker has. */
  readonly free: string
}
type Work = (client: PoolClient, met: Subject) => Promise<unknown>

async function meet(pool: Pool, work: Work) {
  const met = { ...(await untold(db)), free: await agents.enqueueRun(db.alpha) }
  await agents.beginStep(db.alpha, met.run, 1, 'look')
  return meetHeldRuns(db.admin, { pool, work: async (client) => work(client, met) })
}

describe('a call of an agent', () => {
  const calls: Readonly<Record<string, Work>> = {
    claim_run: async (client, { free }) => agents.claimRun(client, free),
    begin_step: async (client, { run }) => agents.beginStep(client, run, 1, 'next'),
    end_step: async (client, { run }) => agents.endStep(client, run, 1, 'look'),
    begin_action: async (client, { run }) => agents.beginAction(client, run, 1, { key: 'next' }),
    end_action: async (client, { run, action }) =>
      agents.endAction(client, run, action, { state: 'confirmed' }),
    report_progress: async (client, { run }) =>
      client.query(`select report_progress($1, 1, '{"tokensIn": 1}')`, [run]),
    release_run: async (client, { run }) => agents.letGo(client, run),
    end_run: async (client, { run }) => client.query(`select end_run($1, 1, 'failed')`, [run]),
    'start_run, of a child': async (client, { run }) => agents.startRun(client, { parentId: run }),
    'a checkpoint in plain SQL': async (client, { run }) => agents.writeStep(client, run, 'next'),
  }
  test.each(Object.entries(calls))('%s', async (_, work) => {
    expect(await meet(db.alpha, work)).toEqual({ waited: true, touched: [runs] })
  })

  // A row that is not there yet is nothing that others wait for.
  const rows: Readonly<Record<string, Work>> = {
    approval_queue: async (client, { run }) => agents.requestApproval(client, run),
    tasks: async (client, { run }) => agents.writeTask(client, run),
    agent_audit_log: async (client, { run }) => agents.writeAudit(client, run),
  }
  test.each(Object.entries(rows))('a new row of %s', async (table, work) => {
    const { waited, touched } = await meet(db.alpha, work)
    expect({ waited, touched }).toEqual({ waited: true, touched: [table, runs].toSorted() })
  })
})

// What is due for a check-in or lacks people is held against locked runs in locked-runs.pg.test.ts.
describe('what the server does by itself waits for no run', () => {
  const work: Readonly<Record<string, string>> = {
    expire_approvals: 'select expire_approvals()',
    sweep_lost_runs: 'select sweep_lost_runs()',
  }
  test.each(Object.entries(work))('%s', async (_, sql) => {
    const due = await agents.startRun(db.alpha)
    await operators.makeDue(db.owner, await agents.askFor(db.alpha, due))
    const lost = await agents.startRun(db.alpha)
    await db.owner.query(
      `update run_leases set lease_until = clock_timestamp() - interval '1 s' where workflow_id = $1`,
      [lost],
    )
    expect(await meet(db.server, async (client) => client.query(sql))).toMatchObject({
      waited: false,
    })
  })
})
