import type { ClientBase } from 'pg'

import { MigrationMismatchError } from './errors.ts'
import type { FunctionSet } from './function-files.ts'
import { LAST_WITH_FUNCTIONS, type MigrationFile } from './migration-files.ts'
import { schemaState, type Wanted } from './schema-state.ts'

/** What one transaction does. */
export interface Step {
  migrations: MigrationFile[]
  /** Absent: they stay as they are. */
  functions?: FunctionSet
}

/**
 * What this database is given next; undefined when it has all.
 * @throws MigrationMismatchError when it has what the files do not know, or other than they say.
 */
export async function nextStep(client: ClientBase, wanted: Wanted): Promise<Step | undefined> {
  const state = await schemaState(
    async <Row>(sql: string) => (await client.query(sql)).rows as Row[],
    wanted,
  )
  switch (state.is) {
    case 'same':
      return undefined
    case 'behind': {
      const first = state.missing.slice(0, 1)
      return first.some(({ version }) => version <= LAST_WITH_FUNCTIONS)
        ? { migrations: first }
        : { ...wanted, migrations: state.missing }
    }
    case 'other functions':
      return { ...wanted, migrations: [] }
    case 'newer':
      throw new MigrationMismatchError(
        `This database was migrated by a newer Holdpoint (it has ${state.applied[wanted.migrations.length]}). Update this one.`,
      )
    case 'newer functions':
      throw new MigrationMismatchError(
        'The functions of this database were made by a newer Holdpoint: it had those of this one before. Nothing was changed. Update this one.',
      )
    case 'other':
      throw new MigrationMismatchError(
        `Migration ${state.name} was applied to this database with other content than ${state.file}.sql has now: ` +
          'another, unreleased version made it. Nothing was changed. Use that version, or another database or data folder.',
      )
  }
}
