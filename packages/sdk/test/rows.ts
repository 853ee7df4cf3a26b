import type { TestDatabase } from '@holdpoint/db/testing'

export interface RunRow {
  status: string
  stop_reason: string | null
  stop_detail: string | null
  agent_id: string
  steps: number
  epoch: number
  worker: string | null
  parent_id: string | null
  control: Record<string, string | null> | null
}

export async function rowOf(db: TestDatabase, run: string): Promise<RunRow> {
  const { rows } = await db.server.query<RunRow>(
    'select * from workflow_checkpoints where workflow_id = $1',
    [run],
  )
  if (rows[0] === undefined) throw new Error(`no run ${run}`)
  return rows[0]
}

export interface EventRow {
  seq: number
  kind: string
  detail: Record<string, unknown> | null
}

export async function eventsOf(db: TestDatabase, run: string): Promise<EventRow[]> {
  const { rows } = await db.server.query<EventRow>(
    'select seq::int, kind, detail from run_events where workflow_id = $1 order by seq',
    [run],
  )
  return rows
}

export interface ActionRow {
  tool: string
  state: string
  attempt: number
  request: unknown
  response: unknown
  error: string | null
  error_class: string | null
  idempotency_key: string
  digest: string
  epoch: number
}

export async function actionsOf(db: TestDatabase, run: string): Promise<ActionRow[]> {
  const { rows } = await db.server.query<ActionRow>(
    'select * from actions where workflow_id = $1 order by intended_at',
    [run],
  )
  return rows
}

/** Asks again until the condition holds; the test's own timeout is the limit. */
export async function until<T>(
  read: () => Promise<T> | T,
  holds: (value: T) => boolean,
): Promise<T> {
  for (;;) {
    const value = await read()
    if (holds(value)) return value
    await new Promise((resolve) => setTimeout(resolve, 10))
  }
}

/** A promise and the function that resolves it. */
export const signalled = <T = void>(): {
  promise: Promise<T>
  resolve: (value: T) => void
} => Promise.withResolvers<T>()
