import type { ClientBase } from 'pg'

import { missingMigrations } from './apply.ts'
import { MigrationMismatchError } from './errors.ts'
import { type FunctionSet, FUNCTIONS_DIR, readFunctions } from './function-files.ts'
import { functionState } from './function-state.ts'
import {
  LAST_WITH_FUNCTIONS,
  type MigrationFile,
  MIGRATIONS_DIR,
  readMigrations,
} from './migration-files.ts'

/** What a database is to have in the end. */
export interface Wanted {
  migrations: MigrationFile[]
  /** Absent: they stay as they are. */
  functions?: FunctionSet
}

/** What one transaction does. */
export interface Step {
  migrations: MigrationFile[]
  functions?: FunctionSet
}

interface Folders {
  migrationsDir?: string
  functionsDir?: string
}

export async function readWanted({ migrationsDir, functionsDir }: Folders): Promise<Wanted> {
  const migrations = await readMigrations(migrationsDir ?? MIGRATIONS_DIR)
  if (migrationsDir !== undefined && functionsDir === undefined) return { migrations }
  return { migrations, functions: await readFunctions(functionsDir ?? FUNCTIONS_DIR) }
}

/**
 * What this database is given next; undefined when it has all.
 * @throws MigrationMismatchError when it has what the files do not know, or other than they say.
 */
export async function nextStep(client: ClientBase, wanted: Wanted): Promise<Step | undefined> {
  const missing = await missingMigrations(client, wanted.migrations)
  const [next] = missing
  if (next !== undefined && next.version <= LAST_WITH_FUNCTIONS) return { migrations: [next] }
  const { functions } = wanted
  if (functions === undefined) return next && { migrations: missing }
  // Other tables: whatever was recorded, the functions are made for them.
  if (next !== undefined) return { migrations: missing, functions }
  return (await needsFunctions(client, functions)) ? { migrations: [], functions } : undefined
}

async function needsFunctions(client: ClientBase, functions: FunctionSet): Promise<boolean> {
  const { rows } = await client.query<{ digest: string }>(
    'select digest from schema_functions order by n',
  )
  const state = functionState(
    rows.map(({ digest }) => digest),
    functions,
  )
  if (state !== 'later') return state !== 'same'
  throw new MigrationMismatchError(
    'The functions of this database were made by a newer Holdpoint: it had those of this one before. Nothing was changed. Update this one.',
  )
}
