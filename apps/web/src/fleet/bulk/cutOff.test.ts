import type { RunId } from '@holdpoint/protocol'
import { expect, test } from 'vitest'

import { aRun } from '../../live/testing.ts'
import type { ActingState } from './bulkJob.ts'
import { keepCutOff, takeCutOff } from './cutOff.ts'

function aStorage(): Storage {
  const items = new Map<string, string>()
  return {
    getItem: (key: string) => items.get(key) ?? null,
    setItem: (key: string, value: string) => void items.set(key, value),
    removeItem: (key: string) => void items.delete(key),
  } as unknown as Storage
}

const acting: ActingState = {
  phase: 'acting',
  verb: 'pause',
  plan: { verb: 'pause', cut: false, will: [], wont: [] },
  reason: null,
  ids: ['a', 'b', 'c'] as RunId[],
  results: [{ id: 'b' as RunId, outcome: 'done', run: aRun('b', 2) }],
}

test('what a page was sending when it went away is told once, without what was answered', () => {
  const storage = aStorage()
  keepCutOff(acting, storage)
  expect(takeCutOff(storage)).toEqual({ verb: 'pause', of: 3, left: ['a', 'c'] })
  expect(takeCutOff(storage)).toBeNull()
})

test('a request that broke off as the page went away is not its end', () => {
  const storage = aStorage()
  keepCutOff({ ...acting, phase: 'done', error: new TypeError('Failed to fetch') }, storage)
  expect(takeCutOff(storage)).toMatchObject({ left: ['a', 'c'] })
})

test('a command that came to its end leaves nothing', () => {
  const storage = aStorage()
  keepCutOff(acting, storage)
  keepCutOff({ ...acting, phase: 'done', error: null }, storage)
  expect(takeCutOff(storage)).toBeNull()
})
