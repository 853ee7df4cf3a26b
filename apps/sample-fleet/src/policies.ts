import { Client, DatabaseError } from 'pg'

import type { AgentName } from './agent-names.ts'

export const setUpName = 'sample-set-up'
const SET_UP = `operator:${setUpName}`
const THERE_ALREADY = 'HP015'

interface Policy {
  readonly settings: object
  readonly holds: boolean
  readonly why: string
}

const policies: Partial<Record<AgentName, Policy>> = {
  'price-scout': {
    settings: { driftAt: 0.8 },
    holds: true,
    why: 'It asks the same in other words; someone should look before its budget is gone.',
  },
  'ops-agent': {
    settings: { tools: { 'shop.health': { poll: {} } } },
    holds: false,
    why: 'Asking again whether the shop is well is its work.',
  },
  'nightly-report': {
    settings: { tools: { 'shop.get_order': { poll: {} } } },
    holds: false,
    why: 'It looks at the orders until they change.',
  },
}

/** Gives the sample agents their policies for drift, where nobody gave them one. `serverUrl`: the server's login. */
export async function giveSamplePolicies(serverUrl: string): Promise<void> {
  const client = new Client({ connectionString: serverUrl, statement_timeout: 10_000 })
  // One that breaks fails its question too; its own event would end the process.
  client.on('error', () => undefined)
  await client.connect()
  try {
    for (const [agent, { settings, holds, why }] of Object.entries(policies)) {
      await client
        .query('select save_drift_policy($1, $2, $3, $4, $5, 0)', [
          agent,
          settings,
          holds,
          SET_UP,
          why,
        ])
        .catch((error: unknown) => {
          if (!(error instanceof DatabaseError) || error.code !== THERE_ALREADY) throw error
        })
    }
  } finally {
    await client.end()
  }
}
