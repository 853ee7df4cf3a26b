import type { Policy } from '@holdpoint/protocol'
import * as fc from 'fast-check'

import type { Contract } from '../../support/contract.ts'
import { outcomeOf } from '../../support/refusal.ts'
import { noteOutcome } from './coverage.ts'

/** A yes as it was given; void once its person or its token was barred, for good. */
export interface Yes {
  readonly approval: string
  readonly person: string
  readonly actor: string
  readonly digest: string
  void: boolean
}

/** One run of an agent that asks, calls and cheats, and the people around it. */
export interface Review {
  readonly db: Contract
  readonly run: string
  /** One act after the other: then each answer can be foreseen. */
  readonly alone: boolean
  readonly asked: string[]
  /** Reviewers; the first is an administrator, the last owns the agent's login. */
  readonly people: readonly string[]
  /** Of the first of them. */
  readonly token: string
  readonly yeses: Yes[]
  /** The row of the world that calls build on. */
  readonly world: number
  policy: Policy
}

export interface Act {
  readonly name: string
  readonly run: (review: Review) => Promise<unknown>
}

/** Everything that the database may answer; anything else is a mistake of ours. */
const known = /^(accepted|HP\d{3}|23514|40001|40P01)$/

/** Was it accepted? Counted for its kind. */
export async function tryIt(kind: string, work: Promise<unknown>): Promise<boolean> {
  const outcome = await outcomeOf(work)
  if (!known.test(outcome)) throw new Error(`${kind} was answered ${outcome}`)
  noteOutcome(kind, outcome === 'accepted')
  return outcome === 'accepted'
}

/** One of the people, by number. */
export const personOf = ({ people }: Review, n: number): string =>
  `operator:${people[n % people.length] ?? ''}`

/** An act on one of the requests, where there is one. */
export const about = (
  name: string,
  n: number,
  work: (review: Review, approval: string) => Promise<unknown>,
): Act => ({
  name: `${name} ${n}`,
  run: async (review) => {
    const { asked } = review
    const approval = asked[n % asked.length]
    if (approval !== undefined) await work(review, approval)
  },
})

export const nth = fc.nat({ max: 5 })
export const anyone = fc.nat({ max: 3 })
const calls = [
  { order: 1, eur: 5 },
  { order: 2, eur: 50 },
] as const
export const anyCall = fc.constantFrom(...calls)
export const target = fc.constantFrom(null, null, null, 'x')

export const act = (name: string, run: (review: Review) => Promise<unknown>): Act => ({ name, run })
