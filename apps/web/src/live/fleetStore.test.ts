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
    expect(store.view().runs).not.toBe(before.runs)
  })

  test('a view is not a copy: one that is held reads what is held now, never what was', () => {
    const store = started(aRun('a', 1))
    const { runs } = store.view()
    store.apply({ kind: 'frame', data: aFrame([aRun('a', 2), aRun('b', 1)]) })
    expect(runs.get('a')?.seq).toBe(2)
    expect([...runs.keys()]).toEqual(['a', 'b'])
    expect(runs.size).toBe(2)
  })

  test('who keeps an order hears each changed run once, and of a snapshot that all is new', () => {
    const store = started(aRun('a', 1))
    const told: unknown[] = []
    store.subscribeChanges(({ all, changed }) => told.push([all, [...changed.values()]]))
    for (let seq = 2; seq <= 9; seq++)
      store.apply({ kind: 'frame', data: aFrame([aRun('a', seq)]) })
    store.apply({ kind: 'frame', data: aFrame([aRun('a', 3)]) })
    vi.runAllTimers()
    expect(told).toEqual([[false, [aRun('a', 9)]]])
    store.apply({ kind: 'snapshot', data: snapshot(aRun('b', 2)) })
    vi.runAllTimers()
    expect(told[1]).toMatchObject([true, []])
  })

  test('counts by state follow each change without counting over all', () => {
    const store = started(aRun('a', 1), aRun('b', 1, { status: 'paused' }))
    store.apply({
      kind: 'frame',
      data: aFrame([aRun('a', 2, { status: 'complete' }), aRun('c', 1)]),
    })
    vi.runAllTimers()
    expect(store.view().states).toMatchObject({ running: 1, paused: 1, complete: 1 })
    store.apply({ kind: 'snapshot', data: snapshot(aRun('c', 1)) })
    vi.runAllTimers()
    expect(store.view().states).toMatchObject({ running: 1, paused: 0, complete: 0 })
  })

  test('forgets the oldest that ended, never one that goes on, and says which', () => {
    const ended = Array.from({ length: 6000 }, (_, n) =>
      aRun(`ended-${n}`, 1, {
        status: 'complete',
        lastEvent: {
          kind: 'run.complete',
          actor: 'agent:a',
          at: new Date(n * 1000).toISOString(),
        },
      }),
    )
    const living = Array.from({ length: 7000 }, (_, n) => aRun(`living-${n}`, 1))
    const store = started(...ended, ...living)
    const forgotten = new Set<string>()
    store.subscribeChanges((changes) => {
      for (const id of changes.forgotten) forgotten.add(id)
    })
    store.apply({ kind: 'frame', data: aFrame([aRun('living-1', 2)]) })
    vi.runAllTimers()
    expect(forgotten.size).toBe(0)
    store.apply({ kind: 'frame', data: aFrame([aRun('living-2', 2, { status: 'failed' })]) })
    vi.runAllTimers()
    expect(forgotten.size).toBe(3001)
    expect(forgotten).toContain('ended-0')
    expect(store.view().runs.size).toBe(3000 + 6999)
  })
})
