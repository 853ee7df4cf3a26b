import { expect, test } from 'vitest'

import { callsWords, checkInWords, metWords } from './metWords.ts'

const wait = {
  would: 'wait',
  yeses: 1,
  quorum: null,
  fourEyes: true,
  withinS: null,
  onExpiry: null,
  next: null,
} as const

test('a wait says for whom, for how long, and what then', () => {
  expect(metWords(wait)).toBe('for one yes, without a deadline')
  const quorum = [
    { name: 'on-call', count: 2 },
    { name: 'finance', count: 1 },
  ]
  expect(metWords({ ...wait, yeses: 3, quorum, withinS: 600, onExpiry: 'reject' })).toMatch(
    /^for 2 of on-call and 1 of finance, 3 in all, within 10m.*, then it is closed$/,
  )
  expect(
    metWords({ ...wait, withinS: 600, onExpiry: 'escalate', next: ['operator:eve'] }),
  ).toContain('then eve')
})

test('the counts name only what there is, and say how much of it is new', () => {
  const counts = { wait: 2, pass: 0, free: 0, other: 1 }
  expect(callsWords({ considered: 3, cut: false, counts, unchanged: 1 })).toBe(
    'Of 3 calls 2 would have waited for a person, 1 is ruled by a more specific policy. For 2 that differs from what rules now.',
  )
  expect(callsWords({ considered: 3, cut: false, counts, unchanged: 3 })).toContain('meet now, too')
  const alike = { ...counts, wait: 0, other: 28 }
  expect(callsWords({ considered: 28, cut: true, counts: alike, unchanged: 28 })).toMatch(
    /^All the newest 28 calls are ruled by a more specific policy\./,
  )
  expect(callsWords({ considered: 0, cut: false, counts, unchanged: 0 })).toMatch(/no such call/)
})

test('runs that would have paused are counted', () => {
  expect(checkInWords({ runs: 4, cut: true, paused: 1 })).toBe(
    'Of the newest 4 runs 1 would have paused for a check-in:',
  )
  expect(checkInWords({ runs: 1, cut: false, paused: 0 })).toContain('none would have paused')
})
