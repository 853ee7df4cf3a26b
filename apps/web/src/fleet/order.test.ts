import type { Run, RunId } from '@holdpoint/protocol'
import { expect, test } from 'vitest'

import { aRun } from '../live/testing.ts'
import { ordered } from './order.ts'

const at = (minute: number) => `2026-11-20T03:${minute}:00.000000+00:00`
const ids = (runs: readonly Run[]) => runs.map(({ id }) => id)
const root = 'old' as RunId

test('what goes on comes first, newest first, and children stand under their root', () => {
  const runs = [
    aRun('child two', 1, { createdAt: at(32), rootId: root, parentId: root }),
    aRun('new', 1, { createdAt: at(20) }),
    aRun('done', 1, { createdAt: at(40), status: 'complete' }),
    aRun('old', 1, { createdAt: at(10) }),
    aRun('child one', 1, { createdAt: at(31), rootId: root, parentId: root }),
  ]
  expect(ids(ordered(runs, 'active'))).toEqual(['new', 'old', 'child one', 'child two', 'done'])
})

test('a child that outlives its root stands for itself', () => {
  const runs = [
    aRun('old', 1, { createdAt: at(10), status: 'complete' }),
    aRun('child', 1, { createdAt: at(31), rootId: root, parentId: root }),
  ]
  expect(ids(ordered(runs, 'active'))).toEqual(['child', 'old'])
})
