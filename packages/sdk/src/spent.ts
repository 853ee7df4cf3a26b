/** What something used; added to what the run has used already. */
export interface Spent {
  /** Whole tokens. */
  readonly tokensIn?: number
  readonly tokensOut?: number
  /** US dollars. */
  readonly costUsd?: number
}

/** The same as the database takes it. @throws RangeError for less than nothing */
export function billed(spent: Spent): Spent {
  for (const value of [spent.tokensIn, spent.tokensOut, spent.costUsd]) {
    if (value !== undefined && !(value >= 0 && Number.isFinite(value))) {
      throw new RangeError(`What was spent cannot be ${value}: nothing was written.`)
    }
  }
  return {
    tokensIn: Math.round(spent.tokensIn ?? 0),
    tokensOut: Math.round(spent.tokensOut ?? 0),
    costUsd: spent.costUsd ?? 0,
  }
}
