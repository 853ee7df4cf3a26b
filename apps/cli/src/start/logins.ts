import {
  addAgent,
  agentLoginName,
  ensureServerLogin,
  ensureTrialLogin,
  serverLoginName,
  TRIAL_LOGIN,
} from '@holdpoint/db'
import { escapeIdentifier } from 'pg'

import { withDatabase } from '../database/connect.ts'
import type { Secrets } from '../secrets.ts'

export interface Logins {
  readonly serverUrl: string
  readonly trialUrl: string
}

interface Place {
  readonly adminUrl: string
  readonly schema: string
}

/** Makes the server's login and the trial login, with the passwords they had before. */
export async function ensureLogins(
  place: Place & { dataDir: string },
  secrets: Secrets,
): Promise<Logins> {
  const instance = place.dataDir
  const [serverUrl, trialUrl] = await Promise.all([
    ensureServerLogin({
      ...place,
      instance,
      password: secrets.passwordOf(serverLoginName(instance)),
    }),
    ensureTrialLogin({ ...place, password: secrets.passwordOf(TRIAL_LOGIN) }),
  ])
  return { serverUrl, trialUrl }
}

/** A login of its own for each agent of the sample fleet. @returns connection strings by agent name */
export async function ensureFleetLogins<Name extends string>(
  place: Place,
  names: readonly Name[],
  secrets: Secrets,
): Promise<Partial<Record<Name, string>>> {
  const urls: Partial<Record<Name, string>> = {}
  for (const name of names) {
    const password = secrets.passwordOf(agentLoginName(name))
    // It is given its old password: one that was isolated meanwhile stays locked.
    urls[name] = await addAgent({ ...place, name, password, rotate: true })
  }
  return urls
}

/** True when agents of the user's own have runs here: sample runs can never be removed from among them. */
export async function hasForeignRuns(place: Place, names: readonly string[]): Promise<boolean> {
  return withDatabase(place.adminUrl, 'The sample agents were not started.', async (db) => {
    const { rows } = await db.query<{ found: boolean }>(
      `select exists (select from ${escapeIdentifier(place.schema)}.workflow_checkpoints
         where agent_id <> all($1)) as found`,
      [names],
    )
    return rows[0]?.found === true
  })
}
