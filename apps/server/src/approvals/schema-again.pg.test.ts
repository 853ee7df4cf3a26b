import { createTestDatabase } from '@holdpoint/db/testing'
import * as fc from 'fast-check'
import { expect, test } from 'vitest'

import { faultOf } from './json-schema.ts'

// Edited arguments are held against their schema twice: whole by the server, its plain part again by the database.
const db = await createTestDatabase()

const key = fc.constantFrom('a', 'b', 'c')
const scalar = fc.constantFrom(null, true, 0, 1, 1.5, -3, 1e21, '', 'x', 'integer')
const { value } = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    scalar,
    fc.array(tie('value'), { maxLength: 3 }),
    fc.dictionary(key, tie('value'), { maxKeys: 3 }),
  ),
}))
const kind = fc.constantFrom('null', 'boolean', 'number', 'integer', 'string', 'array', 'object')

/** Schemas of the keywords that the database reads, and of `others`. */
function schemas(others: Record<string, fc.Arbitrary<unknown>>): fc.Arbitrary<unknown> {
  return fc.letrec<{ schema: unknown }>((tie) => ({
    schema: fc.oneof(
      { depthSize: 'small', withCrossShrink: true },
      fc.boolean(),
      fc.record(
        {
          type: fc.oneof(kind, fc.uniqueArray(kind, { minLength: 1, maxLength: 3 })),
          enum: fc.array(value, { minLength: 1, maxLength: 3 }),
          const: value,
          required: fc.uniqueArray(key, { maxLength: 2 }),
          properties: fc.dictionary(key, tie('schema'), { maxKeys: 3 }),
          additionalProperties: fc.constant(false),
          items: tie('schema').filter((items) => typeof items === 'object'),
          ...others,
        },
        { requiredKeys: [] },
      ),
    ),
  })).schema
}

const plain = schemas({})
const any = schemas({
  $ref: fc.constantFrom('#', '#/properties/a', 'elsewhere'),
  $schema: fc.constantFrom(
    'http://json-schema.org/draft-04/schema#',
    'http://json-schema.org/draft-07/schema#',
    'https://json-schema.org/draft/2019-09/schema',
  ),
  patternProperties: fc.constant({ '^a': true }),
  prefixItems: fc.constant([true]),
  additionalItems: fc.constant(false),
  not: fc.constant({ type: 'null' }),
  anyOf: fc.constant([{ type: 'object' }, true]),
  minimum: fc.constant(1),
  minLength: fc.constant(1),
  maxItems: fc.constant(1),
  unevaluatedProperties: fc.constant(false),
})

/** Where the database finds it broken, or null. */
async function brokenAt(given: unknown, schema: unknown): Promise<string | null> {
  const { rows } = await db.owner.query<{ at: string | null }>('select broken_at($1, $2) as at', [
    JSON.stringify(given),
    JSON.stringify(schema),
  ])
  return rows[0]?.at ?? null
}

test('of the plain part the database finds exactly what the server finds', async () => {
  const property = fc.asyncProperty(value, plain, async (given, schema) => {
    expect((await brokenAt(given, schema)) === null).toBe(faultOf(given, schema) === null)
  })
  await fc.assert(property, { numRuns: 1500 })
})

test('of any other schema it refuses nothing that the server would take', async () => {
  const property = fc.asyncProperty(value, any, async (given, schema) => {
    if ((await brokenAt(given, schema)) !== null) expect(faultOf(given, schema)).not.toBeNull()
  })
  await fc.assert(property, { numRuns: 1500 })
})

test('what is no schema forbids nothing', async () => {
  const none = [null, 1, 'x', [], { type: 5, enum: 1, required: 'a', properties: [1], items: 3 }]
  for (const schema of none) expect(await brokenAt({ a: 1 }, schema)).toBeNull()
  expect(await brokenAt([1], { type: [], items: 3 })).toBe('#')
})

const many = <T>(count: number, each: (n: number) => T): T[] =>
  Array.from({ length: count }, (_, n) => each(n))

test('what is hostile in both is looked at once for each value, in the time that a verb has', async () => {
  const names = Object.fromEntries(many(2_500, (n) => [`k${n}`, {}]))
  const hostile = [
    [many(40_000, () => false), { items: { enum: [...many(11_000, () => true), false] } }],
    [many(20_000, () => 3_999), { items: { enum: many(4_000, (n) => n) } }],
    [many(10_000, () => [2]), { items: { enum: [...many(2_500, () => [1]), [2]] } }],
    [many(25_000, () => ({})), { items: { properties: names } }],
  ] as const
  const client = await db.owner.connect()
  try {
    await client.query(`set statement_timeout = '30s'`)
    for (const [given, schema] of hostile) {
      const sizes = `select check_size('what is given', $1, 262144), check_size('the schema', $2, 65536)`
      const both = [JSON.stringify(given), JSON.stringify(schema)]
      await client.query(sizes, both)
      const { rows } = await client.query('select broken_at($1, $2) as at', both)
      expect(rows).toEqual([{ at: null }])
    }
  } finally {
    client.release(true)
  }
})
