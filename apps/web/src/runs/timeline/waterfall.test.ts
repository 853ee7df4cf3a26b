import type { EventDetail, EventKind } from '@holdpoint/protocol'
import { expect, test } from 'vitest'

import { anEvent, aRun } from '../../live/testing.ts'
import { axisEnd } from './axis.ts'
import { waterfallOf } from './waterfall.ts'

let seq = 0
const event = (kind: EventKind, detail: EventDetail | null = null) =>
  anEvent('a', ++seq, { kind, detail })

test('a step holds the actions that began in it, and ends when the next begins', () => {
  const { bars } = waterfallOf([
    event('run.step', { step: 'fetch' }),
    event('action.intended', { actionId: '1', tool: 'github' }),
    event('action.confirmed', { actionId: '1', tool: 'github' }),
    event('run.step', { step: 'write' }),
  ])
  expect(bars.map(({ label, outcome }) => [label, outcome])).toEqual([
    ['fetch', 'done'],
    ['github', 'done'],
    ['write', 'open'],
  ])
})

test('an action whose outcome is unknown is not shown as done', () => {
  const { bars } = waterfallOf([
    event('action.intended', { actionId: '1', tool: 'send_email' }),
    event('action.unknown', { actionId: '1', tool: 'send_email' }),
  ])
  expect(bars.at(-1)).toMatchObject({ label: 'send_email', outcome: 'unknown' })
})

test('the same step again is another occurrence', () => {
  const { bars } = waterfallOf([
    event('run.step', { step: 'fetch' }),
    event('run.step', { step: 'fetch' }),
  ])
  expect(bars.map(({ sel }) => sel)).toEqual(['step.1.fetch', 'step.2.fetch'])
})

test('a pause is a band from when it began to when it went on', () => {
  const paused = anEvent('a', ++seq, {
    kind: 'run.paused',
    state: aRun('a', seq, { status: 'paused' }),
  })
  const { bands } = waterfallOf([event('run.step', { step: 'fetch' }), paused])
  expect(bands).toMatchObject([{ kind: 'hold', end: null }])
  expect(waterfallOf([paused, event('run.running')]).bands[0]?.end).not.toBeNull()
})

test('a kill ends what was open, and holds are bands', () => {
  const { bars, bands } = waterfallOf([
    event('run.step', { step: 'fetch' }),
    event('hold.opened', { hold: 'operator_pause' }),
    event('run.killed'),
  ])
  expect(bars[0]).toMatchObject({ outcome: 'cancelled' })
  expect(bars[0]?.end).not.toBeNull()
  expect(bands).toHaveLength(1)
  expect(bands[0]?.end).not.toBeNull()
})

test('a long pause does not push the work off the axis', () => {
  expect(axisEnd(0, 9_000_000, 60_000)).toBe(75_000)
  expect(axisEnd(0, 61_000, 60_000)).toBe(61_000)
  expect(axisEnd(0, 61_000, null)).toBe(61_000)
})
