import { isFinal } from '@holdpoint/protocol'

import { end, heldBy, isHeld, isStopped, isUsedUp, type Model, open, settle } from './model.ts'

// What an agent writes in plain SQL.

/** A plain write that changes the checkpoint. */
export function writeStep(model: Model): string {
  const no = plainRefusal(model)
  if (no !== undefined) return no
  model.used.steps += 1
  holdOverBudget(model)
  return 'accepted'
}

export function spend(model: Model): string {
  const no = plainRefusal(model)
  if (no !== undefined) return no
  model.used.tokens += 1
  holdOverBudget(model)
  return 'accepted'
}

function plainRefusal(model: Model): string | undefined {
  if (isFinal(model.status)) return 'HP002'
  if (model.status === 'lost') return 'HP006'
  return isStopped(model) ? 'HP001' : undefined
}

/** What went over a limit has happened; what comes next is held. */
function holdOverBudget(model: Model): void {
  const { used, limits } = model
  const overSteps = limits.steps !== null && used.steps > limits.steps
  if (isUsedUp(model) || overSteps) open(model, 'budget')
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
  holdOverBudget(model)
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
  if (isStopped(model) || model.status === 'lost') return 'HP001'
  lookAtLimits(model)
  return 'accepted'
}

/** Evidence: never refused. */
export function writeAudit(model: Model): string {
  lookAtLimits(model)
  return 'accepted'
}

/** Of plain SQL whatever it writes is a moment to look, for it may never change its checkpoint. */
export function lookAtLimits(model: Model): void {
  const goesOn = ['queued', 'running', 'approved'].includes(model.status)
  if (model.engine === 'sql' && goesOn) holdOverBudget(model)
}
