import { expect, test } from 'vitest'

import { inMiddle } from './middle.ts'

test('keeps the end of a long text from where a word begins', () => {
  expect(inMiddle('git push origin main --force')).toEqual(['git push origin ', 'main --force'])
  expect(inMiddle('/srv/app/releases/2026-11-29/config.yaml')).toEqual([
    '/srv/app/releases/2026-11-',
    '29/config.yaml',
  ])
  expect(inMiddle('the order with number 1014')).toEqual(['the order with ', 'number 1014'])
})

test('what is short, or has no word near its end, is not torn apart at random', () => {
  expect(inMiddle('order 1014')).toEqual(['order 1014', ''])
  expect(inMiddle('x'.repeat(40))).toEqual(['x'.repeat(32), 'x'.repeat(8)])
})

test('no letter is cut in two', () => {
  const [start, end] = inMiddle('👩‍👩‍👧'.repeat(20))
  expect(start).toBe('👩‍👩‍👧'.repeat(12))
  expect(end).toBe('👩‍👩‍👧'.repeat(8))
})
