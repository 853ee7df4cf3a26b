import type { Approval } from '@holdpoint/protocol'

const risks = ['high', 'medium', 'low'] as const
const risk = (approval: Approval): number =>
  approval.risk === null ? risks.length : risks.indexOf(approval.risk)

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0)

/** By deadline, then risk, then age; what has no deadline comes after what has one. */
export const byUrgency = (approvals: readonly Approval[]): readonly Approval[] =>
  approvals.toSorted(
    (a, b) =>
      compare(a.expiresAt ?? '~', b.expiresAt ?? '~') ||
      risk(a) - risk(b) ||
      compare(a.requestedAt, b.requestedAt),
  )
