import type { RunState, StopReason } from '@holdpoint/protocol'

/** Which runs of the table `w` are meant. */
export interface RunFilter {
  readonly states?: readonly RunState[] | undefined
  readonly agents?: readonly string[] | undefined
  readonly skill?: string | undefined
  readonly stopReasons?: readonly StopReason[] | undefined
}

/** Takes a value; the parameter as SQL. */
export type Given = (value: unknown) => string

// Written so that the planner knows how many wait: it counts what is null, but nothing of an expression.
const waiting = `(w.waiting_on is not null and w.waiting_on <> 'null')`
const working = `(w.waiting_on is null or w.waiting_on = 'null')`
const asked = `w.stop_reason = 'AWAITING_APPROVAL'`

/** What a person is shown, as a condition on the row; the reading of it is `runState` in the protocol. */
const conditionOf = {
  needs_approval: `w.status = 'paused' and ${asked}`,
  paused: `w.status = 'paused' and (${asked}) is not true`,
  running: `w.status = 'running' and ${working}`,
  waiting: `w.status = 'running' and ${waiting}`,
  queued: `w.status = 'queued'`,
  approved: `w.status = 'approved'`,
  lost: `w.status = 'lost'`,
  complete: `w.status = 'complete'`,
  failed: `w.status = 'failed'`,
  killed: `w.status = 'killed'`,
} as const satisfies Record<RunState, string>

export const statusOf = (state: RunState): string =>
  state === 'needs_approval' ? 'paused' : state === 'waiting' ? 'running' : state

const any = (values: readonly string[] | undefined): string[] | undefined => {
  const all = [...new Set(values)]
  return all.length > 0 ? all : undefined
}

const several = (values: readonly string[] | undefined): string[] | undefined => {
  const all = any(values)
  return all !== undefined && all.length > 1 ? all : undefined
}

const of = (column: Apart['column'], values: readonly string[] | undefined): Apart | undefined =>
  values && { column, values }

/** A column whose values are read one by one. */
export interface Apart {
  readonly column: 'agent_id' | 'stop_reason' | 'skill' | 'status'
  readonly values: readonly string[]
}

/**
 * The filter whose values are read one by one, each newest first by its own index, and then put together: one index has
 * no order across several values.
 */
export const oneByOne = ({ agents, states, stopReasons }: RunFilter): Apart | undefined =>
  of('agent_id', several(agents)) ??
  of('stop_reason', several(stopReasons)) ??
  of('status', several(states?.map(statusOf)))

/** The filter that an index has in the order of the list, even for a single value: what is read first is of it alone. */
export const byIndex = (
  { agents, skill, states, stopReasons }: RunFilter,
  order: 'status_since' | 'created_at',
): Apart | undefined =>
  of('agent_id', any(agents)) ??
  (order === 'created_at'
    ? undefined
    : (of('stop_reason', any(stopReasons)) ??
      of('skill', skill === undefined ? undefined : [skill]) ??
      of('status', any(states?.map(statusOf)))))

/** All of the filter, as conditions on `w`. */
export function conditions(filter: RunFilter, given: Given): string[] {
  const where: string[] = []
  const { states, agents, skill, stopReasons } = filter
  if (states !== undefined && states.length > 0) {
    where.push(`(${states.map((state) => `(${conditionOf[state]})`).join(' or ')})`)
  }
  if (agents !== undefined && agents.length > 0) where.push(among('w.agent_id', agents, given))
  if (skill !== undefined) where.push(`w.skill = ${given(skill)}`)
  if (stopReasons !== undefined && stopReasons.length > 0) {
    where.push(among('w.stop_reason', stopReasons, given))
  }
  return where
}

/** A single value stands alone: an index keeps its order after one. */
const among = (column: string, values: readonly string[], given: Given): string =>
  values.length === 1
    ? `${column} = ${given(values[0])}`
    : `${column} = any (${given(values)}::text[])`
