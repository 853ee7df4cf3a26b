import { expect, test } from 'vitest'

import { actWords } from '../incidents/summary/actWords.ts'
import { deedOf } from './deeds.ts'

test('what has words among the acts of an incident has words in the log', () => {
  const without = Object.keys(actWords).filter(
    (action) => deedOf({ action, actor: 'operator:ana' }) === null,
  )
  expect(without).toEqual([])
})
