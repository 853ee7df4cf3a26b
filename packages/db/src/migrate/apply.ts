import type { ClientBase } from 'pg'

import { MigrationFailedError } from './errors.ts'
import { failureText } from './failure-text.ts'
import { LAST_WITH_FUNCTIONS, type MigrationFile } from './migration-files.ts'

/** Runs one file and records it; the caller holds the transaction. @throws MigrationFailedError */
export async function applyMigration(client: ClientBase, file: MigrationFile): Promise<void> {
  try {
    await client.query(file.sql)
  } catch (error) {
    const text = failureText(`${file.name}.sql`, file.sql, error)
    throw new MigrationFailedError(
      file.version <= LAST_WITH_FUNCTIONS
        ? `${text}\nThis migration was rolled back; those before it stand.`
        : `${text}\nIt was rolled back with all that should have come at once with it: the database is as it was.`,
      { cause: error },
    )
  }
  await client.query(
    'insert into schema_migrations (version, name, checksum) values ($1, $2, $3)',
    [file.version, file.name, file.checksum],
  )
}
