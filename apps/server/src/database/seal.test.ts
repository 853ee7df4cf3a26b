import { expect, test } from 'vitest'

import { Seal } from './seal.ts'

const seal = new Seal('a key')

test('what was sealed opens with the same key, for the same row', () => {
  expect(seal.open(seal.close('whsec_x', 'row'), 'row')).toBe('whsec_x')
  expect(seal.close('whsec_x', 'row').equals(seal.close('whsec_x', 'row'))).toBe(false)
})

test('it opens neither with another key, nor in another row, nor changed', () => {
  const sealed = seal.close('whsec_x', 'row')
  expect(new Seal('another').open(sealed, 'row')).toBeUndefined()
  expect(seal.open(sealed, 'other row')).toBeUndefined()
  const changed = Buffer.from(sealed)
  changed[changed.length - 1] = (changed.at(-1) ?? 0) ^ 1
  expect(seal.open(changed, 'row')).toBeUndefined()
  expect(seal.open(Buffer.alloc(0), 'row')).toBeUndefined()
  expect(seal.open(sealed.subarray(0, 20), 'row')).toBeUndefined()
})
