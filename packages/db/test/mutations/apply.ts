import type { Pool } from 'pg'

import { mutations } from './mutations.ts'

/** Takes one enforcement out of a database that was migrated whole. */
export async function applyMutation(admin: Pool, name: string | undefined): Promise<void> {
  if (name === undefined || name === '') return
  const mutation = mutations.find((each) => each.name === name)
  if (mutation === undefined) throw new Error(`There is no mutation ${name}.`)
  await admin.query(mutation.sql)
}
