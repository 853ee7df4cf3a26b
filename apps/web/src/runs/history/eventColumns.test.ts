import { eventKinds, type EventKind } from '@holdpoint/protocol'
import { describe, expect, test } from 'vitest'

import { aRun, anEvent } from '../../live/testing.ts'
import { EventColumns, instantOf, microsOf } from './eventColumns.ts'

const events = (from: number, to: number) =>
  Array.from({ length: to - from + 1 }, (_, index) => anEvent('a', from + index))

const stretch = (first: number, letters: string, kind: EventKind = 'run.progress') => ({
  first,
  at: 1_000_000 * first,
  gaps: letters
    .split('')
    .map((_, n) => (n === 0 ? 0 : 1_000_000))
    .join(','),
  kinds: String.fromCharCode(35 + eventKinds.indexOf(kind)).repeat(letters.length),
  names: eventKinds,
  standing: letters,
})

const step = (seq: number, name: string, kind: EventKind = 'run.progress') =>
  anEvent('a', seq, { kind, state: aRun('a', seq, { step: name }) })

describe('the columns of a history', () => {
  test('know nothing of what was cleared, not even that a step began there', () => {
    const columns = new EventColumns()
    columns.add([anEvent('a', 1), step(2, 'read', 'run.step')])
    columns.clear()
    columns.add([anEvent('a', 9)])
    expect(columns.beganStep(2)).toBe(false)
    expect(columns.standing(2)).toBeNull()
  })

  test('know how many events there are before they know any but the newest', () => {
    const columns = new EventColumns()
    columns.add(events(49_501, 50_000))
    expect(columns.count).toBe(50_000)
    expect(columns.kind(49_502)).toBe('run.progress')
    expect(columns.kind(20_000)).toBeNull()
    expect(columns.known).toBeCloseTo(0.01, 2)
  })

  test('are filled from the newest end, stretch by stretch, until nothing is missing', () => {
    const columns = new EventColumns()
    columns.add(events(8, 10))
    const gaps = []
    for (let gap = columns.gap(3); gap !== null; gap = columns.gap(3)) {
      gaps.push(gap)
      columns.load(stretch(gap.after + 1, 'r'.repeat(gap.limit)))
    }
    // The first of the stream is read, too: whether a step began with it shows only beside the one before.
    expect(gaps).toEqual([
      { after: 5, limit: 3 },
      { after: 2, limit: 3 },
      { after: 0, limit: 2 },
    ])
    expect(columns.known).toBe(1)
    expect(columns.micros(3)).toBe(3_000_000)
  })

  test('a stream that skipped some leaves a gap that is read like the rest', () => {
    const columns = new EventColumns()
    columns.add(events(1, 3))
    columns.add(events(7, 9))
    expect(columns.gap(100)).toEqual({ after: 3, limit: 4 })
    columns.load(stretch(4, 'hhhh'))
    expect(columns.gap(100)).toBeNull()
    expect([3, 4, 7, 8].map((seq) => columns.standing(seq))).toEqual(['r', 'h', 'h', 'r'])
    columns.add(events(10, 12))
    expect(columns.gap(100)).toBeNull()
  })

  test('mark where a step began, in the stream as in the index', () => {
    const columns = new EventColumns()
    columns.add([
      step(1, 'read', 'run.started'),
      step(2, 'read'),
      step(3, 'write', 'run.paused'),
      step(4, 'write', 'run.step'),
    ])
    columns.load(stretch(5, 'rR'))
    expect([1, 2, 3, 4, 5, 6].filter((seq) => columns.beganStep(seq))).toEqual([1, 3, 4, 6])
    expect(columns.standing(6)).toBe('r')
  })

  test('grow past any room they had', () => {
    const columns = new EventColumns()
    columns.add(events(1, 5000))
    expect(columns.kind(1)).toBe('run.progress')
    expect(columns.kind(5000)).toBe('run.progress')
    expect(columns.kind(5001)).toBeNull()
  })
})

test('an instant keeps its microseconds there and back', () => {
  const at = '2026-11-20T03:12:07.000123+00:00'
  expect(instantOf(microsOf(at))).toBe(at)
  expect(microsOf('2026-11-20T03:12:07+00:00')).toBe(Date.parse('2026-11-20T03:12:07Z') * 1000)
  expect(microsOf('2026-11-20T04:12:07.5+01:00')).toBe(microsOf('2026-11-20T03:12:07.500000+00:00'))
})
