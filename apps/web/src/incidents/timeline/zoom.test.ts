import { expect, test } from 'vitest'

import { scaled, shifted, within } from './span.ts'
import { parseZoom, spanOf, writeZoom, zoomTo } from './zoom.ts'

const at = (text: string) => Date.parse(`2026-11-20T${text}Z`)
const night = { from: at('00:00:00'), to: at('08:00:00') }

test('a zoom is read from the address as it was written there', () => {
  for (const text of ['10m', '2h', '12.5s', '0.1s', '2026-11-20T03:12:07.250Z~30s'])
    expect(writeZoom(parseZoom(text))).toBe(text)
  expect(writeZoom(null)).toBeUndefined()
  for (const text of ['', '0s', '0.05s', 'fit', '~5m', 'yesterday~5m', '5m~', undefined, 7])
    expect(parseZoom(text)).toBeNull()
})

test('a stretch stays where it is while the window grows; the last minutes go with its end', () => {
  const later = { ...night, to: at('09:00:00') }
  for (const whole of [night, later]) {
    expect(spanOf(parseZoom('2026-11-20T03:00:00Z~10m'), whole)).toEqual({
      from: at('03:00:00'),
      to: at('03:10:00'),
    })
    expect(spanOf(parseZoom('10m'), whole).to).toBe(whole.to)
  }
  expect(spanOf(null, later)).toEqual(later)
  // What lies outside the window is shown at its edge.
  expect(spanOf(parseZoom('2026-11-20T09:00:00Z~1h'), night)).toEqual({
    from: at('07:00:00'),
    to: night.to,
  })
  expect(spanOf(parseZoom('9d'), night)).toEqual(night)
})

test('only at the end of a window that goes on does a zoom follow', () => {
  const lastHour = { from: at('07:00:00'), to: night.to }
  expect(zoomTo(lastHour, night, true)).toEqual({ kind: 'last', ms: 3_600_000 })
  expect(zoomTo(lastHour, night, false)).toMatchObject({ kind: 'at' })
  expect(zoomTo(shifted(lastHour, -3_600_000), night, true)).toMatchObject({ kind: 'at' })
  expect(zoomTo({ from: 0, to: at('23:00:00') }, night, true)).toBeNull()
})

test('zooming keeps the instant it is about, moving stays within the window, and there is a narrowest', () => {
  const hour = { from: at('03:00:00'), to: at('04:00:00') }
  expect(scaled(hour, 0.5, hour.from)).toEqual({ from: hour.from, to: at('03:30:00') })
  expect(scaled(hour, 2, at('03:30:00'))).toEqual({ from: at('02:30:00'), to: at('04:30:00') })
  const least = scaled(hour, 1e-9, at('03:30:00'))
  expect(least.to - least.from).toBeCloseTo(100, 3)
  expect(within(shifted(hour, -1e9), night)).toEqual({ from: night.from, to: at('01:00:00') })
  expect(within({ from: 0, to: 9e15 }, night)).toEqual(night)
})
