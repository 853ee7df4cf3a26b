import * as fc from 'fast-check'
import { expect, test } from 'vitest'

import {
  next,
  type Observation,
  parseSettings,
  readState,
  startState,
  type State,
} from '../src/index.ts'
import { did, replay, runs } from './runs.ts'

const settings = parseSettings({ tools: { wait: { poll: { windowMs: 20_000, bound: 5 } } } })

test('a run replayed in chunks, with its state stored as JSON in between, gives the same verdicts', () => {
  fc.assert(
    fc.property(runs, fc.array(fc.nat(20), { maxLength: 20 }), (run, sizes) => {
      const whole = replay(run, settings)
      let state = startState
      let taken = 0
      const verdicts = [...sizes, run.length].flatMap((size) => {
        const chunk = run.slice(taken, taken + size)
        taken += chunk.length
        const part = replay(chunk, settings, state)
        state = readState(JSON.parse(JSON.stringify(part.state))) ?? startState
        return part.verdicts
      })
      expect(verdicts).toEqual(whole.verdicts)
      expect(state).toEqual(whole.state)
    }),
  )
})

test('a verdict is a score and signals from 0 to 1, and stands on observations that were there', () => {
  fc.assert(
    fc.property(runs, (run) => {
      replay(run, settings).verdicts.forEach(({ score, signals }, at) => {
        const had = new Set(run.slice(0, at + 1).map(({ ref }) => ref))
        expect(score).toBeGreaterThanOrEqual(0)
        expect(score).toBeLessThanOrEqual(1)
        for (const { value, evidence, why } of signals) {
          expect(value).toBeGreaterThanOrEqual(0)
          expect(value).toBeLessThanOrEqual(1)
          expect(evidence.length).toBeLessThanOrEqual(12)
          expect(evidence.every((ref) => had.has(ref))).toBe(true)
          expect(value === 0 || evidence.length > 0).toBe(true)
          expect(why).toMatch(/\.$/)
        }
      })
    }),
    { numRuns: 40 },
  )
})

test('nothing that was given is changed', () => {
  fc.assert(
    fc.property(runs, (run) => {
      const { state } = replay(run, settings)
      const before = JSON.stringify(state)
      next(state, did(100), settings)
      expect(JSON.stringify(state)).toBe(before)
    }),
  )
})

/** What is volatile in a call and its answer, in the shapes that tools give it. */
const volatile = fc.record({
  uuid: fc.uuid(),
  request: fc.string({ minLength: 1, maxLength: 12 }),
  attempt: fc.nat(1000),
  port: fc.integer({ min: 1024, max: 65_535 }),
  took: fc.nat(100_000),
  at: fc
    .date({ min: new Date('2020-01-01'), max: new Date('2090-01-01'), noInvalidDate: true })
    .map((date) => date.toISOString()),
  epoch: fc.integer({ min: 1_500_000_000, max: 1_900_000_000 }),
  hash: fc.stringMatching(/^[0-9a-f]{39}[0-9]$/),
  cursor: fc.base64String({ minLength: 4, maxLength: 40 }),
})
type Volatile = typeof volatile extends fc.Arbitrary<infer T> ? T : never

const dressed = (observation: Observation, v: Volatile): Observation => ({
  ...observation,
  arguments: {
    asked: observation.arguments,
    request_id: v.request,
    cursor: v.cursor,
    note: `try ${v.attempt} at ${v.at} for ${v.uuid}`,
  },
  result: {
    answered: observation.result,
    id: v.uuid,
    order_id: v.attempt,
    [v.uuid]: 'made',
    createdAt: v.at,
    epoch: v.epoch,
    text: `localhost:${v.port} took ${v.took} ms, commit ${v.hash}, page ${v.attempt}`,
    pageToken: v.cursor,
  },
})

test('renaming volatile ids changes nothing', () => {
  const dressings = fc.array(volatile, { minLength: 90, maxLength: 90 })
  fc.assert(
    fc.property(runs, dressings, volatile, (run, ones, same) => {
      const wearing = (names: readonly Volatile[]) =>
        replay(
          run.map((observation, at) => {
            const worn = names[at]
            return worn === undefined ? observation : dressed(observation, worn)
          }),
          settings,
        ).verdicts
      // Beside the same names at every step: what comes again has to be seen to come again.
      expect(wearing(ones)).toEqual(wearing(run.map(() => same)))
    }),
    { numRuns: 40 },
  )
})

