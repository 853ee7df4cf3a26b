import { isFinal } from '@holdpoint/protocol'

import {
  type Amounts,
  clearOutcome,
  end,
  isHeld,
  isUsedUpForSteps,
  type Model,
  open,
  settle,
} from './model.ts'

// What an operator may do.

export function pause(model: Model): string {
  if (isFinal(model.status)) return 'HP002'
  if (model.holds.has('operator_pause')) return 'HP015'
  open(model, 'operator_pause')
  return 'accepted'
}

export function resume(model: Model): string {
  if (isFinal(model.status)) return 'HP002'
  if (model.holds.has('budget') && isUsedUpForSteps(model)) return 'HP001'
  const before = isHeld(model)
  const cleared = (['operator_pause', 'budget', 'self'] as const)
    .map((kind) => model.holds.delete(kind))
    .includes(true)
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

/** Also of a run that has ended: then only the ledger is put right. */
export function settleAction(model: Model, key: string, landed: boolean): string {
  const action = model.actions.get(key)
  if (action === undefined) return 'HP013'
  if (action.state !== 'unknown') return 'HP015'
  Object.assign(action, { state: landed ? 'confirmed' : 'failed', settled: true })
  clearOutcome(model, key)
  return 'accepted'
}

export function raise(model: Model, what: keyof Amounts, to: number | null): string {
  if (isFinal(model.status)) return 'HP002'
  const now = model.limits[what]
  if (now !== null && to !== null && to < now) return 'HP010'
  model.limits[what] = to
  if (!model.holds.has('budget') || isUsedUpForSteps(model)) return 'accepted'
  model.holds.delete('budget')
  settle(model, true)
  return 'accepted'
}

export function isolate(model: Model): string {
  if (!isFinal(model.status) && !model.holds.has('isolation')) open(model, 'isolation')
  return 'accepted'
}

export function release(model: Model): string {
  const before = isHeld(model)
  if (model.holds.delete('isolation')) settle(model, before)
  return 'accepted'
}
