import { expect, test } from 'vitest'

import { actionKey, stableId } from './keys.ts'
import { digestOf, shortText } from './payload.ts'
import { redactSecrets, redactText } from './redact.ts'

test('the digest is of the canonical form: the order of members does not matter, their values do', () => {
  expect(digestOf({ b: 1, a: [1, 2] })).toBe(digestOf({ a: [1, 2], b: 1 }))
  expect(digestOf({ a: [2, 1] })).not.toBe(digestOf({ a: [1, 2] }))
  // SHA-256 of {"a":1,"b":"é"}, made with sha256sum.
  expect(digestOf({ b: 'é', a: 1 })).toBe(
    '09ad9fd2fb648cb2f62141215828ea00a62c299db05d20aa9ade2f527a301cc6',
  )
})

test.each([
  ['apiKey', true],
  ['api-key', true],
  ['X-Api_Key', true],
  ['Authorization', true],
  ['client_secret', true],
  ['refreshToken', true],
  ['Set-Cookie', true],
  ['keyboard', false],
  ['author', false],
])('a member named %s is redacted: %s', (name, hidden) => {
  expect(redactSecrets({ [name]: 'x' })).toEqual({ [name]: hidden ? '[redacted]' : 'x' })
})

test('counts stay counts, and what is nested is reached', () => {
  expect(redactSecrets({ usage: { max_tokens: 5 }, all: [{ password: 'x' }] })).toEqual({
    usage: { max_tokens: 5 },
    all: [{ password: '[redacted]' }],
  })
})

test('plain words are left alone', () => {
  const text = 'The bearer of good news has a basic understanding of https://a.example/?q=1'
  expect(redactText(text)).toBe(text)
})

test('a key names its place in the run and fits its column', () => {
  expect(actionKey('r', { name: 'read', occurrence: 2 }, 3)).toBe('r/read/2/3')
  expect(actionKey('r', { name: 'x'.repeat(500), occurrence: 1 }, 1).length).toBeLessThan(500)
})

test('the same parts make the same id, other parts another', () => {
  expect(stableId('a', 1)).toBe(stableId('a', 1))
  expect(stableId('a', 1)).not.toBe(stableId('a1'))
  expect(stableId('a')).toMatch(
    /^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/,
  )
})

test('a text is cut to its column without halving a character', () => {
  expect(shortText('abcd', 4)).toBe('abcd')
  expect(shortText('abc\u{1F600}xyz', 5).isWellFormed()).toBe(true)
})
