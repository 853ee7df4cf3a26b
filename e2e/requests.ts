import type { APIResponse, Page } from '@playwright/test'

import type { Stack } from './stack.ts'
import { sql } from './stack/sql-agent.ts'

export interface Request {
  readonly run: string
  readonly id: string
}

interface Asked {
  readonly goal?: string
  /** So much time is left, as an interval of Postgres. */
  readonly due?: string
}

const literal = (value: string): string => `'${value.replaceAll("'", "''")}'`

/** A run of this agent, which asks in plain SQL: by the columns of its request, or just whether it may go on. */
export async function asks(
  url: string,
  agent: string,
  columns: Readonly<Record<string, string>> = {},
  { goal = `Pay the invoice of ${agent}`, due }: Asked = {},
): Promise<Request> {
  const [[run = ''] = []] = await sql(
    url,
    `insert into workflow_checkpoints (agent_id, goal, current_step)
     values (${literal(agent)}, ${literal(goal)}, 'pay') returning workflow_id`,
  )
  const row = { workflow_id: run, requested_by: agent, ...columns }
  const names = [...Object.keys(row), ...(due === undefined ? [] : ['expires_at'])]
  const values = [
    ...Object.values(row).map(literal),
    ...(due === undefined ? [] : [`clock_timestamp() + interval '${due}'`]),
  ]
  const [[id = ''] = []] = await sql(
    url,
    `insert into approval_queue (${names.join(', ')}) values (${values.join(', ')}) returning approval_id`,
  )
  return { run, id }
}

/** Where it is answered. */
export const placeOf = (stack: Stack, id: string): string => `${stack.url}/approvals/${id}`

/** These are due one after the other, before those of all other tests. */
export async function dueFirst(stack: Stack, ids: readonly string[]): Promise<void> {
  await stack.owner.query(
    `update approval_queue set expires_at = now() + coalesce(
       interval '50 minutes' + array_position($1::uuid[], approval_id) * interval '1 second', interval '2 hours')
     where decision is null and closed_at is null and (expires_at is not null or approval_id = any ($1))`,
    [ids],
  )
}

/** What became of it, as the database has it. */
export async function requestOf(stack: Stack, id = ''): Promise<Record<string, unknown>> {
  const { rows } = await stack.owner.query<Record<string, unknown>>(
    `select decision, decided_by, decision_reason, arguments, original_arguments, edited_by, handed_on, assignees,
       (select g.grade from grades g where g.approval_id = q.approval_id) as grade,
       (select count(*)::int from approval_votes v where v.approval_id = q.approval_id) as votes,
       (select count(*)::int from standing_approvals u where u.approval_id = q.approval_id) as standing
     from approval_queue q where approval_id = $1`,
    [id],
  )
  return rows[0] ?? {}
}

/** Asks the server past the page, as whoever is signed in there. */
export const command = async (
  page: Page,
  stack: Stack,
  path: string,
  data: object,
): Promise<APIResponse> =>
  page.request.post(`${stack.url}/trpc/${path}`, {
    headers: { 'x-holdpoint': '1', origin: stack.url },
    data,
  })
