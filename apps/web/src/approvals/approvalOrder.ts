import type { Approval } from '@holdpoint/protocol'

const risks = ['high', 'medium', 'low'] as const
const risk = (approval: Approval): number =>
  approval.risk === null ? risks.length : risks.indexOf(approval.risk)

/** By deadline, then risk, then age; what has no deadline comes after what has one. */
export const byUrgency = (approvals: readonly Approval[]): readonly Approval[] =>
  approvals.toSorted(
    (a, b) =>
      (a.expiresAt ?? '~').localeCompare(b.expiresAt ?? '~') ||
      risk(a) - risk(b) ||
      a.requestedAt.localeCompare(b.requestedAt),
  )
