import {
  capabilitiesOf,
  stopReasonFacts,
  holdLabels,
  runState,
  type Detection,
  type Run,
  type StopReason,
} from '@holdpoint/protocol'

import { askedFor } from '../approvals/asking.ts'
import { inFlight } from '../runs/inFlight.ts'

/** What kinds of trouble ask for a person, most urgent first. */
export const troubles = [
  'approval',
  'outcome',
  'overdue',
  'budget',
  'drift',
  'stopped',
  'failed',
] as const
export type Trouble = (typeof troubles)[number]

/** A request that its worker has not acknowledged after this long (ms) has gone wrong. */
const unheardMs = 30_000

/** Deliberate acts of a person, and what has its own line, ask for nobody. */
const expected = new Set<StopReason>([
  'USER_PAUSED',
  'USER_KILLED',
  'AWAITING_APPROVAL',
  'ISOLATED',
])

/** Where it stood when it stopped: the tool, else the step. */
export const placeOf = ({ tool, step }: Run): string | null => tool ?? step

const inTool = (run: Run): string =>
  [run.tool, run.toolTarget].filter((part) => part !== null).join(' ')

/** The reason in a few words. */
function reasonOf(run: Run): string {
  if (run.stopReason !== null) return stopReasonFacts[run.stopReason].label.toLowerCase()
  const [hold] = run.heldBy
  return hold === undefined ? run.status : holdLabels[hold]
}

/** What a run asks for by how it stands. */
export interface Asking {
  readonly trouble: Exclude<Trouble, 'approval' | 'overdue'>
  readonly like: string
  readonly what: string
  /** Its detail is Holdpoint's own, not the agent's. */
  readonly ours?: boolean
}

function unheard({ control, engine }: Run, now: number): boolean {
  return (
    control !== null &&
    capabilitiesOf(engine).delivery === 'observed' &&
    control.acknowledgedAt === null &&
    control.quiescedAt === null &&
    now - Date.parse(control.requestedAt) > unheardMs
  )
}

function ofHeld(run: Run): Asking | null {
  if (run.heldBy.includes('outcome')) {
    // The gate said which action it is about; a person's pause, which ranks first, says something else.
    const said = run.stopReason === 'UNKNOWN_OUTCOME' ? run.stopDetail : null
    const what = said ?? 'an action has an unknown outcome'
    return { trouble: 'outcome', like: 'outcome unknown', what, ours: true }
  }
  if (run.stopReason === 'BUDGET_EXCEEDED')
    return { trouble: 'budget', like: reasonOf(run), what: reasonOf(run), ours: true }
  if (run.heldBy.includes('detection') && run.stopReason !== 'USER_PAUSED')
    return {
      trouble: 'drift',
      like: reasonOf(run),
      what: driftWords(run, run.stopDetail),
      ours: true,
    }
  if (run.stopReason === 'APPROVAL_EXPIRED' && run.asks)
    return {
      trouble: 'stopped',
      like: reasonOf(run),
      what: `nobody decided in time: ${askedFor(run.asks).words}`,
      ours: true,
    }
  if (run.stopReason !== null && expected.has(run.stopReason)) return null
  return { trouble: 'stopped', like: reasonOf(run), what: reasonOf(run) }
}

/** What is found, and what it stands on. */
const driftWords = (run: Run, why: string | null): string =>
  [run.stopReason === null ? 'drifts' : reasonOf(run), why].filter(Boolean).join(': ')

/** A policy that does not hold found something: the run goes on, and someone should look. */
export const ofNoted = ({ finding, why }: Detection): Asking => ({
  trouble: 'drift',
  like: stopReasonFacts[finding].label.toLowerCase(),
  what: `${stopReasonFacts[finding].label.toLowerCase()}, not held: ${why}`,
  ours: true,
})

function ofLost(run: Run): Asking {
  return inFlight(run) === 'none'
    ? {
        trouble: 'stopped',
        like: 'worker lost',
        what: 'worker lost, nothing in flight',
        ours: true,
      }
    : {
        trouble: 'outcome',
        like: 'worker lost, outcome unknown',
        what: `worker lost, ${inTool(run)} in flight, outcome unknown`,
        ours: true,
      }
}

function ofFailed(run: Run): Asking {
  const like = run.stopReason === null ? 'failed' : `failed: ${reasonOf(run)}`
  const at = placeOf(run)
  return { trouble: 'failed', like, what: at === null ? like : `${like} at ${at}` }
}

/** What is wrong with a run, if anything is; `now` in ms. */
export function asks(run: Run, now: number): Asking | null {
  switch (runState(run)) {
    case 'failed':
      return ofFailed(run)
    case 'lost':
      return ofLost(run)
    case 'paused': {
      const held = ofHeld(run)
      if (held !== null) return held
      break
    }
    case 'needs_approval':
    case 'running':
    case 'waiting':
    case 'approved':
    case 'queued':
      break
    case 'complete':
    case 'killed':
      return null
  }
  if (run.control === null || !unheard(run, now)) return null
  const like = `${run.control.verb} not acknowledged by its worker`
  return { trouble: 'stopped', like, what: like, ours: true }
}
