import { expect, test } from 'vitest'

import { SignInLinks } from './sign-in-links.ts'

test('a used link can be opened again for ten minutes and no longer', () => {
  const links = new SignInLinks()
  const token = links.make()
  expect(links.use(token, 0)).toBe('first')
  expect(links.use(token, 600_000)).toBe('again')
  expect(links.use(token, 600_001)).toBe('refused')
})

test('an unused link waits', () => {
  const links = new SignInLinks()
  const token = links.make()
  expect(links.use(token, Number.MAX_SAFE_INTEGER)).toBe('first')
})
