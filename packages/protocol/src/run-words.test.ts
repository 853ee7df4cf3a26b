import { expect, test } from 'vitest'

import { hasWords, idsThatBegin, wordsOf } from './run-words.ts'
import type { Run } from './run.ts'

const run = {
  id: '0a1b2c3d-0000-4000-8000-00000000abcd',
  agentId: 'billing',
  skill: null,
  goal: 'Refund Booking 100%',
  step: 'step_3',
  tool: null,
  toolTarget: null,
  stopDetail: 'spent it all',
} as unknown as Run

test('blanks ask for nothing, and a word counts once', () => {
  expect(wordsOf(' \t\n')).toEqual([])
  expect(wordsOf('  a\u00A0b \0 a ')).toEqual(['a', 'b'])
})

test('every word must be there, anywhere, in whatever case', () => {
  for (const text of ['fund BOOK', 'billing 100%', 'STEP_3', 'spent refund', '0A1B2C3D', ''])
    expect({ text, found: hasWords(run, wordsOf(text)) }).toEqual({ text, found: true })
  for (const text of ['refund hotel', 'null', 'g100', 'step.3', '0a1b2', 'abcd'])
    expect({ text, found: hasWords(run, wordsOf(text)) }).toEqual({ text, found: false })
})

test('a word is the beginning of an id only when it looks like one', () => {
  expect(idsThatBegin('0A1B2C')).toEqual([
    '0a1b2c00-0000-0000-0000-000000000000',
    '0a1b2cff-ffff-ffff-ffff-ffffffffffff',
  ])
  expect(idsThatBegin(run.id)).toEqual([run.id, run.id])
  for (const word of ['0a1b2', '0a1b2g', '0a1b2c3d0', '0a1b2c3-', `${run.id}0`])
    expect(idsThatBegin(word)).toBeUndefined()
})
