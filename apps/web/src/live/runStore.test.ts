import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'

import { RunStore } from './runStore.ts'
import { aRun, anEvent } from './testing.ts'

const asOf = '2026-11-20T03:12:08.000000+00:00'
const events = (from: number, to: number) =>
  Array.from({ length: to - from + 1 }, (_, index) => anEvent('a', from + index))
const seqs = (store: RunStore) => store.view().events.map(({ seq }) => seq)

const opened = (from: number, to: number) => {
  const store = new RunStore(16)
  snapshot(store, from, to)
  return store
}
const snapshot = (store: RunStore, from: number, to: number) => {
  const data = { position: 'p', asOf, run: aRun('a', to), events: events(from, to) }
  store.apply({ kind: 'snapshot', data })
  vi.runAllTimers()
}
const frame = (store: RunStore, from: number, to: number) => {
  store.apply({ kind: 'frame', data: { position: 'q', asOf, events: events(from, to) } })
  vi.runAllTimers()
}

describe('the store of one run', () => {
  beforeEach(() => void vi.useFakeTimers())
  afterEach(() => void vi.useRealTimers())

  test('grows by what is newer, once', () => {
    const store = opened(8, 10)
    frame(store, 9, 12)
    expect(seqs(store)).toEqual([8, 9, 10, 11, 12])
    expect(store.view().run?.seq).toBe(12)
  })

  test('puts older pages in front and knows when it holds the whole history', () => {
    const store = opened(4, 6)
    expect(store.view().complete).toBe(false)
    store.prepend(events(1, 4))
    vi.runAllTimers()
    expect(seqs(store)).toEqual([1, 2, 3, 4, 5, 6])
    expect(store.view().complete).toBe(true)
  })

  test('keeps older pages over a resync that joins them', () => {
    const store = opened(1, 6)
    snapshot(store, 5, 9)
    expect(seqs(store)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9])
  })

  test('starts anew where a resync would leave a gap', () => {
    const store = opened(1, 3)
    snapshot(store, 7, 9)
    expect(seqs(store)).toEqual([7, 8, 9])
    expect(store.view().complete).toBe(false)
  })
})
