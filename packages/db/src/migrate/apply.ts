import type { ClientBase } from 'pg'
import { DatabaseError } from 'pg'

import { MigrationFailedError, MigrationMismatchError } from './errors.ts'
import type { MigrationFile } from './migration-files.ts'

interface Applied {
  version: number
  name: string
  checksum: string
}

/**
 * The next file that this database does not have; undefined when it has all.
 * @throws MigrationMismatchError when what was applied is not what the files say.
 */
export async function nextMigration(
  client: ClientBase,
  files: MigrationFile[],
): Promise<MigrationFile | undefined> {
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
  return files[rows.length]
}

/** Runs one file and records it; the caller holds the transaction. @throws MigrationFailedError */
export async function applyMigration(client: ClientBase, file: MigrationFile): Promise<void> {
  try {
    await client.query(file.sql)
  } catch (error) {
    throw new MigrationFailedError(describe(file, error), { cause: error })
  }
  await client.query(
    'insert into schema_migrations (version, name, checksum) values ($1, $2, $3)',
    [file.version, file.name, file.checksum],
  )
}

function describe(file: MigrationFile, error: unknown): string {
  if (!(error instanceof DatabaseError)) return `${file.name}.sql: ${String(error)}`
  const before = error.position === undefined ? '' : file.sql.slice(0, Number(error.position) - 1)
  const line = before === '' ? '' : ` line ${before.split('\n').length}`
  const more = [error.detail, error.hint, error.where].filter((part) => part !== undefined)
  const text = [`${error.message} (${error.code ?? 'no code'})`, ...more].join('\n  ')
  return `${file.name}.sql${line}: ${text}\nThis migration was rolled back; those before it stand.`
}
