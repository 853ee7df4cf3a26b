import { expect, test } from 'vitest'

import { draftText, longNumbers, readDraft } from './draft.ts'

const asked = { invoice: 4711, eur: 129.9, lines: [{ sku: 'a' }] }

test('what was only laid out differently is the same', () => {
  expect(readDraft(draftText(asked), asked)).toEqual({ kind: 'same' })
  expect(readDraft(JSON.stringify(asked), asked)).toEqual({ kind: 'same' })
})

test('another value is an edit, and comes as it was typed', () => {
  const value = { ...asked, eur: 12 }
  expect(readDraft(draftText(value), asked)).toEqual({ kind: 'edited', value })
})

test('what is no JSON says where', () => {
  const draft = readDraft('{"invoice": 4711,}', asked)
  expect(draft.kind).toBe('broken')
})

test('a number that would be rounded on its way is refused, and named', () => {
  expect(readDraft('{"invoice": {"id": 90071992547409931}}', asked)).toEqual({
    kind: 'broken',
    why: 'invoice.id is too long a number to be kept exactly.',
  })
  expect(longNumbers({ a: [1, 2 ** 53], b: 1.5, c: 1e300 })).toEqual(['a.1', 'c'])
})
