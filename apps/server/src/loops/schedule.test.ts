import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'

import { readSchedule, ScheduleError } from './schedule.ts'

/** Due times in (after, until], as UTC. */
function due(cron: string, timeZone: string, after: string, until: string): string[] {
  const found: string[] = []
  for (const at of readSchedule(cron, timeZone).after(Date.parse(after))) {
    if (at > Date.parse(until)) break
    found.push(new Date(at).toISOString().slice(5, 16))
  }
  return found
}

const berlin = 'Europe/Berlin'

describe('a schedule', () => {
  it('is read in its own time zone', () => {
    expect(due('0 3 * * 1-5', 'UTC', '2026-01-02T00:00Z', '2026-01-06T00:00Z')).toEqual([
      '01-02T03:00',
      '01-05T03:00',
    ])
    expect(due('0 3 * * *', 'Asia/Kolkata', '2026-01-01T00:00Z', '2026-01-02T00:00Z')).toEqual([
      '01-01T21:30',
    ])
  })

  it('begins after the instant, not at it', () => {
    expect(due('0 * * * *', 'UTC', '2026-01-01T10:00Z', '2026-01-01T11:00Z')).toEqual([
      '01-01T11:00',
    ])
  })
})

describe('when the clocks go forward', () => {
  it('a time that is left out is due once they have', () => {
    expect(due('30 2 * * *', berlin, '2026-03-28T00:00Z', '2026-03-31T00:00Z')).toEqual([
      '03-28T01:30',
      '03-29T01:00',
      '03-30T00:30',
    ])
  })

  it('what comes each twenty minutes still does', () => {
    expect(due('*/20 * * * *', berlin, '2026-03-29T00:30Z', '2026-03-29T01:30Z')).toEqual([
      '03-29T00:40',
      '03-29T01:00',
      '03-29T01:20',
    ])
  })

  it('a day that begins with the gap is not left out', () => {
    expect(due('0 0 * * *', 'Asia/Beirut', '2026-03-28T00:00Z', '2026-03-30T00:00Z')).toHaveLength(
      2,
    )
  })
})

describe('when the clocks go back', () => {
  it('a time that comes twice is due once', () => {
    expect(due('30 2 * * *', berlin, '2026-10-24T12:00Z', '2026-10-27T00:00Z')).toEqual([
      '10-25T00:30',
      '10-26T01:30',
    ])
  })

  it('what comes each hour comes in both', () => {
    expect(due('0 * * * *', berlin, '2026-10-24T23:30Z', '2026-10-25T02:30Z')).toEqual([
      '10-25T00:00',
      '10-25T01:00',
      '10-25T02:00',
    ])
  })

  it('by half an hour, too', () => {
    const times = due(
      '*/15 * * * *',
      'Australia/Lord_Howe',
      '2026-04-04T14:20Z',
      '2026-04-04T16:00Z',
    )
    expect(times).toHaveLength(7)
  })
})

describe('a schedule that cannot be followed', () => {
  it.each([
    ['* * * *', 'has not five fields'],
    ['* * * * * *', 'has not five fields'],
    ['@daily', 'has not five fields'],
    ['', 'has not five fields'],
    ['61 * * * *', '61'],
    ['0 0 1 1 8', '8'],
    ['x y z a b', 'cannot be read'],
  ])('%j says why', (cron, why) => {
    const first = () => readSchedule(cron, 'UTC').after(0).next()
    expect(first).toThrow(ScheduleError)
    expect(first).toThrow(why)
  })

  it('in a zone that nobody knows says so', () => {
    expect(() => readSchedule('0 0 * * *', 'Mars/Olympus').after(0).next()).toThrow(/Mars/)
  })

  it('that never comes ends', () => {
    expect(readSchedule('0 0 31 2 *', 'UTC').after(0).next().done).toBe(true)
  })
})

const field = (most: number) =>
  fc.oneof(fc.constant('*'), fc.integer({ min: 0, max: most }).map(String))

it('due times only ever grow, and the hour fits the wall there', () => {
  const zone = fc.constantFrom(
    'UTC',
    berlin,
    'America/New_York',
    'Australia/Lord_Howe',
    'Asia/Kolkata',
  )
  const from = fc.integer({ min: Date.parse('2020-01-01'), max: Date.parse('2030-01-01') })
  fc.assert(
    fc.property(field(59), field(23), zone, from, (minute, hour, zone, from) => {
      const times = readSchedule(`${minute} ${hour} * * *`, zone).after(from)
      let last = from
      for (let n = 0; n < 20; n++) {
        const at = times.next().value ?? Infinity
        expect(at).toBeGreaterThan(last)
        // At least daily, with an hour for the clocks.
        expect(at - last).toBeLessThanOrEqual(25 * 3_600_000)
        last = at
      }
    }),
    { numRuns: 60 },
  )
})
