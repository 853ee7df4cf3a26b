import { type FunctionSet, FUNCTIONS_DIR, readFunctions } from './function-files.ts'
import { type MigrationFile, MIGRATIONS_DIR, readMigrations } from './migration-files.ts'

/** What a database is to have in the end. */
export interface Wanted {
  migrations: MigrationFile[]
  /** Absent: they stay as they are. */
  functions?: FunctionSet
}

/** Folders of .sql files; those of this Holdpoint where none are named. */
interface Folders {
  migrationsDir?: string
  functionsDir?: string
}

/** @throws MigrationMismatchError when the files of the migrations have a gap or a double. */
export async function readWanted({ migrationsDir, functionsDir }: Folders = {}): Promise<Wanted> {
  const migrations = await readMigrations(migrationsDir ?? MIGRATIONS_DIR)
  if (migrationsDir !== undefined && functionsDir === undefined) return { migrations }
  return { migrations, functions: await readFunctions(functionsDir ?? FUNCTIONS_DIR) }
}

/** How the schema of a database stands to what is wanted. */
export type SchemaState = {
  /** Names of the migrations that it has, the first one first. */
  readonly applied: readonly string[]
} & (
  | { readonly is: 'same' | 'newer' | 'other functions' | 'newer functions' }
  /** With their tables the functions are made anew, whatever is there. */
  | { readonly is: 'behind'; readonly missing: MigrationFile[] }
  /** Another, unreleased version made it: that one applied `name` where `file` stands, or with another text. */
  | { readonly is: 'other'; readonly name: string; readonly file: string }
)

/** Asks a database; its search_path is our schema. */
export type Ask = <Row>(sql: string) => Promise<Row[]>

interface Applied {
  version: number
  name: string
  checksum: string
}

/** Looks at a schema that has its bookkeeping; changes nothing. */
export async function schemaState(ask: Ask, wanted: Wanted): Promise<SchemaState> {
  const rows = await ask<Applied>(
    'select version, name, checksum from schema_migrations order by version',
  )
  const applied = rows.map(({ name }) => name)
  const { migrations, functions } = wanted
  for (const [index, { name, version, checksum }] of rows.entries()) {
    const file = migrations[index]
    if (file === undefined) return { applied, is: 'newer' }
    const same = [file.checksum, ...file.replaces].includes(checksum)
    if (!same || file.version !== version) return { applied, is: 'other', name, file: file.name }
  }
  const missing = migrations.slice(rows.length)
  if (missing.length > 0) return { applied, is: 'behind', missing }
  if (functions === undefined) return { applied, is: 'same' }
  const had = await ask<{ digest: string }>('select digest from schema_functions order by n')
  if (had.at(-1)?.digest === functions.digest) return { applied, is: 'same' }
  // A digest has no order, so the database keeps which sets it had: whoever brings one that it had before its present
  // one is older than the database.
  const before = had.some(({ digest }) => digest === functions.digest)
  return { applied, is: before ? 'newer functions' : 'other functions' }
}
