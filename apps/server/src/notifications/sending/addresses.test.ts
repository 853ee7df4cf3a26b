import { expect, test } from 'vitest'

import { isForbidden, lookupAllowed } from './addresses.ts'

test.each([
  '169.254.169.254',
  '169.254.0.1',
  '::ffff:169.254.169.254',
  '[::ffff:a9fe:a9fe]',
  'fe80::1',
  '[fe80::1%eth0]',
  'fd00:ec2::254',
  '64:ff9b::a9fe:a9fe',
  '100.100.100.200',
  '224.0.0.1',
  '255.255.255.255',
])('%s is never sent to', (address) => {
  expect(isForbidden(address)).toBe(true)
})

test.each([
  '127.0.0.1',
  '10.0.0.7',
  '192.168.1.1',
  '::1',
  'fd12::1',
  '93.184.216.34',
  'example.com',
])('%s may be a receiver', (address) => {
  expect(isForbidden(address)).toBe(false)
})

test('numbers that only a URL parser reads as an address are read before they are judged', () => {
  for (const url of ['http://2852039166/', 'http://0xa9fea9fe/', 'http://169.254.43518/']) {
    expect(isForbidden(new URL(url).hostname)).toBe(true)
  }
})

test('a name is looked up for the connection that uses it', async () => {
  const found = await new Promise((resolve) => {
    lookupAllowed('localhost', { all: true }, (_error, addresses) => resolve(addresses))
  })
  expect(found).toContainEqual(expect.objectContaining({ family: expect.any(Number) as number }))
})
