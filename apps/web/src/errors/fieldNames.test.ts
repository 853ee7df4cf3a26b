import { expect, test } from 'vitest'

import { faultWords } from './fieldNames.ts'

test('a refusal names the field as its form does, also for one of several in it', () => {
  expect(
    faultWords([
      { path: ['server', 'url'], message: 'not an smtp or smtps address' },
      { path: ['to', 3], message: 'not an e-mail address' },
      { path: ['spec', 'quorum', 0, 'members', 2], message: 'at most 200 characters' },
    ]),
  ).toBe(
    'Mail server: not an smtp or smtps address; To: not an e-mail address; Who must agree: at most 200 characters',
  )
})

test('what no form shows is told without its inner name', () => {
  expect(faultWords([{ path: ['id'], message: 'not a UUID' }])).toBe('not a UUID')
  expect(faultWords([{ path: [], message: 'say for which stop reasons' }])).toBe(
    'say for which stop reasons',
  )
})
