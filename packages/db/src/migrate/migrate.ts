import { randomUUID } from 'node:crypto'
import { hostname } from 'node:os'
import { setTimeout as sleep } from 'node:timers/promises'

import { Client } from 'pg'

import { checkAdoption, takeOver } from './adopt.ts'
import { applyFunctions } from './apply-functions.ts'
import { applyMigration } from './apply.ts'
import { bootstrapRoles } from './cluster-roles.ts'
import { AdoptionError, MigrationBusyError } from './errors.ts'
import { type Lease, leaseHolder, migrationLease } from './lease.ts'
import { nextStep, type Step } from './next-step.ts'
import { asOwner, openSchema } from './open-schema.ts'
import { checkPrivileges } from './privileges.ts'
import { adoptRestored } from './restored.ts'
import { readWanted, type Wanted } from './schema-state.ts'
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
  /** Folder of the functions. With a `migrationsDir` and without this one, functions are left as they are. */
  functionsDir?: string
  /** How long a dead process keeps others waiting, in seconds by the database's clock. */
  leaseSeconds?: number
}

export interface MigrateResult {
  schema: string
  /** Names of the migrations that this call applied; empty when the schema was up to date. */
  applied: string[]
  /** Whether this call made the functions those of the files; false when they were already. */
  functionsReplaced: boolean
  /** Former owners of adopted tables: they lose what they could do as owners. */
  formerOwners: string[]
  /** Whether the owner may end sessions through pg_signal_backend; some hosts do not grant it. */
  canSignalBackends: boolean
}

/**
 * Brings the schema of one database up to date. Any number of processes may call it at once.
 * @throws MigrateError: ServerTooOldError, MissingPrivilegeError, AdoptionError (nothing changed in
 * these three), MigrationMismatchError, MigrationFailedError, FunctionsFailedError, MigrationBusyError
 */
export async function migrate(options: MigrateOptions): Promise<MigrateResult> {
  const schema = options.schema ?? DEFAULT_SCHEMA
  const wanted = await readWanted(options)
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
    const done = await applyAll(admin, schema, wanted, lease)
    await adoptRestored(admin, schema)
    const formerOwners = [...new Set(found.map((table) => table.owner))]
    return { schema, ...done, formerOwners, canSignalBackends }
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
  wanted: Wanted,
  lease: Lease,
): Promise<Pick<MigrateResult, 'applied' | 'functionsReplaced'>> {
  const done = { applied: [] as string[], functionsReplaced: false }
  const deadline = Date.now() + PATIENCE_MS
  try {
    for (;;) {
      const step = await applyNext(admin, schema, wanted, lease)
      if (step === 'done') return done
      if (step !== 'wait') {
        done.applied.push(...step.migrations.map(({ name }) => name))
        done.functionsReplaced ||= step.functions !== undefined
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
  wanted: Wanted,
  lease: Lease,
): Promise<Step | 'wait' | 'done'> {
  return asOwner(admin, schema, async () => {
    if ((await nextStep(admin, wanted)) === undefined) return 'done'
    if (!(await lease.take(admin))) return 'wait'
    // Asked again under the lease: the one who held it until now may have done this.
    const step = await nextStep(admin, wanted)
    if (step === undefined) return 'done'
    for (const file of step.migrations) await applyMigration(admin, file)
    if (step.functions !== undefined) await applyFunctions(admin, step.functions)
    return step
  })
}

async function busy(admin: Client, schema: string): Promise<MigrationBusyError> {
  const holder = await asOwner(admin, schema, async () => leaseHolder(admin))
  return new MigrationBusyError(`Another process is migrating this database: ${holder}.`)
}
