import { afterEach, expect, test } from 'vitest'

import * as agents from './support/agents.ts'
import { openContract } from './support/contract.ts'
import { awaiting, gating } from './support/gating.ts'
import { ADA, person } from './support/people.ts'
import { one } from './support/refusal.ts'
import { behind } from './support/waiting.ts'

// Invariant 5: two calls that use one standing approval wait for each other, for as long as their agent likes. What ended
// meanwhile lets neither begin.
const db = await openContract()
const { gate, made, theOpen, ungate } = gating(db)
afterEach(ungate)

test.each([
  [
    'its person was disabled',
    async (who: string) => db.server.query('select disable_operator($1, $2)', [who, ADA]),
  ],
  [
    'its person became the owner of the login',
    async (who: string) =>
      db.server.query(`select own_agent_login('alpha', $1, $2)`, [`operator:${who}`, ADA]),
  ],
  ['the policy changed', async () => gate({ expiresAfterS: 60 }, made[0])],
  ['the other took its last use', async () => undefined, 1],
])('where %s, the call that waited is asked about', async (_, end, maxUses = 5) => {
  await gate()
  const { name, actor } = await person(db.server, ['reviewer'])
  const asked = await agents.startRun(db.alpha)
  await agents.beginCall(db.alpha, asked)
  const until = new Date(Date.now() + 3_600_000).toISOString()
  await db.server.query(`select decide_approval($1, $2, 'approved', 'routine', 1, null, $3)`, [
    await theOpen(asked),
    actor,
    { scope: 'agent', condition: '$.eur < 20', maxUses, until },
  ])
  const [first, second] = [await agents.startRun(db.alpha), await agents.startRun(db.alpha)]
  const answer = await behind(
    db.admin,
    { pool: db.alpha, work: async (client) => agents.beginCall(client, first) },
    { pool: db.alpha, work: async (client) => agents.beginCall(client, second) },
    async () => end(name),
  )
  expect(answer).toMatchObject(awaiting)
  expect(
    await one(db.admin, 'select uses from standing_approvals where created_by = $1', [actor]),
  ).toEqual({ uses: 1 })
})
