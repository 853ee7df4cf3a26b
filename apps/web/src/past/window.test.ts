import { describe, expect, it } from 'vitest'

import { askedWindow, moved, msAt, percentIn, ticksOf, windowAbout, zoomed } from './window.ts'

const now = Date.UTC(2026, 10, 20, 3, 12, 7)
const hour = 3_600_000
const bounds = { now, begins: null }

describe('the window under the scrubber', () => {
  it('has the instant in its middle, and reaches no further than just beyond now', () => {
    const then = now - 24 * hour
    expect(windowAbout(then, hour, bounds)).toEqual({ from: then - hour / 2, to: then + hour / 2 })
    const latest = windowAbout(now, hour, bounds)
    expect(latest.to - latest.from).toBe(hour)
    expect(percentIn(latest, now)).toBeCloseTo(98, 0)
  })

  it('does not show what lies before the history, as long as there is history to show', () => {
    const begins = now - 4 * hour
    const first = windowAbout(begins, hour, { now, begins })
    expect(percentIn(first, begins)).toBeCloseTo(2, 0)
    const whole = windowAbout(begins, 24 * hour, { now, begins })
    expect(percentIn(whole, now)).toBeCloseTo(98, 0)
  })

  it('zooms about the pointer: what lies there stays there', () => {
    const window = windowAbout(now - 24 * hour, hour, bounds)
    const next = zoomed(window, 0.5, 0.25, now)
    expect(next.to - next.from).toBe(hour / 2)
    expect(msAt(next, 0.25)).toBeCloseTo(msAt(window, 0.25))
  })

  it('zooms out no further than to now', () => {
    const next = zoomed(windowAbout(now, hour, bounds), 24, 0, now)
    expect(next.to).toBeLessThanOrEqual(now + 24 * hour * 0.021)
    expect(next.to - next.from).toBe(24 * hour)
  })

  it('does not move beyond now, and keeps its width', () => {
    const window = windowAbout(now, hour, bounds)
    expect(moved(window, 5, now)).toEqual(window)
    const earlier = moved(window, -1, now)
    expect(earlier.to).toBe(window.from)
    expect(earlier.to - earlier.from).toBe(hour)
  })

  it('is asked for in whole grains, so that a small move asks for nothing new', () => {
    const window = windowAbout(now - 24 * hour, hour, bounds)
    const asked = askedWindow(window, 240)
    expect(asked.from).toBeLessThanOrEqual(window.from)
    expect(asked.to).toBeGreaterThanOrEqual(window.to)
    expect(askedWindow({ from: asked.from + 1, to: asked.to - 1 }, 240)).toEqual(asked)
  })

  it('has round ticks, and about as many as wanted', () => {
    for (const width of [10_000, hour / 4, hour, 6 * hour, 24 * hour, 168 * hour]) {
      const ticks = ticksOf(windowAbout(now - 24 * hour, width, bounds), 6)
      expect(ticks.length).toBeGreaterThanOrEqual(2)
      expect(ticks.length).toBeLessThanOrEqual(7)
      expect(new Set(ticks.map(({ word }) => word)).size).toBe(ticks.length)
    }
  })
})
