import { expect, test } from 'vitest'

import { memoryStore } from '../../app/store.fixture.ts'
import { isTypedDrift, readDrift, writeDrift } from './keptDrift.ts'

const fresh = { version: 2, text: '{}', holds: true, reason: '' }

test('what was typed for one agent is there again, half a word too, until it is taken back', () => {
  const store = memoryStore()
  const typed = { ...fresh, text: '{"loopAt": ' }
  writeDrift(store, 'a', typed)
  expect([readDrift(store, 'a'), readDrift(store, 'b')]).toEqual([typed, undefined])
  writeDrift(store, 'a', null)
  expect(store.values.size).toBe(0)
  store.setItem('holdpoint.draft.drift.a', '{"version": 2, "text": "{}"}')
  expect(readDrift(store, 'a')).toBeUndefined()
})

test('a reason alone is something typed; the same again is not', () => {
  expect(isTypedDrift(fresh, fresh)).toBe(false)
  expect(isTypedDrift({ ...fresh, reason: 'why' }, fresh)).toBe(true)
  expect(isTypedDrift({ ...fresh, holds: false }, fresh)).toBe(true)
})
