import { expect, test } from 'vitest'

import { readTrustedProxies } from './proxy-settings.ts'

const read = (text?: string) => readTrustedProxies({ HOLDPOINT_TRUSTED_PROXIES: text })

test('nobody is trusted unless named', () => {
  expect(read()).toEqual([])
  expect(read('')).toEqual([])
})

test('addresses and networks are named by comma', () => {
  expect(read('127.0.0.1, 10.0.0.0/8,fd00::/8')).toEqual(['127.0.0.1', '10.0.0.0/8', 'fd00::/8'])
})

test.each(['proxy.example.com', '10.0.0.0/33', '0.0.0.0/0', '10.0.0.0/8/8', '*', 'true'])(
  'what is no address is refused: %s',
  (text) => {
    expect(() => read(`127.0.0.1, ${text}`)).toThrow(text)
  },
)
