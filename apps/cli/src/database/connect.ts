import { OLDEST_POSTGRES } from '@holdpoint/db'
import { Client, DatabaseError } from 'pg'

import { codeOf, messageOf } from '../error-words.ts'
import { CliFailure } from '../failure.ts'

const CONNECT_TIMEOUT_MS = 10_000

export interface DatabaseVersion {
  readonly major: number
  /** For instance `18.4`. */
  readonly text: string
}

/**
 * Connects, or says in one line why not. `undone` ends that line: what has not been done.
 * The caller ends the client. @throws CliFailure
 */
async function connect(url: string, undone: string): Promise<Client> {
  const client = new Client({
    connectionString: url,
    application_name: 'holdpoint',
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
  })
  // A lost connection also fails the query that is under way, which is where it is told.
  client.on('error', () => undefined)
  try {
    await client.connect()
    return client
  } catch (error) {
    await client.end().catch(() => undefined)
    throw explainConnect(error, url, undone)
  }
}

/** Connects, works, and ends the connection whatever happens. @throws CliFailure when it cannot connect */
export async function withDatabase<T>(
  url: string,
  undone: string,
  work: (client: Client) => Promise<T>,
): Promise<T> {
  const client = await connect(url, undone)
  try {
    return await work(client)
  } finally {
    await client.end().catch(() => undefined)
  }
}

export async function readVersion(client: Client): Promise<DatabaseVersion> {
  const { rows } = await client.query<{ number: string; text: string }>(
    `select current_setting('server_version_num') as number, current_setting('server_version') as text`,
  )
  const [row] = rows
  return {
    major: Math.floor(Number(row?.number) / 10_000),
    text: row?.text.split(' ')[0] ?? 'unknown',
  }
}

/** Whether Holdpoint runs on this database at all. @throws CliFailure */
export async function checkUsable(url: string, undone: string): Promise<void> {
  refuseOld(await withDatabase(url, undone, readVersion), placeOf(url), undone)
}

/** @throws CliFailure when the server is older than Holdpoint supports */
export function refuseOld(version: DatabaseVersion, place: string, undone: string): void {
  if (version.major >= OLDEST_POSTGRES) return
  throw new CliFailure(
    1,
    `Postgres at ${place} is version ${version.text}, and Holdpoint needs ${OLDEST_POSTGRES} or later. ${undone} Try a newer server.`,
  )
}

/** Server and database without the password. */
export function placeOf(url: string): string {
  const { hostname, port, pathname } = new URL(url)
  return `${hostname === '' ? 'localhost' : hostname}:${port === '' ? '5432' : port}${decodeURIComponent(pathname)}`
}

const loginOf = (url: string): string => decodeURIComponent(new URL(url).username)
const databaseOf = (url: string): string => decodeURIComponent(new URL(url).pathname.slice(1))

function explainConnect(error: unknown, url: string, undone: string): CliFailure {
  const place = placeOf(url)
  const code = codeOf(error)
  const fail = (exitCode: 1 | 3, what: string, then: string): CliFailure =>
    new CliFailure(exitCode, `${what} ${undone} ${then}`, { cause: error })
  if (!(error instanceof DatabaseError)) {
    return /SASL|SSL|certificate|password/i.test(code)
      ? fail(1, `Postgres at ${place} refused the connection (${oneLine(error)}).`, tryUrl)
      : fail(
          3,
          `Postgres at ${place} cannot be reached (${code}).`,
          'Check that it runs and that host and port are right.',
        )
  }
  switch (error.code) {
    case '28P01':
    case '28000':
      return fail(
        1,
        `Postgres at ${place} does not let "${loginOf(url)}" in: wrong password, or no such login.`,
        tryUrl,
      )
    case '3D000':
      return fail(
        1,
        `Postgres at ${place} has no database "${databaseOf(url)}".`,
        `Make it: createdb ${databaseOf(url)}`,
      )
    case '57P03':
      return fail(3, `Postgres at ${place} is starting up or shutting down.`, 'Try again shortly.')
    case '53300':
      return fail(3, `Postgres at ${place} has no connection left.`, 'Raise max_connections.')
    default:
      return fail(1, `Postgres at ${place} refused the connection (${oneLine(error)}).`, tryUrl)
  }
}

const tryUrl = 'Check the user and the password in DATABASE_URL.'

const oneLine = (error: unknown): string => messageOf(error).replaceAll(/\s*\n\s*/g, ' ')
