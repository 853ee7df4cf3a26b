import { expect, test } from 'vitest'

import { aRun } from '../live/testing.ts'
import { consequences } from './consequence.ts'

const now = Date.parse('2026-11-20T03:12:10.200000+00:00')

test('names the action in flight and promises nothing about it', () => {
  const run = aRun('a', 1, { tool: 'send_email', toolSince: '2026-11-20T03:12:07.000000+00:00' })
  expect(consequences('pause', run, 0, now)).toContain(
    '1 action in flight: send_email, 3.2s; it may still finish.',
  )
})

test('a plain-SQL agent is stopped at its next write, unseen', () => {
  const words = consequences('kill', aRun('a', 1, { engine: 'sql' }), 0, now).join(' ')
  expect(words).toContain('refuses its next write')
  expect(words).toContain('cannot be observed')
})

test('a kill says what it takes along', () => {
  expect(consequences('kill', aRun('a', 1), 3, now)).toContain('It takes 3 child runs along.')
})
