import * as fc from 'fast-check'

import * as agents from '../../support/agents.ts'
import * as operators from '../../support/operators.ts'
import { begins } from './agent-acts.ts'
import type { Reply } from './answering.ts'
import { decide, delegates, escalates, rules } from './people-acts.ts'
import { act, type Act, anyone, nth, type Review, tryIt } from './review.ts'
import { disables, enables, revokesToken } from './rules-of-the-house.ts'

// Left to chance alone hardly anything would ever begin: here people do what is asked of them, and the agent what it may.

interface Waiting {
  readonly approval: string
  readonly kind: string
  /** Is one yes not enough? */
  readonly several: boolean
  /** A person who may say yes, by number; null: none of these. */
  readonly who: number | null
}

/** What waits for an answer, and who may give it by the database's own word. */
const WAITING = `select q.approval_id as approval, q.kind, needs_several(q.quorum) as several,
    (select n - 1 from unnest($2::text[]) with ordinality p(name, n)
      where why_not(q, 'operator:' || name, $3) is null order by n desc limit 1)::integer as who
  from approval_queue q where q.workflow_id = $1 and q.decision is null and q.closed_at is null order by q.requested_at`

async function waiting({ db, run, people }: Review, reply: Reply = 'approve'): Promise<Waiting[]> {
  return (await db.admin.query<Waiting>(WAITING, [run, people, reply])).rows
}

async function isAnswered(review: Review, { approval, kind, who }: Waiting): Promise<void> {
  if (who === null) return
  const grade = kind === 'output' ? { score: 1 } : undefined
  await decide(review, approval, who, { reply: 'approve', ...(grade && { grade }) })
}

const answersOne: fc.Arbitrary<Act> = fc.tuple(nth, fc.constantFrom(...rules)).map(([n, rule]) =>
  act(`whoever may approves ${n}, and for more`, async (review) => {
    const open = (await waiting(review, 'further')).filter(({ who }) => who !== null)
    const one = open[n % open.length]
    if (one === undefined) return
    await decide(review, one.approval, one.who ?? 0, { reply: 'further', further: rule() })
  }),
)

const handsOn: fc.Arbitrary<Act> = fc.tuple(nth, anyone, fc.boolean()).map(([n, to, delegated]) =>
  act(`whoever may ${delegated ? 'delegates' : 'escalates'} ${n} to ${to}`, async (review) => {
    const open = await waiting(review, delegated ? 'delegate' : 'escalate')
    const one = open.filter(({ who }) => who !== null && who !== to)[0]
    if (one === undefined) return
    const hands = delegated ? delegates : escalates
    await hands(review, one.approval, one.who ?? 0, to)
  }),
)

/** Someone of several says yes and is then shut out, or their token is; then another says yes, who must not be enough. */
const shutOut: fc.Arbitrary<Act> = fc
  .tuple(nth, fc.boolean(), fc.boolean())
  .map(([n, byToken, back]) =>
    act(
      `whoever may approves ${n}, is shut out${back ? ' and back' : ''}, and another approves`,
      async (review) => {
        const open = (await waiting(review)).filter(({ several, who }) => several && who !== null)
        const one = open[n % open.length]
        if (one === undefined) return
        if (byToken) {
          await decide(review, one.approval, 'token', { reply: 'approve' })
          await revokesToken(review)
        } else {
          await isAnswered(review, one)
          const person = review.people[one.who ?? 0] ?? ''
          if (one.who !== 0) await disables(review, person)
          if (one.who !== 0 && back) await enables(review, person)
        }
        const next = (await waiting(review)).find(({ approval }) => approval === one.approval)
        if (next !== undefined) await isAnswered(review, next)
      },
    ),
  )

/** Each is answered until nothing waits that one of these people could answer; then nothing holds it. */
const clears = act('all is answered', async (review) => {
  const { db, run } = review
  for (let rounds = 0; rounds < 3; rounds += 1)
    for (const one of await waiting(review)) await isAnswered(review, one)
  await tryIt('resume', operators.resume(db.server, run))
  await tryIt('go on', agents.setStatus(db.alpha, run, 'running'))
})

interface Approved {
  readonly approval: string
  readonly tool: string
  readonly target: string | null
  readonly arguments: unknown
}

const APPROVED = `select approval_id as approval, tool, target, arguments from approval_queue
  where workflow_id = $1 and decision = 'approved' and consumed_at is null and kind <> 'output' order by decided_at desc`

const uses: fc.Arbitrary<Act> = fc.tuple(fc.nat({ max: 1 }), fc.boolean()).map(([n, byName]) =>
  act(`what was approved is called${byName ? ' by name' : ''}`, async (review) => {
    const { rows } = await review.db.admin.query<Approved>(APPROVED, [review.run])
    const one = rows[n % rows.length]
    if (one === undefined) return
    const { approval, tool, target } = one
    const call = { key: `use of ${approval}`, tool, target, ...(byName && { approval }) }
    const kind = byName ? 'call by name' : tool === 'publish' ? 'publish' : 'call'
    await begins(review, kind, agents.beginCall(review.db.alpha, review.run, one.arguments, call))
  }),
)

const comesBack = act('whoever was disabled comes back', async (review) => {
  const { rows } = await review.db.admin.query<{ name: string }>(
    'select name from operators where name = any ($1) and disabled_at is not null limit 1',
    [review.people],
  )
  for (const { name } of rows) await enables(review, name)
})

export const diligentActs: fc.Arbitrary<Act> = fc.oneof(
  { weight: 3, arbitrary: answersOne },
  { weight: 4, arbitrary: fc.constant(clears) },
  { weight: 4, arbitrary: uses },
  { weight: 2, arbitrary: handsOn },
  { weight: 3, arbitrary: shutOut },
  { weight: 1, arbitrary: fc.constant(comesBack) },
)