test('giving every subject another name, one for one, changes nothing', () => {
  fc.assert(
    fc.property(runs, fc.array(fc.nat(3), { minLength: 90, maxLength: 90 }), (run, tickets) => {
      const named = (name: (nth: number) => string) =>
        replay(
          run.map((each, at) => ({ ...each, arguments: { ticket_id: name(tickets[at] ?? 0) } })),
          settings,
        ).verdicts
      expect(named((nth) => `ticket-${nth}`)).toEqual(
        named((nth) => `0b9a3c11-0000-4000-8000-00000000000${9 - nth}`),
      )
    }),
  )
})

const never = (run: readonly Observation[]) =>
  expect(replay(run, settings).verdicts.map(({ found }) => found)).toEqual(run.map(() => null))

test('a run that closes an item at every step is never held, whatever else it does', () => {
  fc.assert(
    fc.property(runs, (run) => {
      never(run.map((observation, at) => ({ ...observation, closed: at + 1 })))
    }),
  )
})

/** Words that no other step says. */
const news = (nth: number): string =>
  Array.from({ length: 8 }, (_, word) => `${'abcdefgh'[word]}${'z'.repeat(nth + 1)}`).join(' ')

test('a run that learns something new at every step is never held, and its score is next to 0', () => {
  fc.assert(
    fc.property(runs, (run) => {
      const learning = run.map((observation, at) => ({
        ...observation,
        outcome: 'ok' as const,
        result: news(at),
        closed: null,
      }))
      never(learning)
      expect(replay(learning, settings).verdicts.every(({ score }) => score < 0.1)).toBe(true)
    }),
  )
})

const reversed = (value: unknown): unknown =>
  Array.isArray(value)
    ? value.map(reversed)
    : typeof value === 'object' && value !== null
      ? Object.fromEntries(
          Object.entries(value)
            .map(([key, each]) => [key, reversed(each)] as const)
            .toReversed(),
        )
      : value

test('the order of keys is irrelevant', () => {
  const json = fc.jsonValue({ maxDepth: 4 })
  fc.assert(
    fc.property(fc.array(fc.tuple(json, json), { maxLength: 20 }), (pairs) => {
      // Each twice: once as it is, once with its keys turned round, which has to count as the same.
      const twice = (other: (value: unknown) => unknown) =>
        replay(
          pairs.flatMap(([asked, answer], nth) => [
            did(2 * nth, { arguments: asked, result: answer }),
            did(2 * nth + 1, { arguments: other(asked), result: other(answer) }),
          ]),
          settings,
        )
      expect(twice(reversed)).toEqual(twice((value) => value))
    }),
  )
})

/** JSON text of a state stays below this, in UTF-16 units; docs/drift.md names it. */
const LARGEST = 80_000

test.each([true, false])('a state never grows beyond its bound, polled: %s', (polled) => {
  const hostile = fc.string({ unit: 'binary', minLength: 100, maxLength: 300 })
  fc.assert(
    fc.property(hostile, hostile, (ref, tool) => {
      const bound = polled ? parseSettings({ tools: { [tool]: { poll: {} } } }) : settings
      let state: State = startState
      for (let nth = 0; nth < 300; nth += 1) {
        const one = did(nth, { ref: `${nth}${ref}`, tool, arguments: nth, result: 'x'.repeat(nth) })
        state = next(state, one, bound).state
      }
      expect(state.window.length).toBe(polled ? 0 : 64)
      expect(state.polls.length).toBe(polled ? 32 : 0)
      expect(state.known.length).toBe(256)
      expect(state.window.every(({ ref, name }) => ref.length <= 64 && name.length <= 64)).toBe(
        true,
      )
      expect(JSON.stringify(state).length).toBeLessThan(LARGEST)
    }),
    { numRuns: 2, endOnFailure: true },
  )
})
