import { stopReasonFacts, type Run } from '@holdpoint/protocol'

import { askedFor, asksFor } from '../approvals/asking.ts'
import { inFlight } from '../runs/inFlight.ts'

/** What a run does now, what it waits for, or why it stopped. Names and targets are the agent's own. */
export type Now =
  | {
      readonly is: 'tool'
      readonly tool: string
      readonly target: string | null
      readonly since: string | null
    }
  | { readonly is: 'words'; readonly words: string; readonly quiet: boolean }

const words = (text: string, quiet = false): Now => ({ is: 'words', words: text, quiet })

export function nowOf(run: Run): Now | null {
  const { tool, toolTarget, toolSince, stopReason, stopDetail, waitingOn } = run
  if (inFlight(run) === 'now' && tool !== null)
    return { is: 'tool', tool, target: toolTarget, since: toolSince }
  if (stopReason === 'AWAITING_APPROVAL') return askedNow(run)
  // A run that was stopped while it waited is stopped.
  if (stopReason !== null) return words(stopReasonFacts[stopReason].label)
  if (waitingOn !== null)
    return words([waitingOn.kind, waitingOn.what].filter((part) => part !== null).join(' · '), true)
  if (stopDetail !== null) return words(stopDetail)
  return run.status === 'failed' ? words('it gave no reason', true) : null
}

/** Its state says already that it awaits approval: here stands of what alone. */
function askedNow({ asks, stopDetail }: Run): Now {
  // Of before it was recorded, the run's own words are all there is.
  if (!asks) return words(stopDetail ?? 'asks for approval')
  return askedFor(asks).call && asks.tool !== null
    ? { is: 'tool', tool: asks.tool, target: asks.target, since: null }
    : words(asksFor(asks))
}

/** The same in a line, whole. */
export function nowWords(run: Run): string | null {
  const now = nowOf(run)
  if (now === null) return null
  return now.is === 'words'
    ? now.words
    : [now.tool, now.target].filter((part) => part !== null && part !== '').join(' ')
}
