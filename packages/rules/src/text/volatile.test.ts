import { expect, test } from 'vitest'

import { isSubjectKey, isVolatileKey, withoutVolatile } from './volatile.ts'

test.each([
  ['0b9a3c11-1f2e-4d5c-8b7a-001122334455 made', '<volatile> made'],
  ['at 2026-11-20T03:12:07.123Z', 'at <volatile>'],
  ['at 2026-11-20 03:12', 'at <volatile>'],
  ['since 03:12:07', 'since <volatile>'],
  ['commit 9f86d081884c7d659a2feaa0c55ad015a3bf4f1b', 'commit <volatile>'],
  ['at 0x7fff5fbff8c0', 'at <volatile>'],
  ['01ARZ3NDEKTSV4RRFFQ69G5FAV', '<volatile>'],
  ['call_HGn16KZh9oNCruxsMJ4gYXan', '<volatile>'],
  ['Bearer eyJhbGciOi.eyJzdWIi.c2lnbmF0', 'Bearer <volatile>'],
  ['took 12.5 ms', 'took <volatile>'],
  ['retry in 3s', 'retry in <volatile>'],
  ['127.0.0.1:54321 refused', '127.0.0.1:<volatile> refused'],
  ['attempt 3 of 5', 'attempt <volatile> of 5'],
  ['epoch 1790000000', 'epoch <volatile>'],
  ['/list?limit=5&cursor=abc&q=x', '/list?limit=5&cursor=<volatile>&q=x'],
  ['order 1234567890123', 'order <volatile>'],
  ['order 9234567890', 'order <volatile>'],
])('%s', (text, left) => {
  expect(withoutVolatile(text)).toBe(left)
})

test.each([
  'price is 375, but paid 299',
  'flight HAT030 on 2024-05-13',
  'https://example.com/the-best-10-martial-arts-schools-of-the-city/page.html',
  'defaced facade',
  'I clicked on the second result',
])('what says something is left alone: %s', (text) => {
  expect(withoutVolatile(text)).toBe(text)
})

test('keys that say that what stands there is volatile, or what is asked about', () => {
  expect(['requestId', 'next_cursor', 'created_at', 'tookMs', 'Page'].every(isVolatileKey)).toBe(
    true,
  )
  expect(['format', 'items', 'date', 'message', 'seat'].some(isVolatileKey)).toBe(false)
  expect(['ticket_id', 'orderId', 'id', 'order-number'].every(isSubjectKey)).toBe(true)
  expect(['paid', 'grid', 'monkey', 'note'].some(isSubjectKey)).toBe(false)
})
