import * as fc from 'fast-check'
import { expect, test } from 'vitest'

import * as agents from '../../support/agents.ts'
import { openContract } from '../../support/contract.ts'
import { ADA, person, secret, fresh } from '../../support/people.ts'
import { retirePolicy, savePolicy } from '../../support/policies.ts'
import { patienceFor, timesByDay } from '../how-many.ts'
import { agentActs, forging } from './agent-acts.ts'
import { kindsSeen, oneSided } from './coverage.ts'
import { diligentActs } from './diligence.ts'
import { sceneFaults } from './faults.ts'
import { peopleActs } from './people-acts.ts'
import type { Act, Review } from './review.ts'
import { anyPolicy, houseActs, killing, specFor } from './rules-of-the-house.ts'

// Invariants 5, 6, 7 and 13, whatever the order of requests, votes, edits, grades, hand-overs, deadlines, policies, standing
// yeses, calls, a moving world, people who come and go, and kills: nothing of a gated tool begins but what was approved, by
// the people it takes, in time, once; no output is settled without its grade; and everything has its audit row.
const db = await openContract()
const numRuns = timesByDay(12)
const patience = patienceFor(numRuns)

await db.admin
  .query(`create table public.world (id integer generated always as identity primary key, version integer default 1);
  grant select on public.world to public`)

const anyAct: fc.Arbitrary<Act> = fc.oneof(
  { weight: 11, arbitrary: agentActs },
  { weight: 10, arbitrary: peopleActs },
  { weight: 9, arbitrary: diligentActs },
  { weight: 6, arbitrary: houseActs },
  { weight: 1, arbitrary: forging },
)

const acts = (minLength: number, maxLength: number): fc.Arbitrary<Act[]> =>
  fc.array(anyAct, { minLength, maxLength, size: 'max' })

async function open(alone: boolean, policy: string): Promise<Review> {
  const people: string[] = []
  for (const role of ['admin', 'reviewer', 'reviewer', 'reviewer'] as const)
    people.push((await person(db.server, [role])).name)
  const token = fresh('hand')
  await db.server.query(`select make_token($1, $2, '{read,decide}', null, null, $3)`, [
    token,
    secret(),
    `operator:${people[0]}`,
  ])
  await db.server.query(`select own_agent_login('alpha', $1, $2)`, [people.at(-1), ADA])
  const { rows } = await db.admin.query<{ id: number }>(
    'insert into public.world default values returning id',
  )
  return {
    db,
    run: await agents.startRun(db.alpha),
    alone,
    asked: [],
    people,
    token,
    yeses: [],
    world: rows[0]?.id ?? 0,
    policy: await savePolicy(db.server, specFor(policy, people)),
  }
}

const wordsOf = (acts: readonly Act[]): string => acts.map(({ name }) => name).join('; ')

async function play(
  scripts: readonly (readonly Act[])[],
  { alone, policy }: { alone: boolean; policy: string },
): Promise<void> {
  const review = await open(alone, policy)
  const script = `a policy ${policy}: ${scripts.map(wordsOf).join(' | ')}`
  try {
    await Promise.all(
      scripts.map(async (acts) => {
        for (const act of acts) await act.run(review)
      }),
    )
    expect(await sceneFaults(review), script).toEqual([])
  } catch (error) {
    throw new Error(script, { cause: error })
  } finally {
    await retirePolicy(db.server, review.policy)
  }
}

test(
  'one after the other: each answer is the one that was foreseen',
  async () => {
    const property = fc.asyncProperty(acts(20, 60), anyPolicy, async (script, policy) =>
      play([script], { alone: true, policy }),
    )
    await fc.assert(property, { numRuns })
  },
  patience,
)

test(
  'all at the same time, each on a connection of its own, until a kill',
  async () => {
    const some = acts(5, 18)
    const property = fc.asyncProperty(
      fc.tuple(some, some, some, some),
      fc.boolean(),
      anyPolicy,
      async (scripts, kill, policy) => {
        const [first, ...others] = scripts
        const all = kill ? [...others, [...first, killing]] : scripts
        await play(all, { alone: false, policy })
      },
    )
    await fc.assert(property, { numRuns })
  },
  patience,
)

/** Everything that people and agents do here, each of which may be accepted and may be refused. */
const kinds =
  `approve, reject, edit, further, delegate, escalate, extend, due, revoke, ask, ask about a change,
  ask about an output, call, call by name, call on the world, publish, go on, policy, disable, enable, pause, resume`
    .split(/,\s+/)
    .toSorted()
/** What chance has left out in so many scenes is not left out by chance. */
const MOST_MORE = 200

test(
  'of each kind of act some were accepted and some were refused',
  async () => {
    for (let more = 0; oneSided(kinds).length > 0 && more < MOST_MORE; more += 1)
      for (const [script, policy] of fc.sample(fc.tuple(acts(20, 60), anyPolicy), 1))
        await play([script], { alone: true, policy })
    expect(oneSided(kinds)).toEqual([])
    expect(kindsSeen()).toEqual(kinds)
  },
  patienceFor(MOST_MORE),
)
