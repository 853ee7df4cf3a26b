import { type Client, escapeIdentifier } from 'pg'

import { type Command, type Context, dataOption, jsonOption, schemaOption } from '../command.ts'
import { withDatabase } from '../database/connect.ts'
import { findAdminUrl } from '../database/find.ts'
import { CliFailure } from '../failure.ts'
import { readSettings, type Settings } from '../settings.ts'
import { type Check, report, verdict } from './check.ts'
import {
  checkClock,
  checkPartitions,
  checkSchema,
  checkTransactions,
  checkVersion,
  hasTables,
  noTables,
} from './database.ts'
import { checkHost } from './host.ts'
import { checkRoles } from './roles.ts'
import { checkServer } from './server.ts'

export const doctorCommand: Command = {
  name: 'doctor',
  summary: 'Check the machine, the database, and what each role can really reach',
  operands: [],
  options: [jsonOption, schemaOption, dataOption],
  notes: [
    'Changes nothing. Exits with 1 when a check is bad, for instance when an agent can delete.',
  ],
  examples: [
    'holdpoint doctor',
    'DATABASE_URL=postgres://admin@db.internal/agents holdpoint doctor --json',
  ],
  async run(args, context) {
    const settings = readSettings(args.values, context.env)
    const { checks, failure } = await examine(settings)
    print(checks, args.switches.has('json'), context)
    if (failure !== undefined) throw failure
    return checks.some(({ status }) => status === 'bad') ? 1 : 0
  },
}

/** All checks that could be made; `failure` when the database could not be asked. */
async function examine(settings: Settings): Promise<{ checks: Check[]; failure?: CliFailure }> {
  const outside = [...(await checkHost(settings.dataDir)), ...(await checkServer(settings.dataDir))]
  const undone = 'The database was not checked.'
  try {
    const inside = await withDatabase(findAdminUrl(settings, undone), undone, (client) =>
      checkDatabase(client, settings.schema),
    )
    return { checks: [...outside, ...inside] }
  } catch (error) {
    if (!(error instanceof CliFailure)) throw error
    const check: Check = {
      area: 'database',
      name: 'reachable',
      status: 'bad',
      detail: error.message,
    }
    return { checks: [...outside, check], failure: error }
  }
}

async function checkDatabase(client: Client, schema: string): Promise<Check[]> {
  const version = await checkVersion(client)
  const clock = await checkClock(client)
  if (version.status === 'bad') return [version, clock]
  await actAsOwner(client)
  await client.query(`set search_path = ${escapeIdentifier(schema)}, pg_temp`)
  if (!(await hasTables(client))) return [version, clock, noTables(schema)]
  return [
    version,
    clock,
    await checkSchema(client, schema),
    await checkPartitions(client),
    await checkTransactions(client),
    ...(await checkRoles(client)),
  ]
}

/** A login that only administers the owner may not read our tables itself. */
async function actAsOwner(client: Client): Promise<void> {
  const { rows } = await client.query<{ may: boolean }>(
    `select coalesce(bool_or(pg_has_role(oid, 'set')), false) as may
       from pg_roles where rolname = 'holdpoint_owner'`,
  )
  if (rows[0]?.may === true) await client.query('set role holdpoint_owner')
}

function print(checks: readonly Check[], json: boolean, { env, out, terminal }: Context): void {
  if (json) return out(JSON.stringify(checks, null, 2))
  const colour = terminal && (env['NO_COLOR'] ?? '') === ''
  for (const line of report(checks, colour)) out(line)
  out(verdict(checks))
}
