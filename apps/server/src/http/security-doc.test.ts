import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

import { expect, test } from 'vitest'

const root = join(import.meta.dirname, '../../../..')
const named = [
  ...readFileSync(join(root, 'docs/security.md'), 'utf8').matchAll(
    /`([\w./-]+\.(?:test|spec)\.ts)`/g,
  ),
].map(([, file = '']) => file)

test('every test that docs/security.md names is there', () => {
  expect(named.length).toBeGreaterThan(20)
  expect(named.filter((file) => !existsSync(join(root, file)))).toEqual([])
})
