import { createTestDatabase } from '@holdpoint/db/testing'
import { expect, test } from 'vitest'

import { giveSamplePolicies } from '../src/index.ts'

const db = await createTestDatabase()

test('the sample agents are given policies once, and what a person made of them stays', async () => {
  await giveSamplePolicies(db.serverUrl)
  await db.server.query(
    `select save_drift_policy('price-scout', '{}', false, 'operator:ana', 'let it wander')`,
  )
  await giveSamplePolicies(db.serverUrl)
  const { rows } = await db.server.query(
    `select agent_id as agent, version, author from drift_policies order by agent_id, version`,
  )
  expect(rows).toEqual([
    { agent: 'nightly-report', version: 1, author: 'operator:sample-set-up' },
    { agent: 'ops-agent', version: 1, author: 'operator:sample-set-up' },
    { agent: 'price-scout', version: 1, author: 'operator:sample-set-up' },
    { agent: 'price-scout', version: 2, author: 'operator:ana' },
  ])
})
