import type { HealthVerdict } from '@holdpoint/protocol'
import { expect, test } from 'vitest'

import { summaryOf } from './healthWords'

const facts = (...verdicts: HealthVerdict[]) =>
  verdicts.map((verdict) => ({ id: 'x', title: 'X', verdict, says: '', toDo: null }))

test('what is wrong is counted, the worst first; what could not be read is not called fine', () => {
  expect(summaryOf(facts('ok', 'ok'))).toBe('All 2 are fine.')
  expect(summaryOf(facts('look', 'ok', 'bad', 'look'))).toBe('1 bad, 2 to look at.')
  expect(summaryOf(facts('ok', 'unread'))).toBe('1 could not be read.')
})
