import * as fc from 'fast-check'

import * as agents from '../../support/agents.ts'
import * as operators from '../../support/operators.ts'
import { begins, callOnWorld } from './agent-acts.ts'
import type { Reply } from './answering.ts'
import { decide, delegates, escalates, standing } from './people-acts.ts'
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

const answersOne: fc.Arbitrary<Act> = fc
  .tuple(nth, fc.constantFrom(...standing))
  .map(([n, further]) =>
    act(`whoever may approves ${n}, and for more`, async (review) => {
      const open = (await waiting(review, 'further')).filter(({ who }) => who !== null)
      const one = open[n % open.length]
      if (one === undefined) return
      await decide(review, one.approval, one.who ?? 0, { reply: 'further', further: further() })
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

/** What becomes of the first yes of several, so that a second must not be enough. */
const undoings: Readonly<Record<string, (review: Review, person: string) => Promise<void>>> = {
  'is disabled': disables,
  'is disabled, comes back': async (review, person) => {
    await disables(review, person)
    await enables(review, person)
  },
}

const undone: fc.Arbitrary<Act> = fc
  .tuple(nth, fc.constantFrom(...Object.keys(undoings)))
  .map(([n, how]) =>
    act(`whoever may approves ${n}, ${how}, and another approves`, async (review) => {
      const one = await ofSeveral(review, n)
      if (one === undefined || one.who === 0) return
      await isAnswered(review, one)
      await undoings[how]?.(review, review.people[one.who ?? 0] ?? '')
      await nextAnswer(review, one.approval, 'approve')
    }),
  )

const tokenUndone: fc.Arbitrary<Act> = nth.map((n) =>
  act(`the token approves ${n}, is revoked, and another approves`, async (review) => {
    const one = await ofSeveral(review, n)
    if (one === undefined) return
    await decide(review, one.approval, 'token', { reply: 'approve' })
    await revokesToken(review)
    await nextAnswer(review, one.approval, 'approve')
  }),
)

const edited: fc.Arbitrary<Act> = nth.map((n) =>
  act(`whoever may approves ${n}, and another edits`, async (review) => {
    const one = await ofSeveral(review, n)
    if (one === undefined) return
    await isAnswered(review, one)
    await nextAnswer(review, one.approval, 'edit')
  }),
)

/** One that needs several yeses, and that somebody may give one to. */
async function ofSeveral(review: Review, n: number): Promise<Waiting | undefined> {
  const open = (await waiting(review)).filter(({ several, who }) => several && who !== null)
  return open[n % open.length]
}

async function nextAnswer(review: Review, id: string, reply: 'approve' | 'edit'): Promise<void> {
  const next = (await waiting(review, reply)).find(({ approval }) => approval === id)
  if (next === undefined || next.who === null) return
  const said = reply === 'edit' ? { reply, edited: { order: 3, eur: 9 } } : { reply }
  await decide(review, id, next.who, said)
}

/** Each is answered until nothing waits that one of these people could answer; then nothing holds it. */
const clears = act('all is answered', async (review) => {
  const { db, run } = review
  for (let rounds = 0; rounds < 3; rounds += 1)
    for (const one of await waiting(review)) await isAnswered(review, one)
  await tryIt('resume', operators.resume(db.server, run))
  await tryIt('go on', agents.setStatus(db.alpha, run, 'running'))
})

/** Once nothing holds the run, the world is all that can be in the way. */
const ships: fc.Arbitrary<Act> = fc.boolean().map((stale) =>
  act(`all is answered, and what the world ${stale ? 'was' : 'is'} is built on`, async (review) => {
    await clears.run(review)
    const call = agents.callOf({ order: 1 }, { tool: 'ship', key: crypto.randomUUID() })
    await callOnWorld(review, call, stale)
  }),
)

interface Approved {
  readonly approval: string
  readonly tool: string
  readonly target: string | null
  readonly arguments: unknown
}

const APPROVED = `select approval_id as approval, tool, target, arguments from approval_queue
  where workflow_id = $1 and decision = 'approved' and kind <> 'output' order by consumed_at nulls first, decided_at desc`

/** Also what was used before: by the same action and by another. Whatever begins names its yes. */
const uses: fc.Arbitrary<Act> = fc
  .tuple(fc.nat({ max: 2 }), fc.nat({ max: 1 }), fc.boolean())
  .map(([n, use, byName]) =>
    act(`what was approved is called${byName ? ' by name' : ''}`, async (review) => {
      const { rows } = await review.db.admin.query<Approved>(APPROVED, [review.run])
      const one = rows[n % rows.length]
      if (one === undefined) return
      const { approval, tool, target } = one
      const key = `use ${use} of ${approval}`
      const call = { key, tool, target, ...(byName && { approval }) }
      const kind = byName ? 'call by name' : tool === 'publish' ? 'publish' : 'call'
      const asked = agents.beginCall(review.db.alpha, review.run, one.arguments, call)
      const begun = await begins(review, kind, asked)
      if (begun && review.alone && tool === 'publish') await namesItsYes(review, key)
    }),
  )

async function namesItsYes({ db, run }: Review, key: string): Promise<void> {
  const { rowCount } = await db.admin.query(
    'select from actions where workflow_id = $1 and idempotency_key = $2 and approval_id is not null',
    [run, key],
  )
  if (rowCount !== 1) throw new Error(`"${key}" began on no yes`)
}

const comesBack = act('whoever was disabled comes back', async (review) => {
  const { rows } = await review.db.admin.query<{ name: string }>(
    'select name from operators where name = any ($1) and disabled_at is not null limit 1',
    [review.people],
  )
  for (const { name } of rows) await enables(review, name)
})

export const diligentActs: fc.Arbitrary<Act> = fc.oneof(
  { weight: 3, arbitrary: answersOne },
  { weight: 3, arbitrary: fc.constant(clears) },
  { weight: 4, arbitrary: uses },
  { weight: 2, arbitrary: ships },
  { weight: 2, arbitrary: handsOn },
  { weight: 3, arbitrary: fc.oneof(undone, tokenUndone, edited) },
  { weight: 1, arbitrary: fc.constant(comesBack) },
)
