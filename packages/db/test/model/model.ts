import { type HoldKind, holdKinds, isFinal, type RunStatus } from '@holdpoint/protocol'

/**
 * What the contract says of one run, as plainly as it can be said: no SQL, no time, no other run.
 * Each command returns what its caller is told and changes the model; tests compare both with Postgres.
 */
export interface Model {
  readonly engine: 'sql' | 'sdk'
  status: RunStatus
  /** Open holds other than approvals. */
  holds: Set<Exclude<HoldKind, 'approval'>>
  /** In the order they were asked for. */
  approvals: { state: 'open' | 'approved' | 'rejected' | 'closed' }[]
  /** Where it goes when nothing holds it any more; only while paused. */
  resumeTo: string | null
  epoch: number
  lease: 'none' | 'alive' | 'over'
  actions: Map<string, { state: string; epoch: number }>
}

export const newModel = (engine: 'sql' | 'sdk', status: RunStatus): Model => ({
  engine,
  status,
  holds: new Set(),
  approvals: [],
  resumeTo: null,
  epoch: engine === 'sdk' ? 1 : 0,
  lease: engine === 'sdk' ? 'alive' : 'none',
  actions: new Map(),
})

export const copy = (model: Model): Model => ({
  ...model,
  holds: new Set(model.holds),
  approvals: model.approvals.map((each) => ({ ...each })),
  actions: new Map([...model.actions].map(([key, action]) => [key, { ...action }])),
})

export function heldBy(model: Model): HoldKind[] {
  const open: HoldKind[] = [...model.holds]
  if (model.approvals.some(({ state }) => state === 'open')) open.push('approval')
  return holdKinds.filter((kind) => open.includes(kind))
}

const inFlight = new Set(['intended', 'accepted'])
const isHeld = (model: Model): boolean => heldBy(model).length > 0
const stopped = (model: Model): boolean => isHeld(model) || model.status === 'paused'

/** Status follows from the holds. `wanted` is where the last clearing sends it, when the caller says so. */
function settle(model: Model, before: boolean, wanted?: 'running' | 'approved' | 'rejected'): void {
  if (model.status === 'lost') return
  const stuck =
    model.status === 'paused' && model.resumeTo === 'rejected' && (wanted !== 'approved' || before)
  if (wanted === 'running') model.resumeTo = 'running'
  else if (stuck) model.resumeTo = 'rejected'
  else if (wanted !== undefined) model.resumeTo = wanted
  else if (model.status !== 'paused') model.resumeTo = model.status
  if (isHeld(model)) model.status = 'paused'
  else if (model.resumeTo !== 'rejected' || model.status !== 'paused') {
    if (model.status === 'paused') model.status = model.resumeTo as RunStatus
    model.resumeTo = null
  }
}

function end(model: Model, status: RunStatus): void {
  model.status = status
  model.holds.clear()
  model.resumeTo = null
  model.lease = 'none'
  for (const approval of model.approvals) if (approval.state === 'open') approval.state = 'closed'
  loseActions(model)
}

function loseActions(model: Model): void {
  for (const action of model.actions.values()) {
    if (inFlight.has(action.state)) action.state = 'unknown'
  }
}

/** A plain write that changes the checkpoint. */
export function writeStep(model: Model): string {
  if (isFinal(model.status)) return 'HP002'
  if (model.status === 'lost') return 'HP006'
  return stopped(model) ? 'HP001' : 'accepted'
}

export function pauseItself(model: Model): string {
  if (isFinal(model.status)) return 'HP002'
  if (model.status === 'lost') return 'HP006'
  const held = isHeld(model)
  model.resumeTo = model.resumeTo === 'rejected' && held ? 'rejected' : 'approved'
  if (!model.holds.has('self') && !heldBy(model).includes('approval')) model.holds.add('self')
  model.status = 'paused'
  return 'accepted'
}

export function goOn(model: Model): string {
  if (isFinal(model.status)) return 'HP002'
  if (model.status === 'running') return 'accepted'
  if (model.status === 'lost') return 'HP006'
  if (isHeld(model)) return 'HP001'
  model.status = 'running'
  model.resumeTo = null
  return 'accepted'
}

export function finish(model: Model, status: 'complete' | 'failed'): string {
  if (model.status === status) return 'accepted'
  if (isFinal(model.status)) return 'HP002'
  if (model.status === 'lost') return 'HP006'
  end(model, status)
  return 'accepted'
}

export function requestApproval(model: Model): string {
  if (isFinal(model.status)) return 'HP002'
  const others = heldBy(model).some((kind) => kind !== 'self' && kind !== 'approval')
  if (others || model.status === 'lost') return 'HP001'
  const before = isHeld(model)
  model.holds.delete('self')
  model.approvals.push({ state: 'open' })
  settle(model, before, 'approved')
  return 'accepted'
}

