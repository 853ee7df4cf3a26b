import type { Run, RunId } from '@holdpoint/protocol'
import { expect, test } from 'vitest'

import { aRun } from '../live/testing.ts'
import { RowIndex } from './rowIndex.ts'
import type { FleetSearch } from './search.ts'

const minute = (n: number) => `2026-11-20T03:${String(n).padStart(2, '0')}:00.000000+00:00`
const child = (id: string, of: string, at: number, more: Partial<Run> = {}) =>
  aRun(id, 1, { parentId: of as RunId, rootId: 'root' as RunId, createdAt: minute(at), ...more })

function indexOf(search: FleetSearch, ...runs: Run[]): RowIndex {
  const index = new RowIndex(search)
  index.reset(runs)
  return index
}

/** Each row as the table shows it: indented by depth, marked when its parent is not above it. */
const drawn = (index: RowIndex) =>
  index.rows().map(({ id, depth, stray }) => `${'  '.repeat(depth)}${stray ? '↰' : ''}${id}`)

const changed = (...runs: Run[]) => ({
  changed: new Map(runs.map((run) => [run.id, run])),
  forgotten: new Set<RunId>(),
})

const family = [
  aRun('new', 1, { createdAt: minute(20) }),
  aRun('root', 1, { createdAt: minute(10) }),
  child('second', 'root', 32),
  child('first', 'root', 31),
  child('grandchild', 'first', 40),
  aRun('done', 1, { createdAt: minute(45), status: 'complete' }),
]

test('children stand under their parents, to any depth; what goes on comes first, newest first', () => {
  expect(drawn(indexOf({}, ...family))).toEqual([
    'new',
    'root',
    '  first',
    '    grandchild',
    '  second',
    'done',
  ])
})

test('a family goes on as long as one of it does, and the ended stand below those that go on', () => {
  const index = indexOf(
    {},
    aRun('root', 1, { createdAt: minute(10), status: 'complete' }),
    child('over', 'root', 30, { status: 'failed' }),
    child('alive', 'root', 31),
    aRun('later', 1, { createdAt: minute(50), status: 'complete' }),
  )
  expect(drawn(index)).toEqual(['root', '  alive', '  over', 'later'])
})

test('an orphan never stands under a root that is not its own', () => {
  const index = indexOf({}, aRun('other', 1, { createdAt: minute(5) }), child('orphan', 'gone', 4))
  expect(drawn(index)).toEqual(['other', '↰orphan'])
})

test('when the filter takes a parent out, its children stand under the nearest ancestor left, marked', () => {
  expect(drawn(indexOf({ q: 'keep' }, ...family.map((run) => kept(run, 'first'))))).toEqual([
    'new',
    'root',
    '  second',
    '  ↰grandchild',
    'done',
  ])
  expect(drawn(indexOf({ q: 'keep' }, ...family.map((run) => kept(run, 'root'))))).toEqual([
    '↰second',
    '↰first',
    '  grandchild',
    'new',
    'done',
  ])
})

const kept = (run: Run, except: string): Run => ({
  ...run,
  goal: run.id === except ? null : 'keep',
})

test('parents that bite their own tail do not hang the page, and nobody is lost', () => {
  const index = indexOf({}, child('self', 'self', 3), aRun('other', 1))
  expect(drawn(index)).toEqual(['other', '↰self'])
})

test('a parent says how many below it live, wait and have failed, and hears of each change', () => {
  const index = indexOf({}, ...family)
  const below = (id: string) => index.rows().find((row) => row.id === id)?.below
  expect(below('root')).toEqual({ living: 3, waiting: 0, failed: 0, all: 3 })
  index.take(changed(child('grandchild', 'first', 40, { seq: 2, status: 'paused' })))
  expect(below('root')).toEqual({ living: 3, waiting: 1, failed: 0, all: 3 })
  index.take(changed(child('second', 'root', 32, { seq: 2, status: 'failed' })))
  expect(below('root')).toEqual({ living: 2, waiting: 1, failed: 1, all: 3 })
  expect(below('new')).toBeNull()
})

test('an event that changes nothing a row is ranked by moves no row', () => {
  const index = indexOf({}, ...family)
  const before = index.rows()
  expect(index.take(changed(aRun('new', 2, { createdAt: minute(20), step: 'two' })))).toBe(false)
  expect(index.rows()).toBe(before)
  expect(index.run('new')?.step).toBe('two')
})

const spending = (id: string, costUsd: number) =>
  aRun(id, 1, { spend: { tokensIn: 0, tokensOut: 0, costUsd } })

test('a row finds its new place when what it is ranked by changes', () => {
  const index = indexOf({ sort: 'spend' }, spending('a', 1), spending('b', 2), spending('c', 3))
  expect(drawn(index)).toEqual(['c', 'b', 'a'])
  expect(index.take(changed(spending('a', 2.5)))).toBe(true)
  expect(drawn(index)).toEqual(['c', 'a', 'b'])
  const other = indexOf(
    { sort: 'spend', reverse: 'yes' },
    spending('a', 1),
    spending('b', 2),
    spending('c', 3),
  )
  expect(drawn(other)).toEqual(['a', 'b', 'c'])
})

test('runs come into the filter, leave it and are forgotten', () => {
  const index = indexOf({ state: ['paused'] }, aRun('a', 1), aRun('b', 1, { status: 'paused' }))
  expect(drawn(index)).toEqual(['b'])
  index.take(changed(aRun('a', 2, { status: 'paused' }), aRun('b', 2)))
  expect(drawn(index)).toEqual(['a'])
  expect(index.take({ changed: new Map(), forgotten: new Set(['a' as RunId]) })).toBe(true)
  expect(drawn(index)).toEqual([])
  expect(index.run('a')).toBeUndefined()
})

test('a child that ended and was forgotten in one breath is no living child', () => {
  const index = indexOf({}, ...family)
  expect(index.livingChildren('first')).toBe(1)
  index.take({ changed: new Map(), forgotten: new Set(['grandchild' as RunId]) })
  expect(index.livingChildren('first')).toBe(0)
})

test('after any changes the rows are those of a fresh start', () => {
  let seed = 7
  const random = (n: number) => {
    seed = (seed * 48_271) % 2_147_483_647
    return seed % n
  }
  const statuses = ['running', 'paused', 'complete', 'failed'] as const
  for (const search of [
    {},
    { sort: 'recent' },
    { sort: 'tool', tree: 'open' },
    { q: 'even' },
  ] as const) {
    const index = new RowIndex(search)
    const held = new Map<string, Run>()
    for (let round = 1; round <= 60; round++) {
      const runs = Array.from({ length: 5 }, () => {
        const n = random(30)
        return aRun(`run-${n}`, round, {
          parentId: n % 3 === 0 ? null : (`run-${Math.floor(n / 3)}` as RunId),
          createdAt: minute(n),
          status: statuses[random(4)] ?? 'running',
          goal: (n + round) % 2 === 0 ? 'even' : 'odd',
          toolSince: random(2) === 0 ? null : minute(random(60)),
          lastEvent: { kind: 'run.progress', actor: 'agent:a', at: minute(random(60)) },
        })
      })
      for (const run of runs) held.set(run.id, run)
      index.take(changed(...runs))
    }
    expect(drawn(index)).toEqual(drawn(indexOf(search, ...held.values())))
    const living = [...held.values()].filter(
      (run) => run.parentId === 'run-1' && (run.status === 'running' || run.status === 'paused'),
    )
    expect(index.livingChildren('run-1')).toBe(living.length)
  }
})
