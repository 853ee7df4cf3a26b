import { expect, test } from 'vitest'

import { moved, parseZoom, scaled, spanOf, writeZoom, zoomTo } from './zoom.ts'

const whole = { from: 1_000_000, to: 1_600_000 }

test('a zoom is read from the address as it was written there', () => {
  for (const text of ['10m', '1m', '90s', '12.5s', '125.25-340'])
    expect(writeZoom(parseZoom(text))).toBe(text)
  expect(writeZoom(null)).toBeUndefined()
  for (const text of ['', 'fit', '0s', '5-5', '340-125', '-5-6', 'x', undefined])
    expect(parseZoom(text)).toBeNull()
})

test('the last minutes follow the end, a window stays where it is', () => {
  expect(spanOf(parseZoom('1m'), whole)).toEqual({ from: 1_540_000, to: 1_600_000 })
  expect(spanOf(parseZoom('60m'), whole)).toEqual(whole)
  expect(spanOf(parseZoom('10-20'), whole)).toEqual({ from: 1_010_000, to: 1_020_000 })
  expect(spanOf(null, whole)).toEqual(whole)
})

test('a window past the end of the run shows its end', () => {
  const { from, to } = spanOf(parseZoom('9000-9010'), whole)
  expect(to).toBe(whole.to)
  expect(from).toBeLessThan(to)
})

test('what reaches the end goes on following only where it did', () => {
  const last = { from: 1_500_000, to: 1_600_000 }
  expect(zoomTo(last, whole, true)).toEqual({ kind: 'last', ms: 100_000 })
  expect(zoomTo(last, whole, false)).toEqual({ kind: 'window', from: 500_000, to: 600_000 })
  expect(zoomTo({ from: 0, to: 9_000_000 }, whole, true)).toBeNull()
})

test('zooming keeps the point it is about, and moving stays within the run', () => {
  expect(scaled({ from: 0, to: 100 }, 0.5, 40)).toEqual({ from: 20, to: 70 })
  expect(scaled({ from: 0, to: 100 }, 2, 100)).toEqual({ from: -100, to: 100 })
  const window = { from: 1_100_000, to: 1_200_000 }
  expect(moved(window, 0.25, whole)).toEqual({ from: 1_125_000, to: 1_225_000 })
  expect(moved(window, -5, whole)).toEqual({ from: 1_000_000, to: 1_100_000 })
  expect(moved(window, 50, whole)).toEqual({ from: 1_500_000, to: 1_600_000 })
})
