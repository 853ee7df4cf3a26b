import { expect, test } from 'vitest'

import { followed } from './follow.ts'

const second = 1000
const now = 1_700_000_000_000
const last = (ms: number) => ({ from: now - ms, to: now })

test('a short view of the last moments ends with what was read last, a long one with now', () => {
  const read = [
    { from: 0, to: now - 8 * second },
    { from: 0, to: now - 2 * second },
  ]
  expect(followed(last(second), read)).toEqual({ from: now - 3 * second, to: now - 2 * second })
  expect(followed(last(60 * second), read)).toEqual(last(60 * second))
})

test('what has not been read for long, or at all, is not shown as the end', () => {
  expect(followed(last(second), [{ from: 0, to: now - 100 * second }])).toEqual(last(second))
  expect(followed(last(second), [])).toEqual(last(second))
})
