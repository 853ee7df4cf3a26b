import type { ClientBase } from 'pg'

import { MigrationFailedError, MigrationMismatchError } from './errors.ts'
import { failureText } from './failure-text.ts'
import { LAST_WITH_FUNCTIONS, type MigrationFile } from './migration-files.ts'

interface Applied {
  version: number
  name: string
  checksum: string
}

/**
 * The files that this database does not have.
 * @throws MigrationMismatchError when what was applied is not what the files say.
 */
export async function missingMigrations(
  client: ClientBase,
  files: MigrationFile[],
): Promise<MigrationFile[]> {
  const { rows } = await client.query<Applied>(
    'select version, name, checksum from schema_migrations order by version',
  )
  for (const [index, applied] of rows.entries()) {
    const file = files[index]
    if (file === undefined) {
      throw new MigrationMismatchError(
        `This database was migrated by a newer Holdpoint (it has ${applied.name}). Update this one.`,
      )
    }
    const same = [file.checksum, ...file.replaces].includes(applied.checksum)
    if (!same || file.version !== applied.version) {
      throw new MigrationMismatchError(
        `Migration ${applied.name} was applied to this database with other content than ${file.name}.sql has now: ` +
          'another, unreleased version made it. Nothing was changed. Use that version, or another database or data folder.',
      )
    }
  }
  return files.slice(rows.length)
}

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
