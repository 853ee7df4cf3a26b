import { expect, test } from 'vitest'

import { aRun } from '../live/testing.ts'
import { toldOf } from './told.ts'

const place = (changes = {}) => ({ run: aRun('a', 1, changes) })
const nothing = new Set<never>()

test('a column says something as soon as one run does, and from then on', () => {
  expect(toldOf([place(), place()], nothing)).toBe(nothing)
  const drifts = toldOf([place(), place({ drift: 0 })], nothing)
  expect([...drifts]).toEqual(['drift'])
  expect(toldOf([place()], drifts)).toBe(drifts)
  const limits = { tokens: 10, costUsd: null, steps: null, deadline: null }
  expect([...toldOf([place({ limits })], drifts)]).toEqual(['drift', 'spend'])
})
