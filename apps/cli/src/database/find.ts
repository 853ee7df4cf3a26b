import { readFileSync } from 'node:fs'
import { join } from 'node:path'

import { readConnection } from '../connection-file.ts'
import { CliFailure } from '../failure.ts'
import type { Settings } from '../settings.ts'

/** The database in the embedded server that holds everything of ours. */
export const EMBEDDED_DATABASE = 'holdpoint'

/**
 * The connection string of whoever administers the database: DATABASE_URL, or the superuser of the
 * embedded one, if that runs. @throws CliFailure with exit code 3 when there is none to be had
 */
export function findAdminUrl(settings: Settings, undone: string): string {
  if (settings.databaseUrl !== undefined) return settings.databaseUrl
  const ownerUrl = readConnection(settings.dataDir)?.ownerUrl
  const url = ownerUrl === undefined ? leftBehind(settings.dataDir) : withoutOptions(ownerUrl)
  if (url !== undefined) return url
  throw new CliFailure(
    3,
    `No database runs on ${settings.dataDir}. ${undone} Start it with "holdpoint start", or set DATABASE_URL for a Postgres of your own.`,
  )
}

/**
 * Nobody logs in as holdpoint_owner. This lets the superuser of the embedded database act as it,
 * with unqualified names. `%20`, since libpq takes a plus sign literally.
 */
export function asOwnerUrl(adminUrl: string, schema: string): string {
  const changed = new URL(adminUrl)
  const options = `-c role=holdpoint_owner -c search_path=${schema},public`
  changed.search = `?options=${encodeURIComponent(options)}`
  return changed.toString()
}

function withoutOptions(url: string): string {
  const changed = new URL(url)
  changed.searchParams.delete('options')
  return changed.toString()
}

/** The embedded server that a killed start left running. */
function leftBehind(dataDir: string): string | undefined {
  try {
    const password = readFileSync(join(dataDir, 'superuser-password'), 'utf8').trim()
    const lines = readFileSync(join(dataDir, 'postgres/data/postmaster.pid'), 'utf8').split('\n')
    const port = Number(lines[3])
    if (!Number.isInteger(port) || port === 0) return undefined
    return `postgres://holdpoint_super:${encodeURIComponent(password)}@127.0.0.1:${port}/${EMBEDDED_DATABASE}`
  } catch {
    return undefined
  }
}
