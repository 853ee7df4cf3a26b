import type { Approval } from '@holdpoint/protocol'

import { ClaimMark } from '../ui/Words'

const weight = { high: 'text-text font-medium', medium: 'text-text', low: '' } as const

interface RiskProps {
  readonly approval: Pick<Approval, 'risk' | 'reversible'>
  /** Says whose words these are, where that is not plain from the place. */
  readonly marked?: boolean
}

/** Risk is the agent's declaration: weight, not colour; colour belongs to states. */
export function Risk({ approval, marked = false }: RiskProps) {
  const { risk, reversible } = approval
  const words = [
    risk === null ? null : `${risk} risk`,
    reversible === false ? 'cannot be undone' : reversible === true ? 'can be undone' : null,
  ].filter((word) => word !== null)
  if (words.length === 0) return null
  return (
    <span className="shrink-0">
      <span className={risk === null ? '' : weight[risk]}>{words.join(', ')}</span>
      {marked && <ClaimMark />}
    </span>
  )
}
