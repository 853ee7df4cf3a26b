import type { PolicySpec } from '@holdpoint/protocol'
import * as fc from 'fast-check'

import * as operators from '../../support/operators.ts'
import { ADA } from '../../support/people.ts'
import { group, savePolicy } from '../../support/policies.ts'
import { act, type Act, anyone, type Review, tryIt } from './review.ts'

// What changes around a request: policies, standing approvals, who may decide at all, the run, the world.

const policies: Readonly<Record<string, (people: readonly string[]) => Partial<PolicySpec>>> = {
  'of one': () => ({}),
  'of two': () => ({ quorum: [{ name: 'any', count: 2 }] }),
  'of two groups': ([a = '', b = '', c = '']) => ({
    quorum: [group('on-call', 1, a, b), group('finance', 1, b, c)],
  }),
  'of small ones': () => ({ autoApprove: '$.eur < 6' }),
  'of one’s own': () => ({ fourEyes: false }),
  'that escalates': ([a = '', b = '', , d = '']) => ({
    quorum: [group('on-call', 1, a, b)],
    expiresAfterS: 3600,
    onExpiry: 'escalate',
    escalation: [{ to: [`operator:${d}`], afterS: 3600 }],
  }),
}

export const anyPolicy = fc.constantFrom(...Object.keys(policies))

export const specFor = (name: string, people: readonly string[]): PolicySpec => ({
  name: 'm',
  tool: 'refund',
  ...policies[name]?.(people),
})

const saving: fc.Arbitrary<Act> = fc.tuple(anyPolicy, fc.nat({ max: 4 })).map(([name, old]) =>
  act(`a policy ${name}`, async (review) => {
    const spec = specFor(name, review.people)
    // Now and then by someone who has not seen the last version.
    const of = { ...review.policy, version: review.policy.version - (old === 0 ? 1 : 0) }
    const save = savePolicy(review.db.server, spec, of)
    await tryIt(
      'policy',
      save.then((next) => (review.policy = next)),
    )
  }),
)

const revoking: fc.Arbitrary<Act> = fc.nat({ max: 1 }).map((n) =>
  act('revoke a standing approval', async ({ db, run }) => {
    const { rows } = await db.admin.query<{ standing_id: string }>(
      `select standing_id from standing_approvals join approval_queue q using (approval_id) where q.workflow_id = $1 order by created_at`,
      [run],
    )
    const standing = rows[n % rows.length]?.standing_id
    if (standing === undefined) return
    await tryIt(
      'revoke',
      db.server.query('select revoke_standing_approval($1, $2)', [standing, operators.BO]),
    )
  }),
)

/** One of the people but the first, who stays an administrator, and whose token there is. */
const otherOf = ({ people }: Review, n: number): string =>
  people[1 + (n % (people.length - 1))] ?? ''

/** Whoever is barred has no yes any more, and it does not come back with them. */
function barred({ yeses }: Review, by: (yes: { person: string; actor: string }) => boolean): void {
  for (const yes of yeses) if (by(yes)) yes.void = true
}

export async function revokesToken(review: Review): Promise<void> {
  const revoke = review.db.server.query('select revoke_token($1, $2)', [review.token, ADA])
  if (await tryIt('revoke the token', revoke))
    barred(review, (yes) => yes.actor === `token:${review.token}`)
}

export async function disables(review: Review, person: string): Promise<void> {
  const disable = review.db.server.query('select disable_operator($1, $2)', [person, ADA])
  if (await tryIt('disable', disable)) barred(review, (yes) => yes.person === `operator:${person}`)
}

const disabling: fc.Arbitrary<Act> = fc.tuple(anyone, fc.boolean()).map(([n, twice]) =>
  act(`disable ${n}${twice ? ', twice' : ''}`, async (review) => {
    await disables(review, otherOf(review, n))
    if (twice) await disables(review, otherOf(review, n))
  }),
)

export async function enables(review: Review, person: string): Promise<void> {
  const enable = 'select enable_operator($1, $2)'
  await tryIt('enable', review.db.server.query(enable, [person, ADA]))
}

const enabling: fc.Arbitrary<Act> = anyone.map((n) =>
  act(`enable ${n}`, async (review) => enables(review, otherOf(review, n))),
)

/** Taking from someone what they do not have bars nothing. */
const role = (name: string, sql: string): fc.Arbitrary<Act> =>
  anyone.map((n) =>
    act(`${name} ${n}`, async (review) => {
      const person = otherOf(review, n)
      const had = await review.db.admin.query(
        `select from operators where name = $1 and 'reviewer' = any (roles)`,
        [person],
      )
      await review.db.server.query(sql, [person, ADA])
      if (had.rowCount === 1 && sql.includes('{viewer}'))
        barred(review, (yes) => yes.person === `operator:${person}`)
    }),
  )

const barring: fc.Arbitrary<Act> = fc.oneof(
  disabling,
  enabling,
  role('takes the role of', `select change_operator($1, '{viewer}', null, null, $2)`),
  role('gives the role to', `select change_operator($1, '{reviewer}', null, null, $2)`),
  fc.constant(act('revoke the token', revokesToken)),
)

const around: fc.Arbitrary<Act> = fc.constantFrom(
  act('pause', async ({ db, run }) => tryIt('pause', operators.pause(db.server, run))),
  act('two pause', async ({ db, run }) =>
    Promise.all([0, 1].map(async () => tryIt('pause', operators.pause(db.server, run)))),
  ),
  act('resume', async ({ db, run }) => tryIt('resume', operators.resume(db.server, run))),
  act('resume', async ({ db, run }) => tryIt('resume', operators.resume(db.server, run))),
  act('the world moves', async ({ db, world }) =>
    db.admin.query('update public.world set version = version + 1 where id = $1', [world]),
  ),
)

export const killing: Act = act('kill', async ({ db, run }) =>
  tryIt('kill', operators.kill(db.server, run)),
)

export const houseActs: fc.Arbitrary<Act> = fc.oneof(
  { weight: 3, arbitrary: saving },
  { weight: 2, arbitrary: revoking },
  { weight: 3, arbitrary: barring },
  { weight: 3, arbitrary: around },
)
