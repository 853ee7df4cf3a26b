import type { OpenRequest } from '@holdpoint/protocol'
import { expect, test } from 'vitest'

import { inPlace } from './inPlace'

const list = (ids: string): OpenRequest[] =>
  Array.from(ids).map((id) => ({ id }) as unknown as OpenRequest)
const shown = (held: string, now: string) => {
  const { placed, pending } = inPlace(list(held), list(now))
  return [
    placed.map(({ request, gone }) => (gone ? `-${request.id}` : request.id)).join(' '),
    pending,
  ]
}

test('what is more urgent than what stands there waits, and is counted', () => {
  expect(shown('bcd', 'abcd')).toEqual(['b c d', 1])
  expect(shown('bd', 'abcd')).toEqual(['b d', 2])
})

test('what was answered keeps its place, and says so', () => {
  expect(shown('bcd', 'bd')).toEqual(['b -c d', 0])
  expect(shown('bcd', 'a')).toEqual(['-b -c -d a', 0])
})

test('what comes below is added below, as when the list is scrolled on', () => {
  expect(shown('ab', 'abcd')).toEqual(['a b c d', 0])
  expect(shown('bc', 'abcd')).toEqual(['b c d', 1])
})

test('what another deadline would move stays where it is', () => {
  expect(shown('abc', 'cab')).toEqual(['a b c', 0])
})
