import { expect, test } from 'vitest'

import { ServerTooOldError } from './errors.ts'
import { supportedMajor } from './server-version.ts'

test('versions from 16 on are supported', () => {
  expect(supportedMajor('160000', 'PostgreSQL 16.0')).toBe(16)
  expect(supportedMajor('180004', 'PostgreSQL 18.4')).toBe(18)
})

test('an older server is named in the refusal', () => {
  expect(() => supportedMajor('150018', 'PostgreSQL 15.18 (Debian)')).toThrow(ServerTooOldError)
  expect(() => supportedMajor('150018', 'PostgreSQL 15.18 (Debian)')).toThrow(
    'PostgreSQL 15.18 (Debian)',
  )
})

test('an answer that is no version is refused', () => {
  expect(() => supportedMajor('', 'something else')).toThrow('something else')
})