export function writeTask(model: Model): string {
  if (isFinal(model.status)) return 'HP002'
  return stopped(model) || model.status === 'lost' ? 'HP001' : 'accepted'
}

/** What the gate says before it looks at the action itself. */
function gate(model: Model, epoch: number): string | undefined {
  if (isFinal(model.status)) return 'RUN_ENDED'
  if (epoch !== model.epoch || model.status === 'lost') return 'FENCED'
  return stopped(model) ? 'hold' : undefined
}

export function beginStep(model: Model, epoch: number): string {
  const no = gate(model, epoch)
  if (no !== undefined) return no
  model.status = 'running'
  return 'allow'
}

export function beginAction(model: Model, epoch: number, key: string): string {
  const no = gate(model, epoch)
  if (no !== undefined) return no
  if (model.engine === 'sdk' && model.lease !== 'alive') return 'FENCED'
  const state = model.actions.get(key)?.state
  if (state === 'confirmed') return 'done'
  if (state !== undefined && (inFlight.has(state) || state === 'unknown')) return 'NOTHING_TO_DO'
  model.actions.set(key, { state: 'intended', epoch })
  model.status = 'running'
  return 'allow'
}

export function endAction(model: Model, epoch: number, key: string, said: string): string {
  const action = model.actions.get(key)
  if (action === undefined) return 'HP013'
  if (action.epoch !== epoch && model.epoch !== epoch) return 'HP006'
  if (action.state === said && action.epoch === epoch) return 'accepted'
  if (isFinal(model.status) || model.epoch !== epoch || !inFlight.has(action.state)) return 'late'
  action.state = said
  return 'accepted'
}

export function acknowledge(model: Model, epoch: number, stage: string): string {
  if (epoch !== model.epoch) return 'HP006'
  if (model.engine === 'sql') return 'HP003'
  const busy = [...model.actions.values()].some(({ state }) => inFlight.has(state))
  return stage === 'quiesced' && busy ? 'HP003' : 'accepted'
}

export function endRun(model: Model, epoch: number, status: 'complete' | 'failed'): string {
  if (model.status === status && epoch === model.epoch) return 'accepted'
  if (isFinal(model.status)) return 'HP002'
  if (epoch !== model.epoch || model.status === 'lost') return 'HP006'
  end(model, status)
  return 'accepted'
}

export function claim(model: Model): string {
  if (isFinal(model.status)) return 'HP002'
  if (model.lease === 'alive') return 'HP017'
  if (model.engine === 'sql') return 'HP003'
  model.epoch += 1
  model.lease = 'alive'
  loseActions(model)
  if (model.status === 'lost') {
    model.status = isHeld(model) ? 'paused' : 'running'
    model.resumeTo = isHeld(model) ? 'running' : null
  }
  return 'accepted'
}

/** A heartbeat brings a lease back that is over, as long as nobody has swept it. */
export function heartbeat(model: Model): string {
  if (model.lease === 'over') model.lease = 'alive'
  return 'accepted'
}

export function expire(model: Model): string {
  if (model.lease === 'alive') model.lease = 'over'
  return 'accepted'
}

export function sweep(model: Model): string {
  if (model.lease !== 'over') return 'accepted'
  model.lease = 'none'
  loseActions(model)
  if (model.status === 'running' || model.status === 'approved') model.status = 'lost'
  return 'accepted'
}

export function pause(model: Model): string {
  if (isFinal(model.status)) return 'HP002'
  if (model.holds.has('operator_pause')) return 'HP015'
  const before = isHeld(model)
  model.holds.add('operator_pause')
  settle(model, before)
  return 'accepted'
}

export function resume(model: Model): string {
  if (isFinal(model.status)) return 'HP002'
  const before = isHeld(model)
  const cleared = [model.holds.delete('operator_pause'), model.holds.delete('self')].includes(true)
  if (!cleared && before) return 'HP001'
  if (!cleared && model.status !== 'paused') return 'HP015'
  settle(model, before, cleared ? undefined : 'running')
  return 'accepted'
}

export function kill(model: Model): string {
  if (isFinal(model.status)) return 'HP002'
  end(model, 'killed')
  return 'accepted'
}

export function decide(model: Model, nth: number, verdict: 'approved' | 'rejected'): string {
  const approval = model.approvals[nth]
  if (approval === undefined) return 'HP014'
  if (approval.state === 'closed') return 'HP008'
  if (approval.state !== 'open') return 'HP007'
  const before = isHeld(model)
  approval.state = verdict
  settle(model, before, verdict)
  return 'accepted'
}

export function isolate(model: Model): string {
  if (isFinal(model.status) || model.holds.has('isolation')) return 'accepted'
  const before = isHeld(model)
  model.holds.add('isolation')
  settle(model, before)
  return 'accepted'
}

export function release(model: Model): string {
  const before = isHeld(model)
  if (model.holds.delete('isolation')) settle(model, before)
  return 'accepted'
}
