import { expect, test } from 'vitest'

import { similarity, sketch } from './sketch.ts'

const words = (from: number, to: number): string =>
  Array.from({ length: to - from }, (_, at) => `word${from + at}`).join(' ')
const alike = (a: string, b: string): number => similarity(sketch(a), sketch(b))

test('a text is like itself, whatever it is', () => {
  for (const text of ['', '…', 'sent', 'two words', words(0, 500)])
    expect(alike(text, text)).toBe(1)
})

test('texts that share nothing are not alike, also short ones', () => {
  expect(alike(words(0, 200), words(200, 400))).toBeLessThan(0.1)
  expect(alike('sent', 'failed')).toBe(0)
  expect(alike('total 375', 'total 299')).toBe(0)
})

test('on average it is as similar as the share of what both have in all that either has', () => {
  // 200 words each, of which 100 are shared: about a third.
  const estimates = Array.from({ length: 40 }, (_, nth) =>
    alike(words(nth * 1000, nth * 1000 + 200), words(nth * 1000 + 100, nth * 1000 + 300)),
  )
  const mean = estimates.reduce((sum, each) => sum + each, 0) / estimates.length
  expect(mean).toBeGreaterThan(0.26)
  expect(mean).toBeLessThan(0.41)
})
