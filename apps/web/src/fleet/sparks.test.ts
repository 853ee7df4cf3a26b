import { afterEach, beforeEach, expect, test, vi } from 'vitest'

import { Sparks } from './sparks'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

test('rows are asked for together, and once for each state of their run', async () => {
  const asked: (readonly string[])[] = []
  const sparks = new Sparks(
    async (ids) => {
      asked.push(ids)
      return Promise.resolve({ a: [0.1, 0.2] })
    },
    () => Date.now(),
  )
  const told = vi.fn<() => void>()
  sparks.subscribe(told)
  sparks.want('a', 4)
  sparks.want('b', 9)
  sparks.want('a', 5)
  await vi.advanceTimersByTimeAsync(200)
  expect(asked).toEqual([['a', 'b']])
  expect(sparks.scores('a')).toEqual([0.1, 0.2])
  expect(sparks.scores('b')).toBe(sparks.scores('b'))
  expect(told).toHaveBeenCalledTimes(1)
  sparks.want('a', 5)
  await vi.advanceTimersByTimeAsync(5_000)
  expect(asked).toHaveLength(1)
  // A run that goes on fast is read again now and then, not with each of its events.
  for (let seq = 6; seq < 20; seq++) {
    sparks.want('a', seq)
    await vi.advanceTimersByTimeAsync(100)
  }
  await vi.advanceTimersByTimeAsync(3_000)
  expect(asked.length).toBeLessThanOrEqual(3)
  expect(vi.getTimerCount()).toBe(0)
})

test('what cannot be read stays as it was', async () => {
  let works = true
  const sparks = new Sparks(
    async () => (works ? Promise.resolve({ a: [1] }) : Promise.reject(new Error('away'))),
    () => Date.now(),
  )
  sparks.want('a', 1)
  await vi.advanceTimersByTimeAsync(200)
  works = false
  sparks.want('a', 2)
  await vi.advanceTimersByTimeAsync(5_000)
  expect(sparks.scores('a')).toEqual([1])
})
