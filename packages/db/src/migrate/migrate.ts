import { randomUUID } from 'node:crypto'
import { hostname } from 'node:os'
import { setTimeout as sleep } from 'node:timers/promises'

import { Client } from 'pg'

import { checkAdoption, takeOver } from './adopt.ts'
import { applyMigration, nextMigration } from './apply.ts'
import { bootstrapRoles } from './cluster-roles.ts'
import { AdoptionError, MigrationBusyError } from './errors.ts'
import { type Lease, leaseHolder, migrationLease } from './lease.ts'
import { type MigrationFile, MIGRATIONS_DIR, readMigrations } from './migration-files.ts'
import { asOwner, openSchema } from './open-schema.ts'
import { checkPrivileges } from './privileges.ts'
import { adoptRestored } from './restored.ts'
import { supportedMajor } from './server-version.ts'

export const DEFAULT_SCHEMA = 'holdpoint'

const LEASE_SECONDS = 15
const PATIENCE_MS = 300_000

export interface MigrateOptions {
  /** Connection string of a superuser, or of a login with CREATEROLE and CREATE on the database. */
  adminUrl: string
  /** Schema of all our tables; `holdpoint` unless said otherwise. */
  schema?: string
  /** Extend the tables that agents already use in this schema, keeping their rows. */
  adopt?: boolean
  /** Folder of the numbered .sql files; for a bundle that lies elsewhere, and for tests. */
  migrationsDir?: string
  /** How long a dead process keeps others waiting, in seconds by the database's clock. */
  leaseSeconds?: number
}

export interface MigrateResult {
  schema: string
  /** Names of the migrations that this call applied; empty when the schema was up to date. */
  applied: string[]
  /** Former owners of adopted tables: they lose what they could do as owners. */
  formerOwners: string[]
  /** Whether the owner may end sessions through pg_signal_backend; some hosts do not grant it. */
  canSignalBackends: boolean
}

/**
 * Brings the schema of one database up to date. Any number of processes may call it at once.
 * @throws MigrateError: ServerTooOldError, MissingPrivilegeError, AdoptionError (nothing changed in
 * these three), MigrationMismatchError, MigrationFailedError, MigrationBusyError
 */
export async function migrate(options: MigrateOptions): Promise<MigrateResult> {
  const schema = options.schema ?? DEFAULT_SCHEMA
  const files = await readMigrations(options.migrationsDir ?? MIGRATIONS_DIR)
  const admin = new Client({
    connectionString: options.adminUrl,
    application_name: 'holdpoint migrate',
  })
  // A lost connection also fails the query that is under way, which is where it is handled.
  admin.on('error', () => undefined)
  await admin.connect()
  try {
    await checkVersion(admin)
    refuseSystemSchema(schema)
    const found = await checkAdoption(admin, schema, options.adopt ?? false)
    await checkPrivileges(admin, schema)
    const { canSignalBackends } = await bootstrapRoles(admin)
    await openSchema(admin, schema)
    await takeOver(admin, schema, found)
    const holder = `${hostname()} process ${process.pid} ${randomUUID()}`
    const lease = migrationLease(holder, options.leaseSeconds ?? LEASE_SECONDS)
    const applied = await applyAll(admin, schema, files, lease)
    await adoptRestored(admin, schema)
    const formerOwners = [...new Set(found.map((table) => table.owner))]
    return { schema, applied, formerOwners, canSignalBackends }
  } finally {
    await admin.end().catch(() => undefined)
  }
}

async function checkVersion(admin: Client): Promise<void> {
  const { rows } = await admin.query<{ number: string; text: string }>(
    `select current_setting('server_version_num') as number, version() as text`,
  )
  supportedMajor(rows[0]?.number ?? '', rows[0]?.text ?? 'unknown')
  // Without it a statement of a killed migrator would run on, holding the lease's row.
  await admin.query(`set client_connection_check_interval = '1s'`)
}

function refuseSystemSchema(schema: string): void {
  if (!schema.startsWith('pg_') && schema !== 'information_schema' && schema !== '') return
  throw new AdoptionError(`${schema} is a schema of Postgres itself. Choose another one.`)
}

async function applyAll(
  admin: Client,
  schema: string,
  files: MigrationFile[],
  lease: Lease,
): Promise<string[]> {
  const applied: string[] = []
  const deadline = Date.now() + PATIENCE_MS
  try {
    for (;;) {
      const step = await applyNext(admin, schema, files, lease)
      if (step === 'done') return applied
      if (step !== 'wait') {
        applied.push(step.name)
        continue
      }
      if (Date.now() > deadline) throw await busy(admin, schema)
      await sleep(50 + Math.random() * 100)
    }
  } finally {
    // Also after a failure: the next one should not wait for this lease to run out.
    await asOwner(admin, schema, async () => lease.giveBack(admin)).catch(() => undefined)
  }
}

async function applyNext(
  admin: Client,
  schema: string,
  files: MigrationFile[],
  lease: Lease,
): Promise<MigrationFile | 'wait' | 'done'> {
  return asOwner(admin, schema, async () => {
    if ((await nextMigration(admin, files)) === undefined) return 'done'
    if (!(await lease.take(admin))) return 'wait'
    // Asked again under the lease: the one who held it until now may have applied this file.
    const file = await nextMigration(admin, files)
    if (file === undefined) return 'done'
    await applyMigration(admin, file)
    return file
  })
}

async function busy(admin: Client, schema: string): Promise<MigrationBusyError> {
  const holder = await asOwner(admin, schema, async () => leaseHolder(admin))
  return new MigrationBusyError(`Another process is migrating this database: ${holder}.`)
}
