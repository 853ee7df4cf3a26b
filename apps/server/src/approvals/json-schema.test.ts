import { expect, test } from 'vitest'

import { faultOf } from './json-schema.ts'

const refund = {
  $schema: 'https://json-schema.org/draft/2020-12/schema',
  type: 'object',
  properties: { order: { type: 'integer' }, eur: { type: 'number', maximum: 100 } },
  required: ['order', 'eur'],
  additionalProperties: false,
}

test('what keeps to its schema has no fault, and without a schema nothing has', () => {
  expect(faultOf({ order: 7, eur: 12.5 }, refund)).toBeNull()
  expect(faultOf({ anything: true }, null)).toBeNull()
  expect(faultOf([1], true)).toBeNull()
})

test.each([
  ['too much', { order: 7, eur: 1000 }, '#/eur'],
  ['another type', { order: 'seven', eur: 1 }, '#/order'],
  ['one missing', { order: 7 }, 'eur'],
  ['one more', { order: 7, eur: 1, to: 'me' }, 'to'],
  ['no object', 'all of it', '#'],
])('the fault says where it is: %s', (_, value, where) => {
  expect(faultOf(value, refund)).toContain(where)
})

test('an older draft is read as what it says it is', () => {
  const schema = {
    $schema: 'http://json-schema.org/draft-04/schema#',
    type: 'number',
    maximum: 5,
    exclusiveMaximum: true,
  }
  expect(faultOf(4, schema)).toBeNull()
  expect(faultOf(5, schema)).not.toBeNull()
})

test.each([
  ['a pattern that backtracks for ever', { type: 'string', pattern: '^(a+)+$' }],
  ['a reference to itself', { $ref: '#' }],
  ['a reference to nowhere', { $ref: 'https://example.com/schema' }],
  ['a pattern that is none', { pattern: '(' }],
])('a schema that cannot be used lets nothing through: %s', (_, schema) => {
  expect(faultOf(`${'a'.repeat(40)}!`, schema)).toContain('schema itself cannot be used')
})

test('text of a schema is never run', () => {
  const hostile = { properties: { "x'];globalThis.pwned=1;//": { const: 1 } } }
  expect(faultOf({ "x'];globalThis.pwned=1;//": 1 }, hostile)).toBeNull()
  expect('pwned' in globalThis).toBe(false)
})
