import { expect } from '@playwright/test'

import type { Stack } from '../stack.ts'
import { sql } from './sql-agent.ts'

export interface Night {
  /** Agents by what became of their runs. */
  readonly books: string
  readonly scout: string
  readonly courier: string
  readonly refunds: string
  readonly budget: string
  readonly lost: string
  readonly harm: string
}

const call = (name: string, ...values: readonly unknown[]): string =>
  `${name}(${values.map((value) => (typeof value === 'string' || typeof value === 'number' ? `'${value}'` : `'${JSON.stringify(value)}'`)).join(', ')})`

/** One step with one action of a run under a lease, by the functions that the SDK calls. */
const turn = (run: string, nth: number, tool: string, target: string, outcome: object): string => `
  select ${call('begin_step', run, 1, `${tool} ${nth}`, 1, { nth })};
  with begun as (select ${call('begin_action', run, 1, { tool, target, step: `${tool} ${nth}`, key: `${tool} ${nth}`, digest: 'a'.repeat(64), request: { target } })} as answer)
    select end_action('${run}', 1, (answer ->> 'actionId')::uuid, '${JSON.stringify(outcome)}') from begun
    where answer ->> 'actionId' is not null;
  select ${call('end_step', run, 1, `${tool} ${nth}`, 1, { result: 'done' })};`

const start = (run: string, agentId: string, goal: string, more: object = {}): string =>
  `select ${call('start_run', { agentId, runId: run, worker: `${agentId}-1`, leaseMs: 600_000, goal, ...more })};`

/** Seven runs that go well. */
async function calm(url: string, agent: string): Promise<void> {
  for (let nth = 1; nth <= 7; nth += 1) {
    const run = crypto.randomUUID()
    await sql(url, start(run, agent, `Close the books of branch ${nth}`))
    await sql(url, turn(run, 1, 'ledger.read', `branch ${nth}`, { state: 'confirmed' }))
    await sql(url, `select ${call('end_run', run, 1, 'complete')}`)
  }
}

/** Asks the same again and again until its tokens are used up. */
async function burns(url: string, agent: string): Promise<string> {
  const run = crypto.randomUUID()
  const [tool, target] = ['web.search', 'cheap courier']
  await sql(url, start(run, agent, 'Find a cheaper courier', { limits: { tokens: 5000 } }))
  for (let nth = 1; nth <= 3; nth += 1)
    await sql(url, turn(run, nth, tool, target, { state: 'confirmed', tokensIn: 2000 }))
  // The gate does not let it begin another one.
  await sql(
    url,
    `select ${call('begin_action', run, 1, { tool, target, step: 'again', key: 'again', digest: 'a'.repeat(64), request: { target } })}`,
  )
  return run
}

/** Its worker goes silent inside a call. */
async function goesSilent(stack: Stack, url: string, agent: string): Promise<string> {
  const run = crypto.randomUUID()
  await sql(url, start(run, agent, 'Send parcel 88', { leaseMs: 1000 }))
  await sql(
    url,
    `select ${call('begin_step', run, 1, 'send', 1, {})};
     select ${call('begin_action', run, 1, { tool: 'parcel.send', target: 'parcel 88', step: 'send', key: 'parcel 88', digest: 'b'.repeat(64), request: {} })}`,
  )
  await expect.poll(async () => statusOf(stack, run)).toMatch(/lost|paused/)
  return run
}

/** Asks, is told yes by ana, pays everybody, and is killed by bo. */
async function doesHarm(stack: Stack, url: string, agent: string): Promise<string> {
  const [[run = ''] = []] = await sql(
    url,
    `insert into workflow_checkpoints (agent_id, goal, current_step) values ('${agent}', 'Settle the refund claims', 'ask')
     returning workflow_id`,
  )
  const [[asked = ''] = []] = await sql(
    url,
    `insert into approval_queue (workflow_id, requested_by, tool, target, arguments, agent_reason, risk)
     values ('${run}', '${agent}', 'payments.refund', 'order 1042', '{"orders": "*"}', 'The parcel broke.', 'high')
     returning approval_id`,
  )
  await stack.owner.query(
    `select decide_approval($1, 'operator:ana', 'approved', 'looks right', 1)`,
    [asked],
  )
  await sql(
    url,
    `update workflow_checkpoints set status = 'running', current_step = 'refund', current_tool = 'payments.refund',
       tool_target = 'every order' where workflow_id = '${run}';
     update workflow_checkpoints set current_tool = null, tool_target = null where workflow_id = '${run}'`,
  )
  await stack.owner.query(`select kill_run($1, 'operator:bo', 'it refunds every order')`, [run])
  return run
}

async function statusOf(stack: Stack, run: string): Promise<string> {
  const { rows } = await stack.owner.query<{ status: string }>(
    'select status from workflow_checkpoints where workflow_id = $1',
    [run],
  )
  return rows[0]?.status ?? ''
}

/** Ten runs, of which three go wrong: one burns its budget, one loses its worker, one is let do harm and is killed. */
export async function stageNight(stack: Stack, name: string): Promise<Night> {
  const [books, scout, courier, refunds] = [
    `${name}-books`,
    `${name}-scout`,
    `${name}-courier`,
    `${name}-refunds`,
  ]
  const urls = await Promise.all(
    [books, scout, courier, refunds].map(async (each) => stack.addAgent(each)),
  )
  const [booksUrl = '', scoutUrl = '', courierUrl = '', refundsUrl = ''] = urls
  await calm(booksUrl, books)
  const budget = await burns(scoutUrl, scout)
  const lost = await goesSilent(stack, courierUrl, courier)
  const harm = await doesHarm(stack, refundsUrl, refunds)
  return { books, scout, courier, refunds, budget, lost, harm }
}
