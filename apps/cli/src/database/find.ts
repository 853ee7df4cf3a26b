import { runningSuperUrl } from '@holdpoint/db/embedded'

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
  const url =
    ownerUrl === undefined
      ? // A start that was killed may have left its server running.
        runningSuperUrl(settings.dataDir, EMBEDDED_DATABASE)
      : withoutOptions(ownerUrl)
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
