import { expect, test } from 'vitest'

import { settled } from './worker-options.ts'

const url = 'postgres://clerk@127.0.0.1/holdpoint'

test('options that were left out have values', () => {
  expect(settled({ url })).toMatchObject({ url, leaseMs: 10_000, poolSize: 4 })
})

test.each(['holdpoint', 'clerk@127.0.0.1/holdpoint', 'http://127.0.0.1:4654/holdpoint'])(
  'a connection string that is none is no reason to wait for a database: %s',
  (wrong) => {
    expect(() => settled({ url: wrong })).toThrow(/does not begin with postgres:/)
  },
)

test.each([Number.NaN, -1, Number.POSITIVE_INFINITY])('a lease of %s is refused', (leaseMs) => {
  expect(() => settled({ url, leaseMs })).toThrow(/leaseMs cannot be/)
})

test('a Node that is too old is refused: it would not hear of a kill', () => {
  const versions = { node: '20.19.0' }
  expect(() => settled({ url }, versions)).toThrow(/needs Node 22/)
})
