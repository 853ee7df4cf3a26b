import type { Approval } from '@holdpoint/protocol'

const weight = { high: 'text-text font-medium', medium: 'text-text', low: '' } as const

/** Risk is the agent's declaration: weight, not colour; colour belongs to states. */
export function Risk({ approval: { risk, reversible } }: { readonly approval: Approval }) {
  const words = [
    risk === null ? null : `${risk} risk`,
    reversible === false ? 'cannot be undone' : reversible === true ? 'can be undone' : null,
  ].filter((word) => word !== null)
  if (words.length === 0) return null
  return <span className={`shrink-0 ${risk === null ? '' : weight[risk]}`}>{words.join(', ')}</span>
}
