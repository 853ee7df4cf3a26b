import { createTestDatabase, type TestDatabase } from '@holdpoint/db/testing'
import { type ErrorBody, type Scope, scopes } from '@holdpoint/protocol'
import { TRPCError } from '@trpc/server'
import { afterAll } from 'vitest'

import { openDatabase } from '../src/database/database.ts'
import { Problem } from '../src/database/problem.ts'
import { Seal } from '../src/database/seal.ts'
import type { Caller } from '../src/trpc/procedure.ts'
import { createCaller } from '../src/trpc/router.ts'

export interface Asked {
  readonly db: TestDatabase
  /** The procedures as an operator who may do everything. */
  readonly operator: ReturnType<typeof createCaller>
  as: (actor: string, may: readonly Scope[]) => ReturnType<typeof createCaller>
  /** A run of the trial login. @returns its id */
  startRun: (columns?: Record<string, unknown>) => Promise<string>
}

/** The procedures on a database of their own, without HTTP. */
export async function askServer(): Promise<Asked> {
  const db = await createTestDatabase()
  const database = openDatabase(db.serverUrl, () => undefined)
  // Closed before the database is dropped.
  afterAll(async () => database.close())
  const as = (actor: string, may: readonly Scope[]): ReturnType<typeof createCaller> => {
    const caller: Caller = { actor, person: actor, scopes: may }
    return createCaller({
      caller,
      database,
      outbound: { seal: new Seal('key of the tests'), hasMailServer: false },
      waysIn: () => ({ provider: null, trustedProxies: [] }),
      live: () => ({
        vitals: { database: 'up', asOf: null, lagMs: 0, clockSkewMs: 0 },
        viewers: 0,
      }),
      system: { environment: 'test', version: '0', embedded: true, startedAt: 'now' },
      signInUrl: (secret) => `http://test/sign-in?token=${secret}`,
      log: () => undefined,
    })
  }
  return {
    db,
    as,
    operator: as('operator:maria', scopes),
    startRun: async (columns = {}) => {
      const row = { agent_id: 'a', current_step: 'step_1', ...columns }
      const names = Object.keys(row)
      const { rows } = await db.trial.query<{ id: string }>(
        `insert into workflow_checkpoints (${names.join(', ')})
         values (${names.map((_, n) => `$${n + 1}`).join(', ')}) returning workflow_id as id`,
        Object.values(row),
      )
      return rows[0]?.id ?? ''
    },
  }
}

/** What a caller is told when it is refused. */
export async function refusal(work: Promise<unknown>): Promise<ErrorBody> {
  try {
    await work
  } catch (error) {
    if (error instanceof TRPCError && error.cause instanceof Problem) return error.cause.body
    throw error
  }
  throw new Error('it was not refused')
}
