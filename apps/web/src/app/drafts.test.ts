import { expect, test } from 'vitest'

import { draftsAre, draftsUnder, readDraft, writeDraft } from './drafts.ts'

const isText = (value: unknown): value is { text: string } =>
  typeof value === 'object' && value !== null && 'text' in value

/** As a tab's store: what it keeps are its own keys. */
function tab(): Storage {
  const kept: Record<string, string> = {}
  const means = {
    getItem: (key: string) => kept[key] ?? null,
    setItem: (key: string, value: string) => void (kept[key] = value),
    removeItem: (key: string) => void Reflect.deleteProperty(kept, key),
  }
  return new Proxy(kept, {
    get: (_, key) => (key in means ? means[key as keyof typeof means] : undefined),
  }) as unknown as Storage
}

test('what is kept is found by its name, listed under the beginning of it, and gone once it is taken back', () => {
  const store = tab()
  store.setItem('holdpoint.theme', 'dark')
  writeDraft(store, 'of.a', { text: 'one' })
  writeDraft(store, 'of.b', { text: 'two' })
  expect(readDraft(store, 'of.a', isText)).toEqual({ text: 'one' })
  expect(draftsUnder(store, 'of.')).toEqual(['a', 'b'])
  writeDraft(store, 'of.a', null)
  expect(readDraft(store, 'of.a', isText)).toBeUndefined()
  expect(draftsUnder(store, 'of.')).toEqual(['b'])
})

test('what one person typed is there for them again, and gone once another is signed in', () => {
  const store = tab()
  store.setItem('holdpoint.theme', 'dark')
  draftsAre(store, 'operator:ana')
  writeDraft(store, 'of.a', { text: 'one' })
  draftsAre(store, 'operator:ana')
  expect(readDraft(store, 'of.a', isText)).toEqual({ text: 'one' })
  draftsAre(store, 'operator:bo')
  expect(draftsUnder(store, '')).toEqual([])
  expect(store.getItem('holdpoint.theme')).toBe('dark')
})
