import type { Pool } from 'pg'
import { inject } from 'vitest'

import { createTestDatabase, type TestDatabase } from '../../src/testing/index.ts'
import { applyMutation } from '../mutations/apply.ts'

export interface Contract extends TestDatabase {
  /** Which Postgres this is. */
  version: number
  /** Through the login of agent `alpha`. */
  alpha: Pool
  /** Through the login of agent `beta`: a stranger to alpha's runs. */
  beta: Pool
  alphaUrl: string
  betaUrl: string
  /** Superuser, unqualified names mean our schema. */
  admin: Pool
}

/**
 * A migrated database and the real logins of everyone who meets in it. When HOLDPOINT_MUTATION names
 * a mutation, its enforcement is taken out first: then the tests of that invariant must fail.
 */
export async function openContract(): Promise<Contract> {
  const db = await createTestDatabase()
  const alphaUrl = await db.addAgent('alpha')
  const betaUrl = await db.addAgent('beta')
  const admin = db.pool(db.superUrl)
  await applyMutation(admin, process.env['HOLDPOINT_MUTATION'])
  // Spread would read the getters once: they make their pools when first asked, which is fine here.
  return {
    ...db,
    version: inject('holdpointPostgres').version,
    alphaUrl,
    betaUrl,
    alpha: db.pool(alphaUrl, 12),
    beta: db.pool(betaUrl),
    admin,
  }
}
