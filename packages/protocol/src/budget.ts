import type { Limits, Spend } from './run.ts'

export const limitNames = [
  'tokens',
  'costUsd',
  'steps',
  'deadline',
] as const satisfies (keyof Limits)[]
export type LimitName = (typeof limitNames)[number]

interface Budgeted {
  readonly spend: Spend
  readonly steps: number
  readonly limits: Limits
}

/** Which limits nothing is left of. Whether a deadline has passed only the database's clock can say. */
export function usedUp({ spend, steps, limits }: Budgeted): readonly LimitName[] {
  const used = { tokens: spend.tokensIn + spend.tokensOut, costUsd: spend.costUsd, steps }
  return (['tokens', 'costUsd', 'steps'] as const).filter((name) => {
    const limit = limits[name]
    return limit !== null && used[name] >= limit
  })
}
