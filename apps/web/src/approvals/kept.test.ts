import { expect, test } from 'vitest'

import { memoryStore } from '../app/store.fixture.ts'
import { dropKept, readKept, writeKept } from './kept'

const shut = {
  getItem: () => {
    throw new Error('shut')
  },
  setItem: () => {
    throw new Error('full')
  },
  removeItem: () => {
    throw new Error('shut')
  },
}
const kept = { version: 2, text: '{"eur": 4', reason: 'too much' }

test('what was typed about a request is there again, of that request alone', () => {
  const store = memoryStore()
  writeKept(store, 'a', kept)
  expect(readKept(store, 'a')).toEqual(kept)
  expect(readKept(store, 'b')).toBeNull()
})

test('what was sent, or taken back, is kept no more', () => {
  const store = memoryStore()
  writeKept(store, 'a', kept)
  dropKept(store, 'a')
  writeKept(store, 'b', kept)
  writeKept(store, 'b', { version: 2, text: null, reason: '' })
  expect(store.values.size).toBe(0)
})

test('a store that is shut, full or written by something else keeps nothing, and breaks nothing', () => {
  expect(readKept(shut, 'a')).toBeNull()
  expect(() => {
    writeKept(shut, 'a', kept)
    dropKept(shut, 'a')
  }).not.toThrow()
  const store = memoryStore()
  store.setItem('holdpoint.draft.answer.a', '{"version": "2"}')
  store.setItem('holdpoint.draft.answer.b', '{')
  expect([readKept(store, 'a'), readKept(store, 'b')]).toEqual([null, null])
})
