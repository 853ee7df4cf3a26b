import { usedUp } from './budget.ts'
import { clearedByResume, type HoldKind } from './holds.ts'
import { activeStatuses, isFinal, type RunStatus } from './run-state.ts'
import type { Limits, Spend } from './run.ts'

/**
 * What an operator may ask of a run in which status. Screens disable what is refused here and say why;
 * the server refuses the same with the same table; the database refuses it whatever either says.
 */
export const runVerbs = ['pause', 'resume', 'kill'] as const
export type RunVerb = (typeof runVerbs)[number]

const statusesFor: Readonly<Record<RunVerb, readonly RunStatus[]>> = {
  pause: activeStatuses,
  resume: ['paused', 'lost'],
  kill: activeStatuses,
}

export type Can = { readonly allowed: true } | { readonly allowed: false; readonly because: string }

interface Holdable {
  readonly status: RunStatus
  readonly heldBy: readonly HoldKind[]
  readonly stopReason: string | null
  readonly spend: Spend
  readonly steps: number
  readonly limits: Limits
}

const allowed: Can = { allowed: true }
const refused = (because: string): Can => ({ allowed: false, because })

function canResume(run: Holdable): Can {
  if (run.heldBy.includes('budget') && usedUp(run).length > 0)
    return refused('Its budget is used up: raise the limit first.')
  if (run.heldBy.some((kind) => clearedByResume[kind])) return allowed
  if (run.heldBy.includes('isolation'))
    return refused('Its agent is isolated: release the agent first.')
  if (run.heldBy.includes('approval'))
    return refused('It waits for a decision: approve or reject instead.')
  if (run.heldBy.includes('outcome'))
    return refused('An action has an unknown outcome: say whether it landed.')
  if (run.status === 'paused') return allowed
  return refused('Nothing holds this run.')
}

/** May an operator do this to a run as it stands? A refusal says why in one sentence. */
export function can(verb: RunVerb, run: Holdable): Can {
  if (isFinal(run.status)) return refused(`The run is ${run.status}; that is final.`)
  if (!statusesFor[verb].includes(run.status)) {
    return refused(
      verb === 'resume' ? 'The run is not paused.' : `A ${run.status} run cannot be ${verb}d.`,
    )
  }
  if (verb === 'pause' && run.heldBy.includes('operator_pause'))
    return refused('An operator paused it already.')
  return verb === 'resume' ? canResume(run) : allowed
}
