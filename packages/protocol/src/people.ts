/** What someone may do: look; stop and start runs; decide approvals; lock agents out; manage people and settings. */
export const scopes = ['read', 'control', 'decide', 'isolate', 'administer'] as const
export type Scope = (typeof scopes)[number]

export const roles = ['viewer', 'operator', 'reviewer', 'admin'] as const
export type Role = (typeof roles)[number]

/** What each role lets a person do; with several they may do all of it. As `scopes_of` in the database. */
export const scopesOfRole = {
  viewer: ['read'],
  operator: ['read', 'control', 'isolate'],
  reviewer: ['read', 'decide'],
  admin: scopes,
} as const satisfies Record<Role, readonly Scope[]>

/** Whom every installation has from the start, with every right. */
export const firstPerson = 'local'

/** A person's name as it stands in the log, after `operator:`. */
export const personName = /^[a-z0-9][a-z0-9._@+-]{0,99}$/
/** In characters. */
export const shortestPassword = 12
export const longestPassword = 200

/** A token's name, after `token:`. */
export const tokenName = /^[a-z0-9][a-z0-9._-]{0,59}$/

export interface PersonRow {
  readonly name: string
  readonly email: string | null
  readonly roles: readonly Role[]
  /** Whose runs they may command; null is every agent's. */
  readonly agents: readonly string[] | null
  readonly disabledAt: string | null
  readonly disabledBy: string | null
  readonly addedAt: string
  readonly addedBy: string
  readonly lastSeenAt: string | null
  /** Null: they come in by link, or through a provider. */
  readonly passwordSetAt: string | null
  /** How many of their sessions are open. */
  readonly sessions: number
}

export interface SignInRow {
  readonly id: string
  readonly name: string
  readonly method: 'link' | 'password' | 'oidc'
  readonly userAgent: string | null
  readonly address: string | null
  readonly beganAt: string
  readonly lastSeenAt: string
  readonly expiresAt: string
  /** The session that asks. */
  readonly own: boolean
}

export interface TokenRow {
  readonly name: string
  readonly scopes: readonly Scope[]
  readonly agents: readonly string[] | null
  /** Null: the machine's own. */
  readonly madeBy: string | null
  readonly madeAt: string
  readonly expiresAt: string | null
  readonly lastUsedAt: string | null
  readonly revokedAt: string | null
  readonly revokedBy: string | null
  readonly works: boolean
}
