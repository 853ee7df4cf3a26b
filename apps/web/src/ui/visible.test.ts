import { expect, test } from 'vitest'

import { visible } from './visible.ts'

test('what turns the reading direction or cannot be seen is spelled out', () => {
  expect(visible('pay \u202Eelpmaxe\u202C')).toBe('pay ⟨U+202E⟩elpmaxe⟨U+202C⟩')
  expect(visible('bell \u0007 escape \u001B[31m')).toBe('bell ␇ escape ␛[31m')
  expect(visible('a\u200Bb')).toBe('a⟨U+200B⟩b')
})

test('prose in any script stays as it is', () => {
  for (const text of ['line\n\tnext', 'مرحبا بالعالم', '👩‍🚀 短い', 'שלום\u200F!'])
    expect(visible(text)).toBe(text)
})
