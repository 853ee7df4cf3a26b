import * as fc from 'fast-check'

import * as operators from '../../support/operators.ts'
import { answer, type Reply } from './answering.ts'
import { about, type Act, anyone, nth, personOf, type Review, tryIt } from './review.ts'

// What people do about a request.

/** The version that was looked at; null: whichever it is. */
const version = fc.constantFrom(null, null, null, 1, 2, 3)
/** A person by number; or the token of the first. */
const hand = fc.oneof(
  { weight: 5, arbitrary: anyone },
  { weight: 1, arbitrary: fc.constant('token') },
)
type Hand = number | string

const actorOf = (review: Review, who: Hand): string =>
  typeof who === 'number' ? personOf(review, who) : `token:${review.token}`

interface Said {
  readonly reply: Reply
  readonly verdict?: 'approved' | 'rejected'
  readonly seen?: number | null
  readonly edited?: object
  readonly further?: object
  readonly grade?: object
}

const text = (value: object | undefined): string | null =>
  value === undefined ? null : JSON.stringify(value)

export async function decide(
  review: Review,
  approval: string,
  who: Hand,
  said: Said,
): Promise<unknown> {
  const { reply, verdict = 'approved', seen = null, edited, further, grade } = said
  const actor = actorOf(review, who)
  const output = await review.db.admin.query(
    `select from approval_queue where approval_id = $1 and kind = 'output'`,
    [approval],
  )
  const sound = seen === null && (output.rowCount === 0) === (grade === undefined)
  return answer(review, { approval, actor, reply, sound }, async () =>
    review.db.server.query('select decide_approval($1, $2, $3, null, $4, $5, $6, $7)', [
      approval,
      actor,
      verdict,
      seen,
      text(edited),
      text(further),
      text(grade),
    ]),
  )
}

const hour = `clock_timestamp() + interval '1 hour'`
const inAnHour = (): string => new Date(Date.now() + 3_600_000).toISOString()
/** Standing approvals: yeses that are about more than the request that they answer. */
export const standing = [
  () => ({ scope: 'run' }),
  () => ({ scope: 'run', target: 'x' }),
  () => ({ scope: 'agent', condition: '$.eur < 20', maxUses: 2, until: inAnHour() }),
]

const deciding: fc.Arbitrary<Act> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc
      .tuple(nth, hand, fc.constantFrom('approve', 'approve', 'reject'), version)
      .map(([n, who, reply, seen]) =>
        about(`${who} ${reply}s`, n, async (review, approval) =>
          decide(review, approval, who, {
            reply: reply === 'reject' ? 'reject' : 'approve',
            verdict: reply === 'reject' ? 'rejected' : 'approved',
            seen,
          }),
        ),
      ),
  },
  {
    weight: 1,
    arbitrary: fc
      .tuple(nth, hand)
      .map(([n, who]) =>
        about(`${who} edits`, n, async (review, approval) =>
          decide(review, approval, who, { reply: 'edit', edited: { order: 2, eur: 7 } }),
        ),
      ),
  },
  {
    weight: 2,
    arbitrary: fc.tuple(nth, hand, fc.constantFrom('approve', 'reject')).map(([n, who, reply]) =>
      about(`${who} grades and ${reply}s`, n, async (review, approval) =>
        decide(review, approval, who, {
          reply: reply === 'reject' ? 'reject' : 'approve',
          verdict: reply === 'reject' ? 'rejected' : 'approved',
          grade: { score: 0.5 },
        }),
      ),
    ),
  },
  {
    weight: 2,
    arbitrary: fc
      .tuple(nth, hand, fc.constantFrom(...standing))
      .map(([n, who, further]) =>
        about(
          `${who} approves ${further().scope === 'run' ? 'the run' : 'the agent'}`,
          n,
          async (review, approval) =>
            decide(review, approval, who, { reply: 'further', further: further() }),
        ),
      ),
  },
)

export async function delegates(review: Review, approval: string, who: Hand, to: number) {
  const [actor, taker] = [actorOf(review, who), personOf(review, to)]
  return answer(review, { approval, actor, reply: 'delegate', sound: false }, async () =>
    review.db.server.query('select delegate_approval($1, $2, $3)', [approval, actor, taker]),
  )
}

export async function escalates(review: Review, approval: string, who: Hand, to: number | null) {
  const actor = actorOf(review, who)
  const people = to === null ? null : [personOf(review, to)]
  return answer(review, { approval, actor, reply: 'escalate', sound: false }, async () =>
    review.db.server.query('select escalate_approval($1, $2, $3)', [approval, actor, people]),
  )
}

const handing: fc.Arbitrary<Act> = fc.oneof(
  fc
    .tuple(nth, hand, anyone)
    .map(([n, who, to]) =>
      about(`${who} delegates to ${to}`, n, async (review, approval) =>
        delegates(review, approval, who, to),
      ),
    ),
  fc
    .tuple(nth, hand, fc.option(anyone))
    .map(([n, who, to]) =>
      about(`${who} escalates to ${to ?? 'the next'}`, n, async (review, approval) =>
        escalates(review, approval, who, to),
      ),
    ),
)

const timing: fc.Arbitrary<Act> = fc.oneof(
  fc.tuple(nth, hand).map(([n, who]) =>
    about(`${who} extends`, n, async (review, approval) => {
      const actor = actorOf(review, who)
      // A later deadline than it has may have been given before, by a clock that is not ours.
      return answer(review, { approval, actor, reply: 'extend', sound: false }, async () =>
        review.db.server.query(`select extend_approval($1, $2, ${hour})`, [approval, actor]),
      )
    }),
  ),
  nth.map((n) =>
    about('due', n, async ({ db }, approval) =>
      tryIt('due', operators.makeDue(db.owner, approval)),
    ),
  ),
  nth.map((n) => about('sweep', n, async ({ db }) => db.server.query('select expire_approvals()'))),
)

export const peopleActs: fc.Arbitrary<Act> = fc.oneof(
  { weight: 7, arbitrary: deciding },
  { weight: 2, arbitrary: handing },
  { weight: 3, arbitrary: timing },
)
