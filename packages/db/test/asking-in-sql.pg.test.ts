import { describe, expect, test } from 'vitest'

import * as agents from './support/agents.ts'
import { openContract } from './support/contract.ts'
import { faultsOf } from './support/history.ts'
import * as operators from './support/operators.ts'
import { one, outcomeOf } from './support/refusal.ts'

// A request in plain SQL needs two columns. What each further one does, alone or with what it needs.
const db = await openContract()

type Columns = Readonly<Record<string, unknown>>
const hour = (): Date => new Date(Date.now() + 3_600_000)
const digest = agents.digestOf('{"eur":5}')

const statusOf = async (run: string) => operators.runOf(db.admin, run)

async function insert(columns: Columns): Promise<{ run: string; approval: string }> {
  const run = await agents.startPlain(db.alpha)
  return { run, approval: await agents.writeRequest(db.alpha, run, columns) }
}

const rowOf = async (approval: string): Promise<Columns> =>
  one(db.admin, 'select * from approval_queue where approval_id = $1', [approval])

const decide = async (approval: string, more = ''): Promise<string> =>
  outcomeOf(
    db.server.query(`select decide_approval($1, 'operator:ana', 'approved'${more})`, [approval]),
  )

const holdOf = async (approval: string): Promise<string> =>
  one<{ why: string }>(db.admin, 'select why from run_holds where approval_id = $1', [
    approval,
  ]).then(({ why }) => why)

/** Its deadline was a moment ago, and that was noticed. */
async function isLate(approval: string): Promise<void> {
  await operators.makeDue(db.owner, approval)
  do await db.server.query('select expire_approvals()')
  while ((await rowOf(approval))['version'] === 1)
}

interface Effect {
  /** What is written beside the two that are needed. */
  readonly columns: () => Columns
  readonly does?: (asked: { run: string; approval: string }) => Promise<void>
}

const chosen = crypto.randomUUID()
const effects: Readonly<Record<string, Effect>> = {
  approval_id: { columns: () => ({ approval_id: chosen }) },
  requested_at: {
    columns: () => ({ requested_at: new Date('2026-01-02') }),
    // What it says is kept as its claim; when it came the database saw.
    does: async ({ approval }) => {
      const { requested_at: claimed, asked_at: seen } = await rowOf(approval)
      expect(claimed).toEqual(new Date('2026-01-02'))
      expect(Math.abs(Date.now() - (seen as Date).getTime())).toBeLessThan(600_000)
    },
  },
  tool: {
    columns: () => ({ tool: 'refund' }),
    does: async ({ approval }) => {
      expect(await holdOf(approval)).toBe('asks to run refund')
      // Nothing was named, and that is what is bound.
      expect((await rowOf(approval))['digest']).toBe(agents.digestOf('null'))
    },
  },
  target: {
    columns: () => ({ tool: 'refund', target: 'order 7' }),
    does: async ({ run, approval }) => {
      expect(await holdOf(approval)).toBe('asks to run refund on order 7')
      const asks = {
        approvalId: approval,
        kind: 'action',
        tool: 'refund',
        target: 'order 7',
        changes: null,
      }
      expect(await statusOf(run)).toMatchObject({ asks })
      await decide(approval)
      expect(await statusOf(run)).toMatchObject({ asks: null })
    },
  },
  arguments: {
    columns: () => ({ arguments: { eur: 5 } }),
    does: async ({ approval }) => {
      expect((await rowOf(approval))['digest']).toBe(digest)
      // Only where a tool is named is it known what an edit would change.
      expect(await decide(approval, `, edited => '{"eur": 4}'`)).toBe('HP010')
    },
  },
  digest: {
    columns: () => ({ arguments: { eur: 5 }, digest }),
    does: async () => {
      const of = insert({ arguments: { eur: 6 }, digest })
      expect(await outcomeOf(of)).toBe('HP010')
    },
  },
  agent_reason: { columns: () => ({ agent_reason: 'It broke.' }) },
  reversible: { columns: () => ({ reversible: false }) },
  risk: { columns: () => ({ risk: 'high' }) },
  expires_at: {
    columns: () => ({ expires_at: hour() }),
    does: async ({ run, approval }) => {
      await isLate(approval)
      expect(await statusOf(run)).toMatchObject({
        heldBy: ['approval'],
        stopReason: 'APPROVAL_EXPIRED',
      })
      expect(await decide(approval)).toBe('HP019')
      await db.server.query(`select extend_approval($1, 'operator:ana', $2)`, [approval, hour()])
    },
  },
  on_expiry: {
    columns: () => ({ expires_at: hour(), on_expiry: 'reject' }),
    does: async ({ approval }) => {
      const other = await insert({ expires_at: hour(), on_expiry: 'reject' })
      await isLate(other.approval)
      // Nothing holds it any more: it goes on by its own edge, and reads that nobody decided.
      expect(await statusOf(other.run)).toMatchObject({
        heldBy: [],
        stopReason: 'APPROVAL_EXPIRED',
      })
      await agents.setStatus(db.alpha, other.run, 'running')
      expect((await rowOf(approval))['closed_at']).toBeNull()
    },
  },
  kind: {
    columns: () => ({ kind: 'output', arguments: { text: 'All is well.' } }),
    does: async ({ approval }) => {
      expect(await decide(approval)).toBe('HP010')
      await db.server.query(
        `select decide_approval($1, 'operator:ana', 'approved', grade => '{"score": 1}')`,
        [approval],
      )
    },
  },
  arguments_schema: {
    columns: () => ({ arguments_schema: { type: 'object' } }),
  },
  consequence: { columns: () => ({ consequence: { rows: 3 } }) },
  allowed: {
    columns: () => ({ tool: 'refund', arguments: { eur: 5 }, allowed: ['approve', 'reject'] }),
    does: async ({ approval }) =>
      expect(await decide(approval, `, edited => '{"eur": 4}'`)).toBe('HP021'),
  },
  assignees: { columns: () => ({ assignees: ['operator:tom', 'operator:bo'] }) },
}

