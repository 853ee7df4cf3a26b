import { expect, test } from 'vitest'

import { defaultSettings, next, startState } from '../src/index.ts'
import { canonical, MOST_CHARACTERS } from '../src/text/canonical.ts'
import { withoutVolatile } from '../src/text/volatile.ts'
import { did, replay, times } from './runs.ts'

const reading = { keepsSubjects: false, ignore: [], subjects: [] }

function nested(depth: number): unknown {
  let value: unknown = 'the end'
  for (let i = 0; i < depth; i += 1) value = i % 2 === 0 ? [value] : { a: value }
  return value
}

/** Counts what is read of a value, so that the bound is seen without a clock. */
function counted(keys: number): { value: object; reads: () => number } {
  let reads = 0
  const leaf = (): object =>
    new Proxy(Object.fromEntries(Array.from({ length: keys }, (_, i) => [`k${i}`, i])), {
      get(target, key) {
        reads += 1
        return key === 'k0' ? leaf() : (Reflect.get(target, key) as unknown)
      },
    })
  return { value: leaf(), reads: () => reads }
}

// Made in the test: a table of such values is printed before it begins.
const hostile: Record<string, () => unknown> = {
  deep: () => nested(100_000),
  long: () => 'a'.repeat(1_000_000),
  'a long list': () => Array.from({ length: 200_000 }, (_, i) => ({ i })),
  'many keys': () => Object.fromEntries(Array.from({ length: 20_000 }, (_, i) => [`k${i}`, i])),
  'a long key': () => ({ ['k'.repeat(1_000_000)]: 1 }),
  'numbers in words': () => ['NaN', 'Infinity', '1e400', '9'.repeat(400), NaN, -Infinity, -0],
  'names of every object': () =>
    JSON.parse('{"__proto__": {"ok": 1}, "constructor": 1}') as unknown,
  'lone surrogates': () => '\ud800\udfff\ud800',
  nothing: () => undefined,
}

test.each(Object.keys(hostile))('%s: read within the bound, and equal to itself', (name) => {
  const value = hostile[name]?.()
  expect(canonical(value, reading).length).toBeLessThan(4 * MOST_CHARACTERS)
  const { verdicts, state } = replay(
    times(5, () => ({ arguments: value, result: value })),
    defaultSettings,
  )
  expect(verdicts.at(-1)?.found).toBe('LOOP_DETECTED')
  expect(JSON.stringify(state).length).toBeLessThan(80_000)
})

test('a value that goes on for ever is read only so far', () => {
  for (const keys of [1, 3, 50, 1000]) {
    const { value, reads } = counted(keys)
    canonical(value, reading)
    expect(reads()).toBeLessThanOrEqual(MOST_CHARACTERS / 8)
  }
})

test.each(['a/', 'sk-', 'eyJ-', 'a', '1', '1.', '0-', 'f', 'page', '?t=', '2026-', ' ', '_', 'aA'])(
  'a text made of %j alone costs no more than its length',
  (part) => {
    const text = part.repeat(40_000 / part.length)
    expect(withoutVolatile(text).length).toBeLessThanOrEqual(4 * text.length)
  },
)

test('tools named like properties of every object have no settings', () => {
  for (const tool of ['__proto__', 'constructor', 'toString']) {
    expect(next(startState, did(1, { tool }), defaultSettings).verdict.score).toBe(0)
  }
})

test('a time or a count that is none does no harm', () => {
  for (const odd of [NaN, Infinity, -Infinity, -1]) {
    const { state, verdict } = next(startState, did(1, { at: odd, closed: odd }), defaultSettings)
    expect(JSON.parse(JSON.stringify(state))).toEqual(state)
    expect(verdict.score).toBe(0)
  }
})
