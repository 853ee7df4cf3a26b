import type { Policy } from '@holdpoint/protocol'
import * as fc from 'fast-check'

import * as agents from '../support/agents.ts'
import type { Contract } from '../support/contract.ts'
import * as operators from '../support/operators.ts'
import { savePolicy } from '../support/policies.ts'
import { outcomeOf } from '../support/refusal.ts'

/** One run of an agent that asks, calls and cheats, and the people around it. */
export interface Review {
  readonly db: Contract
  readonly run: string
  readonly asked: string[]
  policy: Policy
}

export interface Act {
  readonly name: string
  readonly run: (review: Review) => Promise<unknown>
}

/** Everything that the database may answer; anything else is a mistake of ours. */
const known = /^(accepted|HP\d{3}|23514|40001|40P01)$/

async function quietly(work: Promise<unknown>): Promise<void> {
  const outcome = await outcomeOf(work)
  if (!known.test(outcome)) throw new Error(`the database answered ${outcome}`)
}

const calls = [
  { order: 1, eur: 5 },
  { order: 2, eur: 50 },
]
const people = ['ana', 'bo', 'cy']

const nth = ({ asked }: Review, n: number): string | undefined =>
  asked.length === 0 ? undefined : asked[n % asked.length]

const about = (
  name: string,
  n: number,
  work: (review: Review, approval: string) => Promise<unknown>,
): Act => ({
  name: `${name} ${n}`,
  run: async (review) => {
    const approval = nth(review, n)
    if (approval !== undefined) await quietly(work(review, approval))
  },
})

const verb = (sql: string) => async (review: Review, approval: string) =>
  review.db.server.query(sql, [approval])

const number = fc.nat({ max: 5 })
const version = fc.constantFrom(1, 1, 2, 3, null)

const agentActs: fc.Arbitrary<Act>[] = [
  fc.constantFrom(...calls).map((args) => ({
    name: `ask ${args.order}`,
    run: async (review) => {
      const asking = agents.askFor(review.db.alpha, review.run, { arguments: args })
      await quietly(asking.then((id) => review.asked.push(id)))
    },
  })),
  fc
    .tuple(fc.constantFrom(...calls), fc.constantFrom('a', 'b', 'c'), fc.boolean())
    .map(([args, key, edits]): Act => ({
      name: `call ${args.order} as ${key}`,
      run: async (review) => {
        await quietly(agents.beginCall(review.db.alpha, review.run, args, { key, edits }))
        // What the gate asked by itself is there to be decided, too.
        const { rows } = await review.db.admin.query<{ approval_id: string }>(
          'select approval_id from approval_queue where workflow_id = $1 and approval_id <> all ($2) ',
          [review.run, review.asked],
        )
        review.asked.push(...rows.map(({ approval_id }) => approval_id))
      },
    })),
  number.map((n) =>
    about('call by name', n, async ({ db, run }, approval) =>
      agents.beginCall(db.alpha, run, calls[0], { key: `named ${n}`, approval }),
    ),
  ),
  fc.constant({
    name: 'go on',
    run: async ({ db, run }) => quietly(agents.setStatus(db.alpha, run, 'running')),
  }),
]

const peopleActs: fc.Arbitrary<Act>[] = [
  fc
    .tuple(
      number,
      fc.constantFrom(...people),
      fc.constantFrom('approved', 'approved', 'rejected'),
      version,
    )
    .map(([n, person, verdict, seen]) =>
      about(`${person} ${verdict}`, n, async ({ db }, approval) =>
        db.server.query('select decide_approval($1, $2, $3, null, $4)', [
          approval,
          `operator:${person}`,
          verdict,
          seen,
        ]),
      ),
    ),
  fc
    .tuple(number, fc.constantFrom(...people))
    .map(([n, person]) =>
      about(`${person} edits`, n, async ({ db }, approval) =>
        db.server.query(
          `select decide_approval($1, $2, 'approved', null, null, '{"order": 2, "eur": 7}')`,
          [approval, `operator:${person}`],
        ),
      ),
    ),
  number.map((n) =>
    about('due', n, async ({ db }, approval) => operators.makeDue(db.owner, approval)),
  ),
  fc
    .tuple(number, fc.constantFrom(['ana', 'bo'], ['bo', 'cy'], ['cy', 'ana'], ['bo', 'ana']))
    .map(([n, [from, to]]) =>
      about(
        `${from} hands to ${to}`,
        n,
        verb(`select delegate_approval($1, 'operator:${from}', 'operator:${to}')`),
      ),
    ),
  number.map((n) =>
    about(
      'escalate',
      n,
      verb(`select escalate_approval($1, 'operator:cy', array['operator:boss'])`),
    ),
  ),
  number.map((n) =>
    about(
      'extend',
      n,
      verb(`select extend_approval($1, 'operator:cy', now() + interval '1 hour')`),
    ),
  ),
  fc.constant({
    name: 'sweep',
    run: async ({ db }) => quietly(db.server.query('select expire_approvals()')),
  }),
  fc.constantFrom(1, 2).map((count) => ({
    name: `policy of ${count}`,
    run: async (review) => {
      const spec = { name: 'm', tool: 'refund', quorum: [{ name: 'any', count }] }
      await quietly(
        savePolicy(review.db.server, spec, review.policy).then((next) => (review.policy = next)),
      )
    },
  })),
  fc.constant({
    name: 'pause',
    run: async ({ db, run }) => quietly(operators.pause(db.server, run)),
  }),
  fc.constant({
    name: 'resume',
    run: async ({ db, run }) => quietly(operators.resume(db.server, run)),
  }),
]

export const killing: Act = {
  name: 'kill',
  run: async ({ db, run }) => quietly(operators.kill(db.server, run)),
}

/** What an agent may try and never gets. */
const forgeries = [
  `update approval_queue set decision = 'approved' where approval_id = $1`,
  `update approval_queue set expires_at = null, digest = 'x' where approval_id = $1`,
  `select decide_approval($1, 'operator:ana', 'approved')`,
  `insert into approval_votes (approval_id, actor, vote) values ($1, 'operator:ana', 'approve')`,
  `select save_policy(null, 'operator:ana', '{}') where $1::uuid is not null`,
]

const forging = fc.tuple(number, fc.constantFrom(...forgeries)).map(([n, sql]): Act => ({
  name: `forge ${n}`,
  run: async (review) => {
    const approval = nth(review, n)
    if (approval === undefined) return
    const outcome = await outcomeOf(review.db.alpha.query(sql, [approval]))
    if (outcome !== '42501') throw new Error(`an agent was answered ${outcome}: ${sql}`)
  },
}))

export const anyAct: fc.Arbitrary<Act> = fc.oneof(
  { weight: 4, arbitrary: fc.oneof(...agentActs) },
  { weight: 6, arbitrary: fc.oneof(...peopleActs) },
  { weight: 1, arbitrary: forging },
)
