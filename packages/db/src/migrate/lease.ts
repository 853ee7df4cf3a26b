import type { ClientBase } from 'pg'

/**
 * The right to migrate one schema: a row, since advisory locks do nothing on CockroachDB. It runs
 * out by the database's clock, so a holder that died is replaced. Both calls belong inside a
 * transaction as owner; the row stays locked until it ends, so a lease cannot be taken away in the
 * middle of a migration, however long that takes.
 */
export interface Lease {
  /** Takes or prolongs the lease. False while someone else holds it. */
  take(client: ClientBase): Promise<boolean>
  giveBack(client: ClientBase): Promise<void>
}

export function migrationLease(holder: string, seconds: number): Lease {
  return {
    async take(client) {
      const { rowCount } = await client.query(
        `update schema_migration_lease
            set holder = $1, expires_at = clock_timestamp() + make_interval(secs => $2)
          where holder = $1 or holder is null or expires_at < clock_timestamp()`,
        [holder, seconds],
      )
      return rowCount === 1
    },
    async giveBack(client) {
      await client.query(
        `update schema_migration_lease set holder = null, expires_at = '-infinity' where holder = $1`,
        [holder],
      )
    },
  }
}

/** Who holds the lease now, for the message of the one who waited in vain. */
export async function leaseHolder(client: ClientBase): Promise<string> {
  const { rows } = await client.query<{ holder: string | null }>(
    'select holder from schema_migration_lease',
  )
  return rows[0]?.holder ?? 'nobody'
}
