import type { Loop, LoopFiring } from '@holdpoint/protocol'
import { expect, test } from 'vitest'

import { firingsInWords, firingWords, scheduleWords } from './loopWords.ts'

const firing = (state: LoopFiring['state']): LoopFiring => ({
  dueAt: '2026-11-20T03:00:00Z',
  firedAt: null,
  runId: null,
  state,
})

const loop = { cron: null, event: null, expectMs: null, timeZone: 'UTC' } as Loop

test('a schedule is told in words, in its own zone', () => {
  expect(scheduleWords({ ...loop, cron: '0 3 * * 1' })).toBe('At 03:00, only on Monday UTC')
  expect(scheduleWords({ ...loop, cron: '*/15 * * * *', timeZone: 'Europe/Berlin' })).toBe(
    'Every 15 minutes (Europe/Berlin)',
  )
})

test('what an event starts says which, and how often at least', () => {
  expect(scheduleWords({ ...loop, event: 'order.placed', expectMs: 3_600_000 })).toBe(
    'On order.placed, at least every 1h 00m',
  )
  expect(scheduleWords({ ...loop, event: 'order.placed' })).toBe('On order.placed')
})

test('a schedule that cannot be put into words is shown as it is', () => {
  expect(scheduleWords({ ...loop, cron: '0 3 L-3 * *' })).toContain('UTC')
})

test('firings are told in words, too', () => {
  expect(firingsInWords([firing('missed'), firing('fired'), firing('fired')])).toBe(
    '2 on time, 1 missed',
  )
  expect(firingWords(firing('missed'))).toMatch(/^Missed: due 20 Nov/)
})
