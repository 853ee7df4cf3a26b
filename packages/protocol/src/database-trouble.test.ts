import { expect, test } from 'vitest'

import { databaseTrouble } from './database-trouble.ts'

const withCode = (code: string): Error => Object.assign(new Error('refused'), { code })

test.each([
  ['08006', 'away'],
  ['57P01', 'away'],
  ['57P03', 'away'],
  ['25006', 'away'],
  ['53300', 'away'],
  ['ECONNRESET', 'away'],
  ['ENETDOWN', 'away'],
  ['28P01', 'refused'],
  ['3D000', 'refused'],
  ['53100', 'full'],
  ['58030', 'full'],
  ['57014', 'slow'],
  ['55P03', 'conflict'],
  ['40P01', 'conflict'],
  ['23505', undefined],
  ['HP001', undefined],
])('%s says that the database is %s', (code, trouble) => {
  expect(databaseTrouble(withCode(code))).toBe(trouble)
})

test('the driver’s errors without a code, and several addresses that were tried, are told, too', () => {
  expect(databaseTrouble(new Error('Connection terminated unexpectedly'))).toBe('away')
  expect(databaseTrouble(new AggregateError([withCode('ECONNREFUSED')]))).toBe('away')
  expect(databaseTrouble(new Error('syntax error'))).toBeUndefined()
  expect(databaseTrouble('no error')).toBeUndefined()
})
