import { expect, test } from 'vitest'

import { aRun } from '../live/testing.ts'
import { limitRows, localTime, wantedLimits } from './raise.ts'

const now = Date.parse('2026-11-20T03:13:00.000000+00:00')
const run = aRun('a', 1, {
  spend: { tokensIn: 900, tokensOut: 300, costUsd: 2.1 },
  steps: 4,
  limits: { tokens: 50_000, costUsd: 2, steps: null, deadline: null },
})

test('names each declared limit, what is used of it, and offers as much again where it is used up', () => {
  expect(limitRows(run, now)).toEqual([
    {
      name: 'costUsd',
      word: 'Money (USD)',
      used: '$2.10',
      limit: '$2.00',
      usedUp: true,
      suggestion: '4.10',
    },
    {
      name: 'tokens',
      word: 'Tokens',
      used: '1,200',
      limit: '50,000',
      usedUp: false,
      suggestion: '100000',
    },
  ])
})

test('what is used up must be raised above its use; the rest may stay', () => {
  expect(wantedLimits(run, {}, now)).toMatchObject({ ok: false, at: 'costUsd' })
  expect(wantedLimits(run, { costUsd: '2.10' }, now)).toMatchObject({ ok: false })
  expect(wantedLimits(run, { costUsd: 'lots' }, now)).toMatchObject({ ok: false })
  expect(wantedLimits(run, { costUsd: '$4.50' }, now)).toEqual({
    ok: true,
    limits: { costUsd: 4.5 },
  })
  expect(wantedLimits(run, { costUsd: '5', tokens: '60,000' }, now)).toEqual({
    ok: true,
    limits: { costUsd: 5, tokens: 60_000 },
  })
})

test('a limit is never lowered', () => {
  expect(wantedLimits(run, { costUsd: '5', tokens: '40000' }, now)).toMatchObject({
    ok: false,
    because: 'Tokens: a limit is only raised.',
  })
})

test('a deadline that has passed needs a later one', () => {
  const late = aRun('a', 1, {
    limits: { tokens: null, costUsd: null, steps: null, deadline: '2026-11-20T03:00:00Z' },
  })
  const [row] = limitRows(late, now)
  expect(row).toMatchObject({
    usedUp: true,
    used: 'passed',
    suggestion: localTime(now + 3_600_000),
  })
  expect(wantedLimits(late, { deadline: localTime(now - 60_000) }, now)).toMatchObject({
    ok: false,
  })
  expect(wantedLimits(late, { deadline: row?.suggestion ?? '' }, now)).toEqual({
    ok: true,
    limits: { deadline: new Date(now + 3_600_000).toISOString() },
  })
})
