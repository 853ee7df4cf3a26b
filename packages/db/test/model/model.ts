import { type HoldKind, holdKinds, isFinal, type RunStatus } from '@holdpoint/protocol'

/**
 * What the contract says of one run, as plainly as it can be said: no SQL, no time, no other run.
 * Each command (agent.ts, worker.ts, operator.ts) returns what its caller is told and changes the model;
 * tests compare both with Postgres.
 */
export interface Model {
  /** A plain-SQL run that a worker takes from the queue is the worker's from then on. */
  engine: 'sql' | 'sdk'
  status: RunStatus
  /** Open holds other than approvals and unknown outcomes. */
  holds: Set<Exclude<HoldKind, 'approval' | 'outcome'>>
  /** The key of the action of which someone must say whether it landed. */
  outcome: string | null
  /** In the order they were asked for. */
  approvals: { state: 'open' | 'approved' | 'rejected' | 'closed' }[]
  /** Where it goes when nothing holds it any more; only while paused. */
  resumeTo: string | null
  epoch: number
  /** Has someone taken it who was neither lost nor let go? */
  worker: boolean
  lease: 'none' | 'alive' | 'over'
  actions: Map<string, Action>
  used: Amounts
  limits: { [Of in keyof Amounts]: number | null }
}

export interface Action {
  state: string
  epoch: number
  attempt: number
  /** A person said what became of it. */
  settled: boolean
}

export interface Amounts {
  tokens: number
  steps: number
}

export const newModel = (
  engine: 'sql' | 'sdk',
  status: RunStatus,
  limits: Model['limits'],
): Model => ({
  engine,
  status,
  holds: new Set(),
  outcome: null,
  approvals: [],
  resumeTo: null,
  epoch: engine === 'sdk' && status === 'running' ? 1 : 0,
  worker: engine === 'sdk' && status === 'running',
  lease: engine === 'sdk' && status === 'running' ? 'alive' : 'none',
  actions: new Map(),
  // Each starts at its first step.
  used: { tokens: 0, steps: 1 },
  limits,
})

export const copy = (model: Model): Model => ({
  ...model,
  holds: new Set(model.holds),
  approvals: model.approvals.map((each) => ({ ...each })),
  actions: new Map([...model.actions].map(([key, action]) => [key, { ...action }])),
  used: { ...model.used },
  limits: { ...model.limits },
})

export function heldBy(model: Model): HoldKind[] {
  const open: HoldKind[] = [...model.holds]
  if (model.outcome !== null) open.push('outcome')
  if (model.approvals.some(({ state }) => state === 'open')) open.push('approval')
  return holdKinds.filter((kind) => open.includes(kind))
}

const inFlight = new Set(['intended', 'accepted'])
export const isInFlight = ({ state }: Action): boolean => inFlight.has(state)
export const isHeld = (model: Model): boolean => heldBy(model).length > 0
export const isStopped = (model: Model): boolean => isHeld(model) || model.status === 'paused'

/** Is nothing left for another action? */
export const isUsedUp = ({ used, limits }: Model): boolean =>
  limits.tokens !== null && used.tokens >= limits.tokens

/** Is nothing left for another step? */
export const isUsedUpForSteps = (model: Model): boolean =>
  isUsedUp(model) || (model.limits.steps !== null && model.used.steps >= model.limits.steps)

/** Status follows from the holds. `wanted` is where the last clearing sends it, when the caller says so. */
export function settle(
  model: Model,
  before: boolean,
  wanted?: 'running' | 'approved' | 'rejected',
): void {
  if (model.status === 'lost') return
  const stuck =
    model.status === 'paused' && model.resumeTo === 'rejected' && (wanted !== 'approved' || before)
  if (wanted === 'running') model.resumeTo = 'running'
  else if (stuck) model.resumeTo = 'rejected'
  else if (wanted !== undefined) model.resumeTo = wanted
  else if (model.status !== 'paused') model.resumeTo = model.status
  if (isHeld(model)) model.status = 'paused'
  else if (model.resumeTo !== 'rejected' || model.status !== 'paused') {
    if (model.status === 'paused') model.status = goesTo(model)
    model.resumeTo = null
  }
}

/** What nobody has does not run: it waits for a worker. */
const goesTo = ({ resumeTo, worker, engine }: Model): RunStatus =>
  resumeTo === 'running' && !worker && engine === 'sdk' ? 'queued' : (resumeTo as RunStatus)

export function open(model: Model, hold: Exclude<HoldKind, 'approval' | 'outcome'>): void {
  const before = isHeld(model)
  model.holds.add(hold)
  settle(model, before)
}

export function end(model: Model, status: RunStatus): void {
  model.status = status
  model.holds.clear()
  model.outcome = null
  model.resumeTo = null
  model.lease = 'none'
  for (const approval of model.approvals) if (approval.state === 'open') approval.state = 'closed'
  loseActions(model)
}

export function loseActions(model: Model): void {
  for (const action of model.actions.values()) if (isInFlight(action)) action.state = 'unknown'
}

/** It is known now what became of that action. */
export function clearOutcome(model: Model, key: string): void {
  if (model.outcome !== key || isFinal(model.status)) return
  model.outcome = null
  settle(model, true)
}
