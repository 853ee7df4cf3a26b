import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'

import { type Heard, judge, type Watched } from './judge.ts'

const at = (time: string): number => Date.parse(`2026-05-04T${time}Z`)
const minute = 60_000

const hourly: Watched = {
  cron: '0 * * * *',
  timeZone: 'UTC',
  expectMs: null,
  graceMs: 5 * minute,
  declaredAt: at('07:30:00'),
  tendedUntil: null,
  overdueSince: null,
  lastFiredAt: null,
  heard: [],
}

const forDue = (due: string, fired = due): Heard => ({ dueAt: at(due), firedAt: at(fired) })
const byItself = (fired: string): Heard => ({ dueAt: null, firedAt: at(fired) })
const verdict = (loop: Partial<Watched>, now: string, most = 500) =>
  judge({ ...hourly, ...loop }, at(now), most)
const times = (missed: readonly number[]) =>
  missed.map((ms) => new Date(ms).toISOString().slice(11, 16))

describe('a loop with a schedule', () => {
  it('is due next when its schedule says', () => {
    expect(verdict({}, '07:45:00')).toEqual({
      until: at('07:45:00'),
      nextDueAt: at('08:00:00'),
      overdueSince: null,
      missed: [],
      trouble: null,
    })
  })

  it('within its grace is due, and neither missed nor overdue', () => {
    const judged = verdict({}, '08:04:59')
    expect(judged).toMatchObject({ nextDueAt: at('08:00:00'), missed: [], overdueSince: null })
    expect(judged.until).toBeLessThan(at('08:00:00'))
  })

  it('that did not fire within its grace has missed it and is overdue', () => {
    expect(verdict({}, '08:05:00')).toMatchObject({
      nextDueAt: at('09:00:00'),
      missed: [at('08:00:00')],
      overdueSince: at('08:00:00'),
    })
  })

  it('that fired is due the next time, at once', () => {
    expect(verdict({ heard: [forDue('08:00:00', '08:00:01')] }, '08:00:02')).toMatchObject({
      nextDueAt: at('09:00:00'),
      missed: [],
    })
  })

  it('that fires by itself just then has fired, also where its clock is a little ahead', () => {
    for (const fired of ['07:59:57', '08:00:00', '08:04:00']) {
      const { missed, overdueSince } = verdict({ heard: [byItself(fired)] }, '08:30:00')
      expect({ fired, missed, overdueSince }).toEqual({ fired, missed: [], overdueSince: null })
    }
  })

  it('that fired by itself at another time has missed its time, and is well again', () => {
    const judged = verdict({ heard: [byItself('08:20:00')] }, '08:30:00')
    expect(judged).toMatchObject({ missed: [at('08:00:00')], overdueSince: null })
    expect(verdict({ heard: [byItself('07:40:00')] }, '08:30:00')).toMatchObject({
      overdueSince: at('08:00:00'),
    })
  })

  it('stays overdue since the first time it missed', () => {
    const judged = verdict(
      { tendedUntil: at('09:30:00'), overdueSince: at('08:00:00') },
      '10:30:00',
    )
    expect(judged).toMatchObject({ missed: [at('10:00:00')], overdueSince: at('08:00:00') })
  })

  it('is overdue no more when a missed time is fired after all', () => {
    const late = { tendedUntil: at('08:30:00'), overdueSince: at('08:00:00') }
    expect(verdict({ ...late, heard: [forDue('08:00:00', '08:31:00')] }, '08:32:00')).toMatchObject(
      {
        overdueSince: null,
        missed: [],
      },
    )
  })

  it('is overdue since the time it missed after it was last heard of', () => {
    const heard = [forDue('09:00:00')]
    expect(verdict({ heard }, '10:30:00')).toMatchObject({
      missed: [at('08:00:00'), at('10:00:00')],
      overdueSince: at('10:00:00'),
    })
    expect(verdict({ heard: [byItself('09:20:00')] }, '10:30:00')).toMatchObject({
      overdueSince: at('10:00:00'),
    })
  })

  it('that was sent out ahead of its time has fired', () => {
    expect(verdict({ heard: [forDue('08:00:00', '07:31:00')] }, '08:30:00')).toMatchObject({
      missed: [],
      overdueSince: null,
    })
  })

  it('with another schedule counts from then', () => {
    const redeclared = { declaredAt: at('11:30:00'), cron: '15 * * * *', tendedUntil: null }
    expect(verdict(redeclared, '12:30:00')).toMatchObject({ missed: [at('12:15:00')] })
  })

  it('of which nothing was judged for long is judged in parts, until nothing is left', () => {
    let loop: Partial<Watched> = { heard: [forDue('12:00:00')] }
    const missed: number[] = []
    for (let calls = 0; calls < 10; calls++) {
      const part = verdict(loop, '18:30:00', 3)
      missed.push(...part.missed)
      loop = { ...loop, tendedUntil: part.until, overdueSince: part.overdueSince }
      if (part.nextDueAt === at('19:00:00')) break
    }
    expect(times(missed)).toEqual([
      '08:00',
      '09:00',
      '10:00',
      '11:00',
      '13:00',
      '14:00',
      '15:00',
      '16:00',
      '17:00',
      '18:00',
    ])
    expect(loop.overdueSince).toBe(at('13:00:00'))
  })

  it('of which nothing was judged for a year is judged as far back as firings are kept', () => {
    const { missed } = verdict({ declaredAt: at('08:00:00') - 365 * 24 * 60 * minute }, '08:30:00')
    expect(missed[0]).toBe(at('09:00:00') - 90 * 24 * 60 * minute)
  })

  it('that cannot be read or never comes says so', () => {
    expect(verdict({ cron: '61 * * * *' }, '08:00:00').trouble).toMatch(/61/)
    expect(verdict({ cron: '0 0 31 2 *' }, '08:00:00')).toMatchObject({
      nextDueAt: null,
      trouble: '"0 0 31 2 *" never comes',
    })
  })

  it('has each time fired or missed, once, however often it is judged', () => {
    const fired = fc.uniqueArray(fc.integer({ min: 1, max: 20 }))
    const looks = fc.array(fc.integer({ min: 1, max: 90 }), { minLength: 1, maxLength: 40 })
    fc.assert(
      fc.property(fired, looks, (fired, looks) => {
        const start = at('00:30:00')
        const firings = fired.map((hour) => at('00:00:00') + hour * 3_600_000)
        const missed: number[] = []
        let loop: Watched = { ...hourly, declaredAt: start }
        let now = start
        for (const minutes of [...looks, 30]) {
          now += minutes * minute
          const heard = firings.filter((ms) => ms <= now).map((ms) => ({ dueAt: ms, firedAt: ms }))
          const { until, overdueSince, missed: more } = judge({ ...loop, heard }, now, 4)
          missed.push(...more)
          loop = { ...loop, tendedUntil: until, overdueSince }
        }
        expect(new Set(missed).size).toBe(missed.length)
        expect(missed.filter((ms) => firings.includes(ms))).toEqual([])
        // All that is judged is one or the other.
        const judged = loop.tendedUntil ?? 0
        for (let due = at('01:00:00'); due <= judged; due += 3_600_000) {
          expect(missed.includes(due) || firings.includes(due)).toBe(true)
        }
        for (const ms of missed) expect(ms + hourly.graceMs).toBeLessThanOrEqual(now)
      }),
    )
  })
})

describe('a loop that an event starts', () => {
  const onEvent: Partial<Watched> = { cron: null, expectMs: 60 * minute }

  it('is expected so long after it last fired, or was declared', () => {
    expect(verdict(onEvent, '08:00:00')).toMatchObject({ nextDueAt: at('08:30:00'), missed: [] })
    expect(verdict({ ...onEvent, lastFiredAt: at('08:10:00') }, '08:20:00')).toMatchObject({
      nextDueAt: at('09:10:00'),
      overdueSince: null,
    })
  })

  it('is overdue after its grace, and misses nothing', () => {
    expect(verdict(onEvent, '08:35:00')).toMatchObject({ overdueSince: null })
    expect(verdict(onEvent, '08:36:00')).toMatchObject({ overdueSince: at('08:30:00'), missed: [] })
  })

  it('that promised nothing is never overdue', () => {
    expect(verdict({ ...onEvent, expectMs: null }, '23:00:00')).toMatchObject({
      nextDueAt: null,
      overdueSince: null,
    })
  })
})
