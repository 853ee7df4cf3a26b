import * as fc from 'fast-check'

import {
  next,
  type Observation,
  type Settings,
  startState,
  type State,
  type Verdict,
} from '../src/index.ts'

/** Takes a whole run in, one observation after the other. */
export function replay(
  run: readonly Observation[],
  settings: Settings,
  from: State = startState,
): { state: State; verdicts: Verdict[] } {
  let state = from
  const verdicts = run.map((observation) => {
    const after = next(state, observation, settings)
    state = after.state
    return after.verdict
  })
  return { state, verdicts }
}

/** An observation of a tool that answered, one second after the other; what is given replaces it. */
export const did = (at: number, given: Partial<Observation> = {}): Observation => ({
  ref: `action-${at}`,
  at: 1_790_000_000_000 + at * 1000,
  step: 'work',
  tool: 'search',
  arguments: { query: 'lost parcel' },
  outcome: 'ok',
  result: { hits: [] },
  ...given,
})

export const times = (count: number, each: (nth: number) => Partial<Observation>): Observation[] =>
  Array.from({ length: count }, (_, nth) => did(nth, each(nth)))

const doing: fc.Arbitrary<Partial<Observation>> = fc.record({
  step: fc.constantFrom('plan', 'work', null),
  tool: fc.constantFrom('search', 'read', 'wait', null),
  arguments: fc.constantFrom<unknown>({ q: 'a' }, { q: 'b', page: 2 }, ['x'], null, 'y'),
  outcome: fc.constantFrom('ok' as const, 'ok' as const, 'failed' as const, 'unknown' as const),
  result: fc.constantFrom<unknown>('none', { n: 1 }, { error: 'no' }, null, 'Error: x'),
  closed: fc.constantFrom(undefined, undefined, null, 0, 1, 2, 3),
})

/** Runs of at most 90 observations that do a few things, then the same again and again, then others. */
export const runs: fc.Arbitrary<Observation[]> = fc
  .array(
    fc.tuple(fc.array(doing, { minLength: 1, maxLength: 6 }), fc.integer({ min: 1, max: 8 })),
    { maxLength: 6 },
  )
  .map((parts) => {
    const all = parts.flatMap(([some, again]) => Array.from({ length: again }, () => some).flat())
    return all.slice(0, 90).map((each, nth) => did(nth, each))
  })
