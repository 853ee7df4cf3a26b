import { join } from 'node:path'

import { ensureOperator } from '@holdpoint/db'

import { messageOf } from '../error-words.ts'
import type { Secrets } from '../secrets.ts'
import type { Settings } from '../settings.ts'
import { boundedLog } from './bounded-log.ts'
import { ensureFleetLogins, hasForeignRuns } from './logins.ts'

export interface FleetWanted {
  readonly empty: boolean
  /** With the script that does what people are asked for, after a while. */
  readonly nightShift: boolean
}

export interface StartedFleet {
  /** For the banner. */
  readonly told: string
  stop(): Promise<void>
}

const none = async (): Promise<void> => undefined

/** Starts the sample agents, unless there is a reason not to. A failure is told and stops nothing else. */
export async function startSampleFleet(
  settings: Settings,
  { adminUrl, serverUrl }: { readonly adminUrl: string; readonly serverUrl: string },
  secrets: Secrets,
  { empty, nightShift }: FleetWanted,
  say: (line: string) => void,
): Promise<StartedFleet> {
  if (empty) return { told: 'none (--empty)', stop: none }
  // Loaded only now: most installations in earnest run without it.
  const { agentNames, giveSamplePolicies, nightShiftName, setUpName, startFleet } =
    await import('@holdpoint/sample-fleet')
  const place = { adminUrl, schema: settings.schema }
  if (settings.databaseUrl !== undefined && (await hasForeignRuns(place, agentNames)))
    return { told: 'yours; no sample agents, since this database has runs of others', stop: none }
  try {
    await ensureOperator(place, setUpName, ['operator'])
    if (nightShift) await ensureOperator(place, nightShiftName, ['operator', 'reviewer'])
    const urls = await ensureFleetLogins(place, agentNames, secrets)
    await giveSamplePolicies(serverUrl)
    const fleet = await startFleet({
      urls,
      nightShiftUrl: nightShift ? serverUrl : undefined,
      // Not to the terminal: what the agents say would bury the link, and what matters.
      log: boundedLog(join(settings.dataDir, 'sample-fleet.log')),
      workDir: join(settings.dataDir, 'sample-fleet'),
    })
    const shift = nightShift ? ' and their night shift' : ', no night shift'
    const told = `${agentNames.length} sample agents${shift} (leave them out with --empty)`
    return { told, stop: async () => fleet.stop() }
  } catch (error) {
    say(`The sample agents were not started: ${messageOf(error)}`)
    return { told: 'none: the sample agents could not be started', stop: none }
  }
}
