import { expect, test } from 'vitest'

import type { Idle } from '../history/scans.ts'
import { axisOf, percentAt, ticks, timeAt } from './axis.ts'

const held = (start: number, end: number | null): Idle => ({ standing: 'h', start, end })
const minute = 60_000
const hour = 60 * minute

test('is to scale where the run works', () => {
  const axis = axisOf({ from: 0, to: 10 * minute }, [])
  expect(percentAt(axis, 5 * minute)).toBe(50)
  expect(timeAt(axis, 25)).toBe(2.5 * minute)
  expect(axis.pieces).toHaveLength(1)
})

test('a pause that fits is drawn as long as it was', () => {
  const axis = axisOf({ from: 0, to: 10 * minute }, [held(minute, 2 * minute)])
  expect(axis.pieces.every(({ idle }) => idle === null)).toBe(true)
  expect(percentAt(axis, 2 * minute)).toBe(20)
})

test('a long pause leaves the work its room, and the axis knows where it is shortened', () => {
  const axis = axisOf({ from: 0, to: 9 * hour + 2 * minute }, [held(minute, 9 * hour + minute)])
  expect(axis.pieces.map(({ idle }) => idle !== null)).toEqual([false, true, false])
  const [before, pause, after] = axis.pieces.map(({ left, right }) => right - left)
  expect(before).toBeCloseTo(37.5, 5)
  expect(pause).toBeCloseTo(25, 5)
  expect(after).toBeCloseTo(37.5, 5)
})

test('of many pauses the longest are cut to one length', () => {
  const pauses = [held(minute, 2 * minute), held(hour, 4 * hour), held(5 * hour, 20 * hour)]
  const axis = axisOf({ from: 0, to: 21 * hour }, pauses)
  const drawn = axis.pieces.filter(({ idle }) => idle !== null)
  expect(drawn.map(({ idle }) => idle?.start)).toEqual([hour, 5 * hour])
  const widths = drawn.map(({ left, right }) => right - left)
  expect(widths[0]).toBeCloseTo(widths[1] ?? 0, 5)
})

test('a pause that goes on reaches the right end, and where all is waiting nothing is shortened', () => {
  const axis = axisOf({ from: 0, to: 9 * hour }, [held(minute, null)])
  expect(axis.pieces.at(-1)).toMatchObject({ from: minute, to: 9 * hour, right: 100 })
  expect(axisOf({ from: hour, to: 2 * hour }, [held(0, null)]).pieces).toHaveLength(1)
})

test('every instant is found again where it was drawn', () => {
  const axis = axisOf({ from: 0, to: 21 * hour }, [held(hour, 4 * hour), held(5 * hour, 20 * hour)])
  for (const at of [0, minute, 2 * hour, 4.5 * hour, 12 * hour, 20.5 * hour, 21 * hour])
    expect(timeAt(axis, percentAt(axis, at))).toBeCloseTo(at, 3)
  expect(percentAt(axis, -5)).toBe(0)
  expect(percentAt(axis, 22 * hour)).toBe(100)
})

test('ticks are round instants where the axis is to scale, and never crowd', () => {
  const axis = axisOf({ from: 0, to: 9 * hour + 2 * minute }, [held(minute, 9 * hour + minute)])
  const places = ticks(axis, 6).map((at) => percentAt(axis, at))
  expect(places.length).toBeGreaterThan(2)
  expect(places.every((place) => place <= 37.5 || place >= 62.5)).toBe(true)
  for (const [n, place] of places.slice(1).entries())
    expect(place - (places[n] ?? 0)).toBeGreaterThanOrEqual(10)
})
