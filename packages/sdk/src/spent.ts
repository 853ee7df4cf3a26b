/** What something used; added to what the run has used already. */
export interface Spent {
  /** Whole tokens. */
  readonly tokensIn?: number
  readonly tokensOut?: number
  /** US dollars. */
  readonly costUsd?: number
}

/** Beyond any bill: more would not fit the columns, and an action's record must not fail on its bill. */
const most = { tokensIn: 1e14, tokensOut: 1e14, costUsd: 1e7 } as const

/** The same as the database takes it. @throws RangeError for less than nothing, and for what is beyond any bill */
export function billed(spent: Spent): Spent {
  for (const what of ['tokensIn', 'tokensOut', 'costUsd'] as const) {
    const value = spent[what] ?? 0
    if (!(value >= 0 && value <= most[what])) {
      throw new RangeError(`What was spent cannot be ${value}: nothing was written.`)
    }
  }
  return {
    tokensIn: Math.round(spent.tokensIn ?? 0),
    tokensOut: Math.round(spent.tokensOut ?? 0),
    costUsd: spent.costUsd ?? 0,
  }
}
