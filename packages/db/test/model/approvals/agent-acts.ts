import * as fc from 'fast-check'

import * as agents from '../../support/agents.ts'
import { one, outcomeOf } from '../../support/refusal.ts'
import { noteOutcome } from './coverage.ts'
import {
  about,
  act,
  type Act,
  anyCall,
  nth,
  personOf,
  type Review,
  target,
  tryIt,
} from './review.ts'

// What an agent does: it asks, it calls, and it tries what it never gets.

async function asks(review: Review, kind: string, request: agents.Request): Promise<void> {
  const asking = agents.askFor(review.db.alpha, review.run, request)
  await tryIt(
    kind,
    asking.then((id) => review.asked.push(id)),
  )
}

/** What the gate asked by itself is there to be decided, too. */
async function findAsked({ db, run, asked }: Review): Promise<void> {
  const { rows } = await db.admin.query<{ approval_id: string }>(
    'select approval_id from approval_queue where workflow_id = $1 and approval_id <> all ($2)',
    [run, asked],
  )
  asked.push(...rows.map(({ approval_id }) => approval_id))
}

/** Accepted is what begins; whatever else the gate says is a refusal. */
export async function begins(
  review: Review,
  kind: string,
  call: Promise<agents.GateAnswer>,
): Promise<boolean> {
  let begun = false
  const outcome = await outcomeOf(call.then(({ decision }) => (begun = decision === 'allow')))
  if (!/^(accepted|HP\d{3}|40001|40P01)$/.test(outcome)) throw new Error(`${kind}: ${outcome}`)
  noteOutcome(kind, begun)
  await findAsked(review)
  return begun
}

const WORLD = 'public.world'
const CHANGE = { what: 'skill', name: 'payer', to: { version: 2 } }
const hour = (): Date => new Date(Date.now() + 3_600_000)
const ends = fc.constantFrom<agents.Request>(
  {},
  {},
  { on_expiry: 'reject' },
  { on_expiry: 'escalate' },
)

const asking: fc.Arbitrary<Act>[] = [
  fc.tuple(anyCall, target, ends, fc.constantFrom(null, null, 2)).map(([args, to, end, by]) =>
    act(`ask ${args.order}${to === null ? '' : ' of x'}`, async (review) =>
      asks(review, 'ask', {
        arguments: args,
        target: to,
        ...end,
        ...(end['on_expiry'] !== undefined && { expires_at: hour() }),
        ...(by !== null && { requested_by: personOf(review, by) }),
      }),
    ),
  ),
  fc.constant(
    act('ask about an output', async (review) =>
      asks(review, 'ask about an output', {
        kind: 'output',
        tool: 'report',
        arguments: { text: 'fine' },
      }),
    ),
  ),
  fc.constant(
    act('ask about a change', async (review) =>
      asks(review, 'ask about a change', { kind: 'change', tool: 'publish', arguments: CHANGE }),
    ),
  ),
]

const calling: fc.Arbitrary<Act>[] = [
  fc
    .tuple(anyCall, target, fc.constantFrom('a', 'b', 'c'), fc.boolean())
    .map(([args, to, key, edits]) =>
      act(`call ${args.order}${to === null ? '' : ' of x'} as ${key}`, async (review) =>
        begins(
          review,
          'call',
          agents.beginCall(review.db.alpha, review.run, args, { key, edits, target: to }),
        ),
      ),
    ),
  fc
    .tuple(nth, anyCall)
    .map(([n, args]) =>
      about('call by name', n, async (review, approval) =>
        begins(
          review,
          'call by name',
          agents.beginCall(review.db.alpha, review.run, args, { key: `named ${n}`, approval }),
        ),
      ),
    ),
  fc
    .constantFrom('p', 'q')
    .map((key) =>
      act(`publish as ${key}`, async (review) =>
        begins(
          review,
          'publish',
          agents.beginCall(review.db.alpha, review.run, CHANGE, { key, tool: 'publish' }),
        ),
      ),
    ),
  // One that a policy gates, and one that nothing gates.
  fc
    .tuple(fc.constantFrom('refund', 'ship'), anyCall, fc.nat({ max: 3 }), fc.boolean())
    .map(([tool, args, n, stale]) =>
      act(
        `${tool} ${args.order} as ${tool} ${n}, as the world ${stale ? 'was' : 'is'}`,
        async (review) =>
          callOnWorld(review, agents.callOf(args, { tool, key: `${tool} ${n}` }), stale),
      ),
    ),
]

/** Builds on a row: what it was before never lets anything begin. */
export async function callOnWorld(review: Review, call: object, stale: boolean): Promise<void> {
  const { db, run, alone, world } = review
  const { version } = await one<{ version: number }>(
    db.admin,
    `select version from ${WORLD} where id = $1`,
    [world],
  )
  const expect = { version: stale ? version - 1 : version }
  const request = { ...call, preconditions: [{ table: WORLD, key: { id: world }, expect }] }
  const asked = one<{ answer: agents.GateAnswer }>(
    db.alpha,
    'select begin_action_checked($1, 1, $2) as answer',
    [run, request],
  )
  const begun = await begins(
    review,
    'call on the world',
    asked.then(({ answer }) => answer),
  )
  if (begun && stale && alone) throw new Error('it began on a world that had moved')
}

const goingOn = act('go on', async ({ db, run }) =>
  tryIt('go on', agents.setStatus(db.alpha, run, 'running')),
)

/** What an agent may try and never gets. */
const forgeries = [
  `update approval_queue set decision = 'approved' where approval_id = $1`,
  `update approval_queue set expires_at = null, digest = 'x' where approval_id = $1`,
  `select decide_approval($1, 'operator:ana', 'approved')`,
  `select delegate_approval($1, 'operator:ana', 'operator:bo')`,
  `insert into approval_votes (approval_id, actor, vote) values ($1, 'operator:ana', 'approve')`,
  `insert into grades (approval_id, grade) values ($1, '{"score": 1}')`,
  `update standing_approvals set max_uses = null where approval_id = $1`,
  `select save_policy(null, 'operator:ana', '{}') where $1::uuid is not null`,
]

export const forging: fc.Arbitrary<Act> = fc
  .tuple(nth, fc.constantFrom(...forgeries))
  .map(([n, sql]) =>
    about('forge', n, async ({ db }, approval) => {
      const outcome = await outcomeOf(db.alpha.query(sql, [approval]))
      if (outcome !== '42501') throw new Error(`an agent was answered ${outcome}: ${sql}`)
    }),
  )

export const agentActs: fc.Arbitrary<Act> = fc.oneof(
  { weight: 4, arbitrary: fc.oneof(...asking) },
  { weight: 5, arbitrary: fc.oneof(...calling) },
  { weight: 2, arbitrary: fc.constant(goingOn) },
)
