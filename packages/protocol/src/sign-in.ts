/** What somebody who is not signed in may know. */
export interface SignInWays {
  /** The name of the provider that they can sign in with, or null. */
  readonly provider: string | null
  readonly passwords: boolean
}

/** How long things hold and how often one may fail, as the database has it. */
export const signInLimits = {
  linkHours: 24,
  /** A link works again for so long after it was used: browsers fetch ahead. */
  linkAgainMinutes: 10,
  sessionDays: 30,
  /** One that nobody uses for so long is over, too. */
  sessionIdleDays: 7,
  freeTriesOfAccount: 5,
  freeTriesOfAddress: 20,
  longestWaitMinutes: 15,
} as const

/** The provider as it is set up. Its secret never leaves the server. */
export interface ProviderFacts {
  readonly name: string
  readonly issuer: string
  readonly clientId: string
  /** Where it sends people back to. */
  readonly callback: string
}

/** An account at a provider, and whose it is here. */
export interface IdentityRow {
  readonly name: string
  readonly issuer: string
  readonly subject: string
  readonly boundAt: string
  readonly disabled: boolean
}

/** Someone who tried too often. */
export interface WaitRow {
  /** What was typed as a name, which is a claim, or where it came from. */
  readonly kind: 'account' | 'address'
  readonly of: string
  readonly failures: number
  readonly until: string
}

export interface SignInSettings {
  readonly provider: ProviderFacts | null
  readonly passwords: { readonly allowed: boolean; readonly people: number }
  readonly identities: IdentityRow[]
  readonly waiting: readonly WaitRow[]
  /** Whose word on where a request came from is taken. */
  readonly trustedProxies: readonly string[]
}

/** The session of the browser that asks. */
export interface OwnSession {
  readonly session: string
}
