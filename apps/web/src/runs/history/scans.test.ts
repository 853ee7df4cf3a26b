import type { EventKind, Run } from '@holdpoint/protocol'
import { expect, test } from 'vitest'

import { aRun, anEvent } from '../../live/testing.ts'
import { EventColumns, microsOf } from './eventColumns.ts'
import { allRows, beginnings, idles, matching, seqAtOrAfter, someRows } from './scans.ts'

const of = (...events: readonly (readonly [EventKind, Partial<Run>?])[]) => {
  const columns = new EventColumns()
  columns.add(
    events.map(([kind, state], index) =>
      anEvent('a', index + 1, { kind, state: aRun('a', index + 1, state) }),
    ),
  )
  return columns
}
const second = (seq: number) => Date.parse(`2026-11-20T03:12:0${seq}Z`)

test('finds the events of some kinds, and those where something began', () => {
  const columns = of(
    ['run.started'],
    ['run.step'],
    ['action.intended'],
    ['action.failed'],
    ['run.step'],
  )
  const rows = matching(new Set<EventKind>(['action.failed', 'run.step']))(columns)
  expect([0, 1, 2].map(rows.seqAt)).toEqual([2, 4, 5])
  expect(beginnings(columns)).toEqual([2, 3, 5])
})

test('what was found stays the same object until there is more', () => {
  const columns = of(['run.started'], ['run.step'])
  const before = beginnings(columns)
  expect(beginnings(columns)).toBe(before)
  columns.add([anEvent('a', 3, { kind: 'run.step' })])
  expect(beginnings(columns)).toEqual([2, 3])
})

test('an idle time begins and ends with the state, whatever the events are called', () => {
  const paused = { status: 'paused', stopReason: 'USER_PAUSED' } as const
  const asks = { status: 'paused', stopReason: 'AWAITING_APPROVAL' } as const
  const columns = of(
    ['run.started'],
    ['hold.opened', paused],
    ['control.acknowledged', paused],
    ['approval.requested', asks],
    ['hold.cleared'],
    ['run.lost', { status: 'lost' }],
  )
  expect(idles(columns)).toEqual([
    { standing: 'h', start: second(2), end: second(4) },
    { standing: 'a', start: second(4), end: second(5) },
    { standing: 'l', start: second(6), end: null },
  ])
  columns.add([anEvent('a', 7, { kind: 'run.failed', state: aRun('a', 7, { status: 'failed' }) })])
  expect(idles(columns).at(-1)?.end).toBe(second(7))
})

test('finds an instant and a row by its sequence', () => {
  const columns = of(['run.started'], ['run.step'], ['run.step'])
  expect(seqAtOrAfter(columns, microsOf('2026-11-20T03:12:02.000000+00:00'))).toBe(2)
  expect(seqAtOrAfter(columns, microsOf('2026-11-20T03:12:02.000001+00:00'))).toBe(3)
  expect(seqAtOrAfter(columns, microsOf('2026-11-20T04:00:00.000000+00:00'))).toBe(4)
  expect(someRows([2, 5, 9]).indexOf(6)).toBe(2)
  expect(someRows([2, 5, 9]).indexOf(10)).toBe(3)
  expect(allRows(10).indexOf(4)).toBe(3)
  expect(allRows(10).seqAt(3)).toBe(4)
})
