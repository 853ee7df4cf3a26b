import { createHash } from 'node:crypto'

import canonicalize from 'canonicalize'
import * as fc from 'fast-check'
import { expect, test } from 'vitest'

import { openContract } from './support/contract.ts'
import { one, outcomeOf } from './support/refusal.ts'

// Invariant 5 stands on a digest that the database and every agent work out alike (RFC 8785).
const db = await openContract()

const inDatabase = async (value: unknown): Promise<{ text: string; digest: string }> =>
  one(db.admin, 'select canonical_json($1::jsonb) as text, digest_of($1::jsonb) as digest', [
    JSON.stringify(value),
  ])

/** A text that Postgres can hold: no NUL, no half of a pair. */
const text = fc.string({ unit: 'binary' }).map((value) => value.replaceAll('\0', '').toWellFormed())

const json = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 4 },
    text,
    fc.double({ noNaN: true, noDefaultInfinity: true }),
    fc.integer(),
    fc.boolean(),
    fc.constant(null),
    fc.array(tie('value'), { maxLength: 4 }),
    fc.dictionary(text, tie('value'), { maxKeys: 5, noNullPrototype: true }),
  ),
})).value

test('any value has the same canonical form and digest in the database and in JavaScript', async () => {
  await fc.assert(
    fc.asyncProperty(json, async (value) => {
      const expected = canonicalize(value) ?? ''
      expect(await inDatabase(value)).toEqual({
        text: expected,
        digest: createHash('sha256').update(expected).digest('hex'),
      })
    }),
    { numRuns: 300 },
  )
})

test('so has every double, the ones between two shortest forms included', async () => {
  const doubles = [
    0,
    -0,
    1e23,
    5e-324,
    1.7976931348623157e308,
    2 ** 53,
    2 ** 53 + 2,
    1e21,
    1e20,
    123e-7,
    1e-6,
    9.5e-7,
    2 ** 70,
    2 ** -1074,
    333333333.3333333,
    4.35,
    0.000001,
    295147905179352830000,
  ]
  const bits = fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }).map((n) => {
    const view = new DataView(new ArrayBuffer(8))
    view.setBigUint64(0, n)
    return view.getFloat64(0)
  })
  const some = fc.array(bits.filter(Number.isFinite), { minLength: 200, maxLength: 200 })
  const powers = Array.from({ length: 2098 }, (_, n) => 2 ** (n - 1074))
  await fc.assert(
    fc.asyncProperty(some, async (values) => {
      expect((await inDatabase(values)).text).toBe(canonicalize(values))
    }),
    { numRuns: 20, examples: [[doubles], [powers]] },
  )
})

test('names are sorted as UTF-16, not by code point', async () => {
  const value = { '\u{1f600}': 1, '\ufb33': 2, a: 3, '\u00e9': 4, '': 5 }
  expect((await inDatabase(value)).text).toBe(canonicalize(value))
})

test('a number that no double holds has no canonical form', async () => {
  expect(await outcomeOf(db.admin.query(`select digest_of('[1e400]')`))).toBe('HP010')
})
