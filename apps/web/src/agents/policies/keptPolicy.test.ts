import { expect, test } from 'vitest'

import { dropPolicy, isTyped, readPolicy, writePolicy } from './keptPolicy.ts'
import { newPolicy } from './policyForm.ts'

function memory() {
  const values = new Map<string, string>()
  return {
    values,
    getItem: (key: string) => values.get(key) ?? null,
    setItem: (key: string, value: string) => void values.set(key, value),
    removeItem: (key: string) => void values.delete(key),
  }
}
const fresh = { version: 3, form: newPolicy, reason: '' }
const typed = { ...fresh, form: { ...newPolicy, quorum: 'two of' } }

test('what was typed over a policy is there again, half a line too, for that policy alone', () => {
  const store = memory()
  writePolicy(store, 'a', typed, fresh)
  expect(readPolicy(store, 'a')).toEqual(typed)
  expect(readPolicy(store, 'b')).toBeUndefined()
  expect(readPolicy(store, null)).toBeUndefined()
})

test('what was saved, or typed back to what it was, is kept no more', () => {
  const store = memory()
  writePolicy(store, 'a', typed, fresh)
  writePolicy(store, 'a', fresh, fresh)
  writePolicy(store, null, { ...typed, version: 0 }, { ...fresh, version: 0 })
  dropPolicy(store, null)
  expect(store.values.size).toBe(0)
  expect([isTyped(fresh, fresh), isTyped({ ...fresh, reason: 'why' }, fresh)]).toEqual([
    false,
    true,
  ])
})

test('a form of other fields than today’s is not taken for one', () => {
  const store = memory()
  const { skill: _, ...less } = newPolicy
  for (const form of [less, { ...newPolicy, gate: 'yes' }, { ...newPolicy, onExpiry: 'approve' }]) {
    store.setItem('holdpoint.draft.policy.a', JSON.stringify({ ...fresh, form }))
    expect(readPolicy(store, 'a')).toBeUndefined()
  }
})
