import type { Client } from 'pg'

import { asOwner } from './open-schema.ts'

/** A dump that was restored in another cluster brings transaction numbers of the first; nothing is done in the first. */
export const adoptRestored = async (admin: Client, schema: string): Promise<void> =>
  asOwner(admin, schema, async () => {
    const { rows } = await admin.query<{ known: boolean }>(
      `select to_regprocedure('adopt_restored_history()') is not null as known`,
    )
    if (rows[0]?.known === true) await admin.query('select adopt_restored_history()')
  })
