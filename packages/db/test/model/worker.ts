import { isFinal } from '@holdpoint/protocol'

import { lookAtLimits } from './agent.ts'
import {
  clearOutcome,
  end,
  isHeld,
  isInFlight,
  isStopped,
  isUsedUp,
  isUsedUpForSteps,
  loseActions,
  type Model,
  open,
  settle,
} from './model.ts'

// What a worker calls that believes in an epoch.

/** What the gate says before it looks at the step or the action itself. */
function gate(model: Model, epoch: number): string | undefined {
  if (isFinal(model.status)) return 'RUN_ENDED'
  if (epoch !== model.epoch || model.status === 'lost') return 'FENCED'
  if (isStopped(model)) return 'hold'
  return model.engine === 'sdk' && model.lease !== 'alive' ? 'FENCED' : undefined
}

export function beginStep(model: Model, epoch: number): string {
  const no = gate(model, epoch)
  if (no !== undefined) return no
  if (isUsedUpForSteps(model)) {
    open(model, 'budget')
    return 'hold'
  }
  model.used.steps += 1
  model.status = 'running'
  return 'allow'
}

export function beginAction(model: Model, epoch: number, key: string, idempotent = false): string {
  const no = gate(model, epoch)
  if (no !== undefined) return no
  const earlier = model.actions.get(key)
  if (earlier?.state === 'confirmed') return 'done'
  if (earlier !== undefined && isInFlight(earlier)) return 'NOTHING_TO_DO'
  if (earlier?.state === 'unknown' && !idempotent) {
    model.outcome = key
    settle(model, false)
    return 'hold'
  }
  if (isUsedUp(model)) {
    open(model, 'budget')
    return 'hold'
  }
  const attempt = (earlier?.attempt ?? 0) + 1
  model.actions.set(key, { state: 'intended', epoch, attempt, settled: false })
  model.status = 'running'
  return 'allow'
}

export function endAction(model: Model, epoch: number, key: string, said: string): string {
  const action = model.actions.get(key)
  if (action === undefined) return 'HP013'
  if (action.epoch !== epoch && model.epoch !== epoch) return 'HP006'
  if (action.state === said && action.epoch === epoch && !action.settled) return 'accepted'
  const landed = action.state === 'unknown' && said === 'confirmed'
  if (isFinal(model.status) || model.epoch !== epoch) return 'late'
  if (!isInFlight(action) && !landed) return 'late'
  Object.assign(action, { state: said, epoch })
  if (landed) clearOutcome(model, key)
  return 'accepted'
}

/** Of plain SQL it is a change like any other; what takes a worker's run over a limit is noticed by its next call. */
export function reportSpend(model: Model, epoch: number): string {
  if (isFinal(model.status)) return 'HP002'
  if (epoch !== model.epoch) return 'HP006'
  if (model.engine === 'sql' && (isStopped(model) || model.status === 'lost')) return 'HP001'
  model.used.tokens += 1
  lookAtLimits(model)
  return 'accepted'
}

export function acknowledge(model: Model, epoch: number, stage: string): string {
  if (epoch !== model.epoch) return 'HP006'
  if (model.engine === 'sql') return 'HP003'
  return stage === 'quiesced' && isBusy(model) ? 'HP003' : 'accepted'
}

const isBusy = ({ actions }: Model): boolean => [...actions.values()].some(isInFlight)

export function endRun(model: Model, epoch: number, status: 'complete' | 'failed'): string {
  if (model.status === status && epoch === model.epoch) return 'accepted'
  if (isFinal(model.status)) return 'HP002'
  if (epoch !== model.epoch || model.status === 'lost') return 'HP006'
  end(model, status)
  return 'accepted'
}

export function letGo(model: Model, epoch: number): string {
  if (isFinal(model.status)) return 'HP002'
  if (epoch !== model.epoch) return 'HP006'
  if (model.engine === 'sql' || isBusy(model)) return 'HP003'
  model.lease = 'none'
  if (!model.worker) return 'accepted'
  model.worker = false
  if (model.status === 'running' || model.status === 'approved') model.status = 'queued'
  return 'accepted'
}

export function claim(model: Model): string {
  if (isFinal(model.status)) return 'HP002'
  if (model.lease === 'alive') return 'HP017'
  if (model.engine === 'sql' && model.status !== 'queued') return 'HP003'
  take(model)
  return 'accepted'
}

/** The same by a worker that asks for any work: 'nothing' where `claim` would find something to wait for. */
export function claimNext(model: Model): string {
  const waits = model.status === 'paused' && model.resumeTo !== 'rejected'
  const driven = model.engine === 'sql' && model.status !== 'queued'
  if (isFinal(model.status) || isHeld(model) || waits || driven) return 'nothing'
  if (model.lease === 'alive') return 'nothing'
  take(model)
  return 'accepted'
}

function take(model: Model): void {
  const held = isHeld(model)
  model.engine = 'sdk'
  model.epoch += 1
  model.lease = 'alive'
  model.worker = true
  loseActions(model)
  const waited = model.status === 'lost' || model.status === 'queued'
  // Taking a run after a no that nothing else holds is reading the answer.
  const read = model.status === 'paused' && model.resumeTo === 'rejected' && !held
  if (waited) {
    model.resumeTo = held ? 'running' : null
    model.status = held ? 'paused' : 'running'
  } else if (read) {
    model.resumeTo = null
    model.status = 'running'
  } else if (model.resumeTo === 'queued') model.resumeTo = 'running'
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
  model.worker = false
  loseActions(model)
  if (model.status === 'running' || model.status === 'approved') model.status = 'lost'
  return 'accepted'
}
