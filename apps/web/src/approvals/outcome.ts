import type { Approval } from '@holdpoint/protocol'

import { visible } from '../ui/visible'

/** Waiting, decided (by whom, why), or closed without a decision. */
export function outcomeWords(approval: Approval): string {
  const { decision, decidedBy, decisionReason, closedAt, closedWhy } = approval
  if (decision !== null) {
    const reason = decisionReason === null ? '' : `: “${visible(decisionReason)}”`
    return `${decision} by ${visible(decidedBy ?? 'someone')}${reason}`
  }
  if (closedAt !== null)
    return `closed without a decision${closedWhy === null ? '' : `: ${visible(closedWhy)}`}`
  if (approval.expiredAt !== null) return 'expired: nobody decided in time'
  return 'waits for a decision'
}

export const isOpen = (approval: Approval): boolean =>
  approval.decision === null && approval.closedAt === null
