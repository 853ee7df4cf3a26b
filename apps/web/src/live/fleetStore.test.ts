import type { FleetSnapshot } from '@holdpoint/protocol'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'

import { FleetStore } from './fleetStore.ts'
import { aFrame, aRun } from './testing.ts'

const snapshot = (...runs: ReturnType<typeof aRun>[]): FleetSnapshot => ({
  ...aFrame(runs),
  truncated: false,
})

function started(...runs: ReturnType<typeof aRun>[]): FleetStore {
  const store = new FleetStore()
  store.apply({ kind: 'snapshot', data: snapshot(...runs) })
  vi.runAllTimers()
  return store
}

describe('the fleet store', () => {
  beforeEach(() => void vi.useFakeTimers())
  afterEach(() => void vi.useRealTimers())

  test('knows nothing before the first snapshot, which is not the same as an empty fleet', () => {
    expect(new FleetStore().view().known).toBe(false)
    expect(started().view()).toMatchObject({ known: true })
  })

  test('takes what is newer and drops what it has: a snapshot may be ahead of its position', () => {
    const store = started(aRun('a', 5, { step: 'five' }))
    store.apply({ kind: 'frame', data: aFrame([aRun('a', 4, { step: 'four' })]) })
    store.apply({ kind: 'frame', data: aFrame([aRun('a', 5, { step: 'other five' })]) })
    vi.runAllTimers()
    expect(store.view().runs.get('a')?.step).toBe('five')
    store.apply({ kind: 'frame', data: aFrame([aRun('a', 6, { step: 'six' })]) })
    vi.runAllTimers()
    expect(store.view().runs.get('a')?.step).toBe('six')
  })

  test('a snapshot replaces what is held, so that a resync leaves nothing behind', () => {
    const store = started(aRun('a', 1), aRun('b', 1))
    store.apply({ kind: 'snapshot', data: snapshot(aRun('b', 2)) })
    vi.runAllTimers()
    expect([...store.view().runs.keys()]).toEqual(['b'])
  })

  test('tells its listeners once for many frames', () => {
    const store = started()
    const listener = vi.fn<() => void>()
    store.subscribe(listener)
    for (let seq = 1; seq <= 50; seq++) {
      store.apply({ kind: 'frame', data: aFrame([aRun('a', seq)]) })
    }
    expect(listener).not.toHaveBeenCalled()
    vi.runAllTimers()
    expect(listener).toHaveBeenCalledTimes(1)
    expect(store.view().runs.get('a')?.seq).toBe(50)
  })

  test('gives the same view until something changes', () => {
    const store = started(aRun('a', 1))
    const before = store.view()
    expect(store.view()).toBe(before)
    store.apply({ kind: 'frame', data: aFrame([aRun('a', 2)]) })
    vi.runAllTimers()
    expect(store.view()).not.toBe(before)
    expect(before.runs.get('a')?.seq).toBe(1)
  })
})
