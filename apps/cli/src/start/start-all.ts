import { ensureFirstAdmin } from '@holdpoint/db'

import { connectionPath, removeConnection } from '../connection-file.ts'
import { checkUsable, placeOf } from '../database/connect.ts'
import { asOwnerUrl } from '../database/find.ts'
import { migrateOrExplain } from '../migrate/migrate.ts'
import { openSecrets } from '../secrets.ts'
import type { Settings } from '../settings.ts'
import { banner } from './banner.ts'
import { startConsole } from './console.ts'
import { startDatabase } from './database.ts'
import { type FleetWanted, startSampleFleet } from './fleet.ts'
import { keepConnection } from './keep-connection.ts'
import { ensureLogins } from './logins.ts'
import { checkConsolePort } from './port.ts'
import type { StopSteps } from './stop-in-order.ts'
import type { StopSignal } from './stop-signal.ts'

interface Starting {
  readonly settings: Settings
  readonly env: Readonly<Record<string, string | undefined>>
  readonly fleet: FleetWanted
  readonly say: (line: string) => void
  readonly stop: StopSignal
  readonly steps: StopSteps
}

/** Each part in turn; what was started is added to `steps`. @returns the banner */
export async function startAll({
  settings,
  env,
  fleet: wanted,
  say,
  stop,
  steps,
}: Starting): Promise<string[]> {
  const { dataDir, databaseUrl, schema } = settings
  await checkConsolePort(settings.host, settings.port, dataDir)
  if (databaseUrl === undefined) say(`Starting Postgres in ${dataDir} ...`)
  else await checkUsable(databaseUrl, 'Nothing was started.')
  const database = await startDatabase(settings, say)
  steps.add('The database', 40_000, async () => database.stop())
  // A start that was killed left it; nothing is live yet.
  removeConnection(dataDir)
  stop.check()

  const { adminUrl } = database
  for (const line of await migrateOrExplain(adminUrl, schema, false)) say(line)
  stop.check()
  const secrets = openSecrets(dataDir, env)
  await ensureFirstAdmin({ adminUrl, schema }, secrets.apiToken)
  const logins = await ensureLogins({ adminUrl, schema, dataDir }, secrets)
  stop.check()
  const console = await startConsole(settings, logins.serverUrl, secrets, say)
  steps.add('The server', 15_000, async () => console.stop())
  stop.check()
  const fleet = await startSampleFleet(
    settings,
    { adminUrl, serverUrl: logins.serverUrl },
    secrets,
    wanted,
    say,
  )
  steps.add('The sample agents', 15_000, async () => fleet.stop())
  stop.check()

  const ownerUrl = databaseUrl === undefined && { ownerUrl: asOwnerUrl(adminUrl, schema) }
  const rest = { agentUrl: logins.trialUrl, apiToken: secrets.apiToken, ...ownerUrl }
  const forget = keepConnection(dataDir, console, rest, say)
  steps.add(connectionPath(dataDir), 1000, async () => forget())
  return banner({
    signInUrl: console.signInUrl(),
    database: placeOf(adminUrl) + (databaseUrl === undefined ? ' (embedded)' : ''),
    connection: connectionPath(dataDir),
    fleet: fleet.told,
  })
}
