import { assert, double, property } from 'fast-check'
import { expect, test } from 'vitest'

import { tileOf } from './tiles.ts'

const window = { from: 1_700_000_000_000, to: 1_700_086_400_000 }

test('a tile covers its view, lies in the window, and is not much longer than needed', () => {
  assert(
    property(
      double({ min: 0.1, max: 86_400_000, noNaN: true }),
      double({ min: 0, max: 1, noNaN: true }),
      (length, place) => {
        const from = window.from + place * (86_400_000 - length)
        const view = { from, to: Math.min(window.to, from + length) }
        const tile = tileOf(view, window)
        expect(tile.from).toBeLessThanOrEqual(view.from)
        expect(tile.to).toBeGreaterThanOrEqual(view.to - 1e-3)
        expect(tile.from).toBeGreaterThanOrEqual(window.from)
        expect(tile.to).toBeLessThanOrEqual(window.to)
        expect(tile.to - tile.from).toBeLessThanOrEqual(Math.max(length * 4 + 1, 1))
        expect(tile.width).toBeLessThanOrEqual(2000)
      },
    ),
  )
})

test('a way through an hour asks a few times, not at each pixel; the whole window is one tile', () => {
  const minute = 60_000
  const view = (nth: number) => ({
    from: window.from + 5_000_000 + nth * (minute / 10),
    to: window.from + 5_000_000 + nth * (minute / 10) + 10 * minute,
  })
  const keys = new Set(Array.from({ length: 600 }, (_, nth) => tileOf(view(nth), window).key))
  expect(keys.size).toBeLessThanOrEqual(8)
  expect(tileOf(window, window).key).toBe('window')
  // As a window grows, what is not at its end is asked for once.
  const grown = { ...window, to: window.to + minute }
  expect(tileOf(view(0), grown)).toEqual(tileOf(view(0), window))
})
