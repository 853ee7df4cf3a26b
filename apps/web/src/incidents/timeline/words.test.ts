import { expect, test } from 'vitest'

import { wordsOf } from './words.ts'

const said = (action: string): string => {
  const act = {
    id: 'a',
    at: '2026-11-20T03:12:07.000000+00:00',
    action,
    actor: 'operator:ana',
    runId: null,
    text: '',
  }
  const at = Date.parse(act.at)
  return wordsOf({ kind: 'act', at, act }).what
}

test('an act is read out in the words of today, also where the log has a former one', () => {
  expect(said('standing.give')).toBe('Standing approval given')
  expect(said('rule.make')).toBe(said('standing.give'))
  expect(said('drift.settings')).toBe(said('drift.policy'))
  expect(said('made.up')).toBe('made.up')
})
