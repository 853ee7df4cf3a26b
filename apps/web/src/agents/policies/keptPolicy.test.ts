import { expect, test } from 'vitest'

import { memoryStore } from '../../app/store.fixture.ts'
import {
  dropPolicy,
  isTyped,
  policyFields,
  readPolicy,
  reapplied,
  writePolicy,
} from './keptPolicy.ts'
import { newPolicy } from './policyForm.ts'

const fresh = { version: 3, base: newPolicy, form: newPolicy, reason: '' }
const typed = { ...fresh, form: { ...newPolicy, quorum: 'two of' } }

test('what was typed over a policy is there again, half a line too, for that policy alone', () => {
  const store = memoryStore()
  writePolicy(store, 'a', typed)
  expect(readPolicy(store, 'a')).toEqual(typed)
  expect(readPolicy(store, 'b')).toBeUndefined()
  expect(readPolicy(store, null)).toBeUndefined()
})

test('what was saved, or typed back to what it was, is kept no more', () => {
  const store = memoryStore()
  writePolicy(store, 'a', typed)
  writePolicy(store, 'a', fresh)
  writePolicy(store, null, { ...typed, version: 0 })
  dropPolicy(store, null)
  expect(store.values.size).toBe(0)
  expect([isTyped(fresh), isTyped({ ...fresh, reason: 'why' })]).toEqual([false, true])
})

test('a form of other fields than today’s is not taken for one', () => {
  const store = memoryStore()
  const { skill: _, ...less } = newPolicy
  for (const form of [less, { ...newPolicy, gate: 'yes' }, { ...newPolicy, onExpiry: 'approve' }]) {
    store.setItem('holdpoint.draft.policy.a', JSON.stringify({ ...fresh, form }))
    expect(readPolicy(store, 'a')).toBeUndefined()
  }
})

test('what was typed over an earlier version is put on top of a newer one, and nothing else of it', () => {
  const mine = { ...fresh, form: { ...newPolicy, quorum: '2 on-call', expiresAfterMin: '45' } }
  const theirs = { ...newPolicy, name: 'Refunds', expiresAfterMin: '5' }
  expect(reapplied(mine, theirs)).toEqual({
    ...newPolicy,
    name: 'Refunds',
    quorum: '2 on-call',
    expiresAfterMin: '45',
  })
})

test('a form is told by the names of its fields', () => {
  expect(policyFields({ ...newPolicy, name: 'Refunds', gate: false })).toMatchObject({
    Name: 'Refunds',
    'Ask before each such call': 'no',
    'Deadline, in minutes': '',
  })
})
