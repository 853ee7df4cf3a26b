import { expect, test } from 'vitest'

import { DatabaseClock } from './clock.ts'

const at = (ms: number) => new Date(ms).toISOString()

test('runs on the least delayed reading while live', () => {
  const clock = new DatabaseClock()
  clock.follow({ phase: 'live', lagMs: 0 })
  clock.heard(at(100_000), 5000)
  clock.heard(at(101_000), 6400)
  expect(clock.now(7000)).toBe(102_000)
})

test('does not run on when nothing is heard', () => {
  const clock = new DatabaseClock()
  clock.follow({ phase: 'live', lagMs: 0 })
  clock.heard(at(100_000), 5000)
  expect(clock.now(60_000)).toBe(101_500)
})

test('stands still at the last moment that was seen when the stream is not live', () => {
  const clock = new DatabaseClock()
  clock.follow({ phase: 'live', lagMs: 0 })
  clock.heard(at(100_000), 5000)
  clock.follow({ phase: 'disconnected', since: 6000, attempt: 1 })
  expect(clock.now(60_000)).toBe(100_000)
})

test('knows nothing before it heard something', () => {
  expect(new DatabaseClock().now(1)).toBeNull()
})
