import { spokenActor, type Approval } from '@holdpoint/protocol'

import { visible } from '../ui/visible'

/** Waiting, decided (by whom, when if that is given, why), or closed without a decision. */
export function outcomeWords(approval: Approval, when?: string): string {
  const { decision, decidedBy, decisionReason, closedAt, closedWhy } = approval
  const at = when === undefined ? '' : ` at ${when}`
  if (decision !== null) {
    const reason = decisionReason === null ? '' : `: “${visible(decisionReason)}”`
    const who = decidedBy === null ? 'someone' : visible(spokenActor(decidedBy))
    return `${decision} by ${who}${at}${reason}`
  }
  if (closedAt !== null)
    return `closed without a decision${at}${closedWhy === null ? '' : `: ${visible(closedWhy)}`}`
  if (approval.expiredAt !== null) return 'expired: nobody decided in time'
  return 'waits for a decision'
}

export const isOpen = (approval: Approval): boolean =>
  approval.decision === null && approval.closedAt === null
