import type { DriftPoint } from '@holdpoint/protocol'
import { expect, test } from 'vitest'

import { pointAt, sides, signalWord, strongest } from './points'

const point = (seq: number, score: number, signals: DriftPoint['signals'] = []): DriftPoint => ({
  seq,
  at: '2026-01-01T00:00:00Z',
  score,
  signals,
})
const signal = (name: string, value: number, evidence: readonly number[] = []) => ({
  name,
  value,
  evidence,
  why: '.',
})

test('without a choice the highest of the newest is open', () => {
  const points = [point(2, 0.1), point(4, 0.8), point(6, 0.8), point(8, 0.2)]
  expect(pointAt(points, undefined)?.seq).toBe(6)
  expect(pointAt([], undefined)).toBeNull()
})

test('an event between two points opens the one before it', () => {
  const points = [point(2, 0.1), point(6, 0.8)]
  expect(pointAt(points, 5)?.seq).toBe(2)
  expect(pointAt(points, 6)?.seq).toBe(6)
  // One that is no longer kept.
  expect(pointAt(points, 1)?.seq).toBe(6)
})

test('what is laid side by side is the first and the last that a signal stands on', () => {
  expect(sides(signal('repeats', 1, [4, 9, 14]))).toEqual([4, 14])
  expect(sides(signal('errors', 1, [4]))).toBeNull()
  expect(sides(signal('states', 1))).toBeNull()
})

test('the strongest signal speaks for a point', () => {
  expect(strongest(point(1, 0))).toBeNull()
  expect(strongest(point(1, 0.5, [signal('a', 0.2), signal('b', 0.9)]))?.name).toBe('b')
  expect(signalWord('novelty')).toBe('nothing new')
  expect(signalWord('other')).toBe('other')
})
