import type { Context } from 'hono'
import { expect, test } from 'vitest'

import type { AccessEnv } from './access.ts'
import { addressOf } from './address.ts'

const from = (trusted: string[], remoteAddress: string, forwarded?: string) =>
  addressOf(trusted)({
    env: { incoming: { socket: { remoteAddress } } },
    req: { header: (name: string) => (name === 'x-forwarded-for' ? forwarded : undefined) },
  } as unknown as Context<AccessEnv>)

test('nobody is believed who was not named', () => {
  expect(from([], '198.51.100.1', '203.0.113.9')).toBe('198.51.100.1')
  expect(from(['10.0.0.0/8'], '198.51.100.1', '203.0.113.9')).toBe('198.51.100.1')
})

test('a proxy that was named says where a request came from', () => {
  expect(from(['127.0.0.1'], '127.0.0.1', '203.0.113.9')).toBe('203.0.113.9')
  expect(from(['127.0.0.1'], '::ffff:127.0.0.1', '203.0.113.9:4711')).toBe('203.0.113.9')
  expect(from(['fd00::/8'], 'fd00::1', '[2001:db8::1]:443')).toBe('2001:db8::1')
})

test('what stands before the word of the last trusted proxy is a claim', () => {
  const trusted = ['127.0.0.1', '10.0.0.0/8']
  expect(from(trusted, '127.0.0.1', '192.0.2.1, 203.0.113.9, 10.1.2.3')).toBe('203.0.113.9')
  expect(from(trusted, '127.0.0.1', '10.9.9.9, 203.0.113.9')).toBe('203.0.113.9')
})

test('a header that says nothing changes nothing', () => {
  for (const forwarded of [undefined, '', 'unknown', '203.0.113.9, <script>'])
    expect(from(['127.0.0.1'], '127.0.0.1', forwarded)).toBe('127.0.0.1')
})
