import { expect, test } from 'vitest'

import { emptyForm, furtherOf } from './further.ts'

const now = Date.parse('2026-11-20T03:00:00Z')

test('for the rest of the run nothing more has to be said', () => {
  expect(furtherOf(emptyForm, null, now)).toEqual({ further: { scope: 'run' } })
})

test('for other runs it is narrow: which arguments, how often, for how long', () => {
  const form = { ...emptyForm, scope: 'agent' as const }
  expect(furtherOf(form, null, now)).toHaveProperty('missing')
  expect(furtherOf({ ...form, condition: '$.eur <= 20' }, null, now)).toHaveProperty('missing')
  expect(
    furtherOf(
      { ...form, condition: '$.eur <= 20', maxUses: '5', hours: '8', onlyTarget: true },
      'orders',
      now,
    ),
  ).toEqual({
    further: {
      scope: 'agent',
      target: 'orders',
      condition: '$.eur <= 20',
      maxUses: 5,
      until: '2026-11-20T11:00:00.000Z',
    },
  })
})

test('what is no number is missing, not left out', () => {
  expect(furtherOf({ ...emptyForm, maxUses: 'many' }, null, now)).toHaveProperty('missing')
  expect(furtherOf({ ...emptyForm, hours: '0' }, null, now)).toHaveProperty('missing')
})
