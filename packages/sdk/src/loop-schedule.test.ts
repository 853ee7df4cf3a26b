import { expect, test } from 'vitest'

import { LoopSchedule } from './loop-schedule.ts'

const at = (text: string): Date => new Date(text)

test('the latest due time is the last that is not in the future, to the millisecond', () => {
  const schedule = new LoopSchedule('*/5 * * * *', 'UTC')
  const long = at('2026-01-01T00:00:00Z')
  const latest = (now: string) => schedule.latest(long, at(now))
  expect(latest('2026-11-20T08:50:00.000Z')).toEqual(at('2026-11-20T08:50:00Z'))
  expect(latest('2026-11-20T08:49:59.999Z')).toEqual(at('2026-11-20T08:45:00Z'))
  expect(latest('2026-11-20T08:54:59.001Z')).toEqual(at('2026-11-20T08:50:00Z'))
})

test('what was due before it counts is not due', () => {
  const schedule = new LoopSchedule('0 3 * * *', 'UTC')
  const now = at('2026-11-20T08:00:00Z')
  expect(schedule.latest(at('2026-11-20T03:00:00Z'), now)).toBeUndefined()
  expect(schedule.latest(at('2026-11-20T02:59:59Z'), now)).toEqual(at('2026-11-20T03:00:00Z'))
})

test('it is read in its time zone, on both sides of a change of the clock', () => {
  const schedule = new LoopSchedule('0 3 * * *', 'Europe/Berlin')
  expect(schedule.next(at('2026-10-24T12:00:00Z'))).toEqual(at('2026-10-25T02:00:00Z'))
  expect(schedule.next(at('2026-10-23T12:00:00Z'))).toEqual(at('2026-10-24T01:00:00Z'))
})

test.each([
  ['0 0 3 * * *', 'UTC'],
  ['61 * * * *', 'UTC'],
  ['at three', 'UTC'],
  ['0 3 * * *', 'Mars/Olympus'],
])('"%s" in %s is no schedule, and that is said at once', (cron, zone) => {
  expect(() => new LoopSchedule(cron, zone)).toThrow()
})

test('a schedule that is never due has no next time', () => {
  expect(new LoopSchedule('0 0 30 2 *', 'UTC').next(new Date())).toBeNull()
})
