import { randomUUID } from 'node:crypto'

import { ask } from './people.ts'
import type { Stack } from './stack.ts'
import { sql } from './stack/sql-agent.ts'

/** The database's clock: what was committed before is before it. */
export async function clock(stack: Stack): Promise<string> {
  const { rows } = await stack.owner.query<{ now: string }>(
    `select to_json(clock_timestamp()) #>> '{}' as now`,
  )
  return rows[0]?.now ?? ''
}

interface Night {
  readonly agent: string
  readonly pay: string
  readonly mail: string
  /** Both run. */
  readonly early: string
  /** One asks, one was killed. */
  readonly middle: string
  /** Both are over. */
  readonly late: string
}

/** Two runs of one agent, and three instants between what they did. */
export async function night(stack: Stack, agent: string): Promise<Night> {
  const url = await stack.addAgent(agent)
  const [pay, mail] = [randomUUID(), randomUUID()]
  await sql(
    url,
    `insert into workflow_checkpoints (workflow_id, agent_id, current_step, goal)
       values ('${pay}', '${agent}', 'check', 'Pay for ${agent}'), ('${mail}', '${agent}', 'draft', 'Mail for ${agent}')`,
  )
  const early = await clock(stack)
  await sql(
    url,
    `update workflow_checkpoints set status = 'paused', paused_at = now(), current_step = 'awaiting_approval'
       where workflow_id = '${pay}';
     insert into approval_queue (workflow_id, requested_by) values ('${pay}', '${agent}')`,
  )
  await ask(stack, 'runs.kill', { id: mail, reason: 'wrong customer' })
  const middle = await clock(stack)
  const { rows } = await stack.owner.query<{ id: string; version: number }>(
    'select approval_id as id, version from approval_queue where workflow_id = $1',
    [pay],
  )
  await ask(stack, 'approvals.decide', { ...rows[0], decision: 'approved', reason: 'paid twice' })
  await sql(
    url,
    `update workflow_checkpoints set status = 'running', current_step = 'pay' where workflow_id = '${pay}';
     update workflow_checkpoints set status = 'complete' where workflow_id = '${pay}'`,
  )
  return { agent, pay, mail, early, middle, late: await clock(stack) }
}
