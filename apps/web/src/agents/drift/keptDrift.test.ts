import { expect, test } from 'vitest'

import { memoryStore } from '../../app/store.fixture.ts'
import { driftFields, isTypedDrift, readDrift, reappliedDrift, writeDrift } from './keptDrift.ts'

const form = { text: '{}', holds: true }
const fresh = { version: 2, base: form, form, reason: '' }
const json = (settings: object) => ({ text: JSON.stringify(settings), holds: true })

test('what was typed for one agent is there again, half a word too, until it is taken back', () => {
  const store = memoryStore()
  const typed = { ...fresh, form: { ...form, text: '{"loopAt": ' } }
  writeDrift(store, 'a', typed)
  expect([readDrift(store, 'a'), readDrift(store, 'b')]).toEqual([typed, undefined])
  writeDrift(store, 'a', fresh)
  expect(store.values.size).toBe(0)
  store.setItem('holdpoint.draft.drift.a', '{"version": 2, "text": "{}"}')
  expect(readDrift(store, 'a')).toBeUndefined()
})

test('a reason alone is something typed; the same again is not', () => {
  expect(isTypedDrift(fresh)).toBe(false)
  expect(isTypedDrift({ ...fresh, reason: 'why' })).toBe(true)
  expect(isTypedDrift({ ...fresh, form: { ...form, holds: false } })).toBe(true)
})

test('what was typed over an earlier version is put on top of a newer one, setting by setting', () => {
  const base = json({ loopAt: 1, repeats: 8, tools: { poll: {} } })
  const mine = { ...json({ loopAt: 0.8, tools: { poll: {} } }), holds: false }
  const theirs = json({ loopAt: 0.5, repeats: 8, driftAt: 0.9, tools: {} })
  const merged = reappliedDrift({ ...fresh, base, form: mine }, theirs)
  expect(merged.holds).toBe(false)
  expect(JSON.parse(merged.text)).toEqual({ loopAt: 0.8, driftAt: 0.9, tools: {} })
})

test('half-typed JSON is taken as a whole, or left as it was', () => {
  const half = { text: '{"loopAt": ', holds: true }
  const theirs = json({ driftAt: 0.9 })
  expect(reappliedDrift({ ...fresh, form: half }, theirs)).toEqual(half)
  expect(reappliedDrift({ ...fresh, base: half, form: half }, theirs)).toEqual(theirs)
  expect(driftFields(half, theirs).map(Object.keys)).toEqual([
    ['When it is reached', 'All settings'],
    ['When it is reached', 'All settings'],
  ])
})

test('settings are told by the names of their fields', () => {
  expect(driftFields(json({ loopAt: 1, tools: { a: 1 } }))).toEqual([
    { 'When it is reached': 'hold the run', 'Loop at': '1', tools: '{"a":1}' },
  ])
})
