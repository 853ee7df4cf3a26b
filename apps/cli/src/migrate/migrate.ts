import { migrate, MigrateError } from '@holdpoint/db'

import { type Command, dataOption, schemaOption } from '../command.ts'
import { checkUsable, placeOf } from '../database/connect.ts'
import { findAdminUrl } from '../database/find.ts'
import { CliFailure, usageFailure } from '../failure.ts'
import { readSettings } from '../settings.ts'

const undone = 'Nothing was changed.'

export const migrateCommand: Command = {
  name: 'migrate',
  summary: 'Bring the tables of a database up to date',
  operands: [],
  options: [
    {
      name: 'adopt',
      value: 'SCHEMA',
      text: 'extend the tables that agents already use in this schema, keeping their rows',
    },
    schemaOption,
    dataOption,
  ],
  notes: [
    '"holdpoint start" does this by itself. DATABASE_URL must name a superuser, or a login with',
    'CREATEROLE and CREATE on the database. After --adopt, give start and doctor --schema SCHEMA.',
  ],
  examples: [
    'DATABASE_URL=postgres://admin@db.internal/agents holdpoint migrate',
    'DATABASE_URL=postgres://admin@db.internal/agents holdpoint migrate --adopt public',
  ],
  async run(args, { env, out }) {
    const settings = readSettings(args.values, env)
    const adopt = args.values['adopt']
    if (adopt !== undefined && args.values['schema'] !== undefined && adopt !== settings.schema)
      throw usageFailure('--adopt and --schema name two schemas. Nothing was changed: give one.')
    const schema = adopt ?? settings.schema
    const adminUrl = findAdminUrl(settings, undone)
    for (const line of await migrateOrExplain(adminUrl, schema, adopt !== undefined)) out(line)
    if (adopt !== undefined)
      out(`Give the other commands this schema too: HOLDPOINT_SCHEMA=${adopt}`)
    return 0
  },
}

/** @returns what was done, in lines. @throws CliFailure */
export async function migrateOrExplain(
  adminUrl: string,
  schema: string,
  adopt: boolean,
): Promise<string[]> {
  await checkUsable(adminUrl, undone)
  try {
    const { applied, functionsReplaced, formerOwners, canSignalBackends } = await migrate({
      adminUrl,
      schema,
      adopt,
    })
    const place = `Schema ${schema} at ${placeOf(adminUrl)}`
    const lines = [`${place}${whatWasDone(applied, functionsReplaced)}`]
    if (formerOwners.length > 0)
      lines.push(`The tables belonged to ${formerOwners.join(', ')} and are Holdpoint's now.`)
    if (!canSignalBackends)
      lines.push(
        'This host does not grant pg_signal_backend: only sessions of agents with a login of their own can be ended.',
      )
    return lines
  } catch (error) {
    if (!(error instanceof MigrateError)) throw error
    throw new CliFailure(1, error.message, { cause: error })
  }
}

function whatWasDone(applied: string[], functionsReplaced: boolean): string {
  if (applied.length > 0) return `: applied ${applied.length} migrations, up to ${applied.at(-1)}.`
  return functionsReplaced ? ': its functions are those of this version now.' : ' is up to date.'
}