test('of several requests a run says which it waited for first, also to whoever looks back', async () => {
  const { run, approval } = await insert({ tool: 'refund' })
  const second = await agents.writeRequest(db.alpha, run, { kind: 'output', arguments: {} })
  const asksOf = async (): Promise<unknown> =>
    one<{ live: unknown; past: unknown }>(
      db.admin,
      `select run_state(w) -> 'asks' ->> 'approvalId' as live, e.state -> 'asks' ->> 'approvalId' as past
       from workflow_checkpoints w join run_events e using (workflow_id, seq) where w.workflow_id = $1`,
      [run],
    )
  expect(await asksOf()).toEqual({ live: approval, past: approval })
  // A person's pause takes nothing back.
  await operators.pause(db.server, run)
  expect(await asksOf()).toEqual({ live: approval, past: approval })
  await decide(approval)
  expect(await asksOf()).toEqual({ live: second, past: second })
  await operators.kill(db.server, run)
  expect(await asksOf()).toEqual({ live: null, past: null })
})

test('with two columns it is a request like any other: the run waits, is answered, and goes on', async () => {
  const { run, approval } = await insert({})
  expect(await statusOf(run)).toMatchObject({
    status: 'paused',
    heldBy: ['approval'],
    stopReason: 'AWAITING_APPROVAL',
  })
  expect(await holdOf(approval)).toBe('asks for approval')
  expect(await rowOf(approval)).toMatchObject({
    kind: 'action',
    tool: null,
    arguments: null,
    digest: null,
    allowed: null,
    assignees: [],
    on_expiry: 'hold',
    expires_at: null,
    quorum: null,
    four_eyes: true,
    version: 1,
    requested_login: db.loginOf('alpha'),
  })
  expect(await outcomeOf(agents.writeStep(db.alpha, run, 'on'))).toBe('HP001')
  expect(await decide(approval)).toBe('accepted')
  await agents.setStatus(db.alpha, run, 'running')
  await agents.writeStep(db.alpha, run, 'on')
  expect(await faultsOf(db.owner, run)).toEqual([])
})

test('every column that an agent may write has its line', async () => {
  expect(await agents.columnsOfRequests(db.admin)).toEqual(
    ['workflow_id', 'requested_by', ...Object.keys(effects)].toSorted(),
  )
})

describe('a request with', () => {
  test.each(Object.entries(effects))('%s', async (name, { columns, does }) => {
    const given = columns()
    const asked = await insert(given)
    expect((await rowOf(asked.approval))[name]).toEqual(given[name])
    expect((await statusOf(asked.run)).heldBy).toEqual(['approval'])
    await does?.(asked)
    const { decision } = await rowOf(asked.approval)
    if (decision === null) expect(await decide(asked.approval)).toBe('accepted')
    expect((await statusOf(asked.run)).status).toBe('approved')
    expect(await faultsOf(db.owner, asked.run)).toEqual([])
  })

  test('on_expiry "escalate" says "hold" where no policy names anyone to ask', async () => {
    const columns = { tool: 'wire', expires_at: hour(), on_expiry: 'escalate' }
    const { approval } = await insert(columns)
    expect((await rowOf(approval))['on_expiry']).toBe('hold')
    const step = { to: ['operator:boss'], afterS: 60 }
    const spec = { name: 'wires', tool: 'wire', gate: false, escalation: [step] }
    await db.server.query(`select save_policy(null, 'operator:root', $1)`, [spec])
    const other = await insert(columns)
    expect((await rowOf(other.approval))['on_expiry']).toBe('escalate')
    await isLate(other.approval)
    expect(await rowOf(other.approval)).toMatchObject({
      assignees: ['operator:boss'],
      expired_at: null,
    })
    expect(await decide(other.approval)).toBe('accepted')
  })
})
