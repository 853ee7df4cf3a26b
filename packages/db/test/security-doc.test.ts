import { existsSync, readFileSync } from 'node:fs'
import { basename, join } from 'node:path'

import { describe, expect, test } from 'vitest'

import { mutations } from './mutations/mutations.ts'

// Whether each of these tests has run is looked at when all have: scripts/promises.mjs.
const root = join(import.meta.dirname, '../../..')
const doc = readFileSync(join(root, 'docs/security.md'), 'utf8')

interface Promised {
  readonly said: string
  readonly files: readonly string[]
  readonly takenOut: readonly string[]
  readonly whyNot: string
}

const all = (text: string, pattern: RegExp): string[] =>
  [...text.matchAll(pattern)].map(([, found = '']) => found)

/** The list as it is written: each with what keeps it, and what was taken out to see it fail or why nothing was. */
const promises: readonly Promised[] = doc
  .slice(doc.indexOf('## Promises'), doc.indexOf('## Choices'))
  .split(/^- (?=\*\*)/m)
  .slice(1)
  .map((part) => {
    const words = part.replace(/\n#[^]*$/, '').replaceAll(/\s+/g, ' ')
    const [before = '', out = ''] = words.split(/Taken out: |Not taken out: /)
    return {
      said: /^\*\*(.+?)\.\*\* \([\d., to]+\) Kept by /.exec(words)?.[1] ?? '',
      files: all(before, /`([\w./-]+\.(?:test|spec)\.ts)`/g),
      takenOut: words.includes(' Taken out: ') ? all(out, /_([^_]+)_/g) : [],
      whyNot: words.includes(' Not taken out: ') ? out : '',
    }
  })

test('every promise of docs/security.md is read', () => {
  expect(promises.length).toBeGreaterThan(30)
  expect(promises.filter(({ said, files }) => said === '' || files.length === 0)).toEqual([])
})

describe.each(promises)('$said', ({ files, takenOut, whyNot }) => {
  test.each(files)('is kept by %s, of which nothing is passed over', (file) => {
    expect(existsSync(join(root, file))).toBe(true)
    const text = readFileSync(join(root, file), 'utf8')
    expect(text).toMatch(/^ *test\b/m)
    expect(text).not.toMatch(
      /\b(?:test|it|describe)(?:\.\w+)*\.(?:skip|only|todo|fixme|fails|skipIf|runIf)\b/,
    )
  })

  test('was seen to fail in one of them without its enforcement, or says why not', () => {
    expect(takenOut.length > 0).toBe(whyNot === '')
    for (const name of takenOut) {
      const mutation = mutations.find((each) => each.name === name)
      expect(mutation, name).toBeDefined()
      expect(files.map((file) => basename(file))).toContain(mutation?.file)
    }
  })
})
