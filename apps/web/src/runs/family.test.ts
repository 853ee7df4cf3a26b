import type { RunId } from '@holdpoint/protocol'
import { expect, test } from 'vitest'

import { aRun } from '../live/testing.ts'
import { familyOf, livingBelow, tally } from './family.ts'

const child = (id: string, parent: string, more = {}) =>
  aRun(id, 1, { parentId: parent as RunId, rootId: 'root' as RunId, ...more })

test('those above, the run, and those below it, each under its parent', () => {
  const self = child('self', 'root')
  const runs = [
    aRun('root', 1),
    child('b', 'self', { createdAt: '2026-11-20T03:12:08.000000+00:00' }),
    child('a', 'self'),
    child('aa', 'a'),
    child('sister', 'root'),
  ]
  const shown = familyOf(self, runs).map(({ run, depth, is }) => `${depth} ${run.id} ${is}`)
  expect(shown).toEqual(['0 root above', '1 self this', '2 a below', '3 aa below', '2 b below'])
})

test('says what those below do and how many have not ended', () => {
  const runs = [
    child('a', 'root', { status: 'failed' }),
    child('b', 'root'),
    child('c', 'b', { status: 'complete' }),
  ]
  const shown = familyOf(aRun('root', 1, { status: 'failed' }), runs)
  expect(tally(shown)).toBe('1 running, 1 failed, 1 complete')
  expect(livingBelow(aRun('root', 1), runs)).toBe(1)
})

test('of two readings of a run the newer one is shown', () => {
  const older = aRun('a', 3, { parentId: 'root' as RunId })
  const newer = aRun('a', 4, { parentId: 'root' as RunId, status: 'complete' })
  expect(tally(familyOf(aRun('root', 1), [newer, older]))).toBe('1 complete')
})

test('runs that name each other as parents do not hang the page', () => {
  const shown = familyOf(child('a', 'b'), [child('b', 'a')])
  expect(shown.map(({ run }) => run.id)).toEqual(['b', 'a'])
})
