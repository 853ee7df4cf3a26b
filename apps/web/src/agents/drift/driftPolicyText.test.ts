import { expect, test } from 'vitest'

import {
  driftPolicyWords,
  polls,
  settingsText,
  thresholdOf,
  typedSettings,
  withThreshold,
} from './driftPolicyText'

test('what a policy does is said in a few words', () => {
  expect(driftPolicyWords({ settings: {}, holds: true })).toBe('scores only, never holds')
  expect(driftPolicyWords({ settings: { loopAt: null }, holds: true })).toBe(
    'scores only, never holds',
  )
  expect(driftPolicyWords({ settings: { loopAt: 1 }, holds: false })).toBe('shows a loop at 1')
  expect(driftPolicyWords({ settings: { loopAt: 1, driftAt: 0.8 }, holds: true })).toBe(
    'holds a loop at 1 or drift at 0.8',
  )
  expect(polls({ settings: { tools: { a: { poll: {} }, b: { poll: null }, c: 7 } } })).toEqual([
    'a',
  ])
  expect(polls({ settings: { tools: 7 } })).toEqual([])
})

test('settings are typed as JSON, and only as an object', () => {
  expect(typedSettings('  ')).toEqual({ ok: true, settings: {} })
  expect(typedSettings(settingsText({ loopAt: 1 }))).toEqual({ ok: true, settings: { loopAt: 1 } })
  for (const text of ['[]', '7', 'null', '{']) expect(typedSettings(text).ok).toBe(false)
})

test('a threshold that is emptied is taken out; what is no number is left for the server to refuse', () => {
  expect(withThreshold({ loopAt: 1, errors: 3 }, 'loopAt', '')).toEqual({ errors: 3 })
  expect(withThreshold({}, 'driftAt', '0,8')).toEqual({ driftAt: 0.8 })
  expect(withThreshold({}, 'driftAt', 'high')).toEqual({ driftAt: 'high' })
  expect(thresholdOf({ loopAt: null }, 'loopAt')).toBe('')
})
