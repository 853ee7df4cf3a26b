import { resolve } from 'node:path'

import { DEFAULT_SCHEMA } from '@holdpoint/db'
import { defaultDataDir } from '@holdpoint/db/embedded'

import type { Option } from './command.ts'
import { usageFailure } from './failure.ts'
import { type OidcSettings, readOidc } from './oidc-settings.ts'
import { readTrustedProxies } from './proxy-settings.ts'

const DEFAULT_PORT = 4653
const DEFAULT_PG_PORT = 4654

export interface Settings {
  /** Absolute path. */
  readonly dataDir: string
  readonly host: string
  readonly port: number
  readonly pgPort: number
  readonly schema: string
  /** Undefined: the embedded database. */
  readonly databaseUrl: string | undefined
  /** What the console calls this place. */
  readonly environment: string
  /** Where people reach the console, when it stands behind a proxy. */
  readonly publicUrl: string | undefined
  /** The provider that people sign in with, besides links and passwords. */
  readonly oidc: OidcSettings | undefined
  /** Whose word on where a request came from is taken. */
  readonly trustedProxies: readonly string[]
  /** Sends mail for channels that name no server of their own. */
  readonly mail: { readonly smtpUrl: string; readonly from: string } | undefined
}

type Values = Readonly<Record<string, string | undefined>>

/** A flag wins over its variable, and that over the default. @throws CliFailure with exit code 2 */
export function readSettings(values: Values, env: Values): Settings {
  const databaseUrl = filled(env['DATABASE_URL'])
  const port = readPort(values, env, 'port', 'HOLDPOINT_PORT') ?? DEFAULT_PORT
  const pgPort = readPort(values, env, 'pg-port', 'HOLDPOINT_PG_PORT') ?? DEFAULT_PG_PORT
  if (databaseUrl !== undefined) checkDatabaseUrl(databaseUrl)
  else if (port === pgPort && port !== 0)
    throw usageFailure(
      `The console and its database cannot both use port ${port}. Nothing was started: choose another --port or --pg-port.`,
    )
  return {
    dataDir: readDataDir(values, env),
    host: filled(values['host']) ?? filled(env['HOLDPOINT_HOST']) ?? '127.0.0.1',
    port,
    pgPort,
    schema: filled(values['schema']) ?? filled(env['HOLDPOINT_SCHEMA']) ?? DEFAULT_SCHEMA,
    databaseUrl,
    publicUrl: readPublicUrl(env),
    oidc: readOidc(env, filled(env['HOLDPOINT_PUBLIC_URL'])),
    trustedProxies: readTrustedProxies(env),
    mail: readMail(env),
    environment:
      filled(env['HOLDPOINT_ENVIRONMENT']) ?? (databaseUrl === undefined ? 'local' : 'production'),
  }
}

/** The data folder alone, for commands that need nothing else. */
export function readDataDir(values: Values, env: Values): string {
  return resolve(
    filled(values['data']) ??
      filled(env['HOLDPOINT_DATA']) ??
      defaultDataDir({ XDG_DATA_HOME: env['XDG_DATA_HOME'] }),
  )
}

export const settingsHelp: readonly Option[] = [
  {
    name: 'port',
    value: 'PORT',
    text: `port of the console (HOLDPOINT_PORT; default ${DEFAULT_PORT})`,
  },
  {
    name: 'pg-port',
    value: 'PORT',
    text: `port of the embedded Postgres (HOLDPOINT_PG_PORT; default ${DEFAULT_PG_PORT})`,
  },
  {
    name: 'host',
    value: 'ADDRESS',
    text: 'address the console listens on (HOLDPOINT_HOST; default 127.0.0.1)',
  },
]

/** An empty variable counts as none. */
export const filled = (text: string | undefined): string | undefined =>
  text === '' ? undefined : text

function readPort(values: Values, env: Values, flag: string, variable: string): number | undefined {
  const [name, text] =
    values[flag] === undefined ? [variable, filled(env[variable])] : [`--${flag}`, values[flag]]
  if (text === undefined) return undefined
  const port = Number(text)
  if (/^\d+$/.test(text) && port <= 65_535) return port
  throw usageFailure(`${name} is "${text}", which is no port (0 to 65535). Nothing was done.`)
}

function readPublicUrl(env: Values): string | undefined {
  const url = filled(env['HOLDPOINT_PUBLIC_URL'])
  if (url === undefined || /^https?:$/.test(URL.canParse(url) ? new URL(url).protocol : ''))
    return url
  throw usageFailure(
    `HOLDPOINT_PUBLIC_URL is "${url}", which is no address. Nothing was done: it looks like https://holdpoint.example.com`,
  )
}

function readMail(env: Values): Settings['mail'] {
  const smtpUrl = filled(env['HOLDPOINT_SMTP_URL'])
  const from = filled(env['HOLDPOINT_MAIL_FROM'])
  if (smtpUrl === undefined && from === undefined) return undefined
  if (smtpUrl === undefined || from === undefined)
    throw usageFailure(
      'HOLDPOINT_SMTP_URL and HOLDPOINT_MAIL_FROM go together. Nothing was done: set both, or neither.',
    )
  // Never shown: it may hold a password.
  if (!/^smtps?:$/.test(URL.canParse(smtpUrl) ? new URL(smtpUrl).protocol : ''))
    throw usageFailure(
      'HOLDPOINT_SMTP_URL is no mail server. Nothing was done: it looks like smtps://user:password@mail.example.com',
    )
  if (!/^[^\s@<>,;"]+@[a-z0-9.-]+$/i.test(from))
    throw usageFailure(
      `HOLDPOINT_MAIL_FROM is "${from}", which is no address. Nothing was done: it looks like holdpoint@example.com`,
    )
  return { smtpUrl, from }
}

/** @throws CliFailure when it is no connection string */
export function checkDatabaseUrl(url: string, name = 'DATABASE_URL'): void {
  const protocol = URL.canParse(url) ? new URL(url).protocol : ''
  if (protocol === 'postgres:' || protocol === 'postgresql:') return
  // Never shown: it may hold a password.
  throw usageFailure(
    `${name} is no connection string. Nothing was done: it looks like postgres://user:password@host:5432/database`,
  )
}
