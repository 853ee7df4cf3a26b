import { expect, test } from 'vitest'

import { writeQuery, parseQuery } from '../app/query.ts'
import { aRun } from '../live/testing.ts'
import { matches, parseFleetSearch, toggled, treeOf, withSort, withTree } from './search.ts'

test('a filter survives the way through the address bar', () => {
  const search = { state: ['running', 'lost'], agent: ['refund-*'], q: 'EHGLP3 & co' } as const
  expect(parseFleetSearch(parseQuery(writeQuery(search)))).toEqual(search)
  expect(writeQuery(search)).toContain('state=running,lost')
})

test('what an old link says and nobody understands is dropped', () => {
  expect(parseFleetSearch({ state: 'dancing,running', sort: 'colour', x: 1 })).toEqual({
    state: ['running'],
  })
})

test('every word of the text must be found, whatever the case', () => {
  const run = aRun('a', 1, { goal: 'Refund booking EHGLP3' })
  expect(matches(run, { q: 'ehglp3 refund' })).toBe(true)
  expect(matches(run, { q: 'refund hotel' })).toBe(false)
})

test('the last value taken out of a list leaves no filter', () => {
  expect(toggled(['a'], 'a')).toBeUndefined()
  expect(toggled(undefined, 'a')).toEqual(['a'])
})

test('columns, order and tree survive the way through the address bar; what is usual is not written', () => {
  const search = {
    sort: 'spend',
    reverse: 'yes',
    tree: 'open',
    flip: ['a1b2c3d4'],
    cols: ['goal', 'id'],
  } as const
  expect(parseFleetSearch(parseQuery(writeQuery(search)))).toEqual(search)
  expect(parseFleetSearch({ cols: 'state,agent,goal,step,tool,drift,spend,event' })).toEqual({})
  expect(parseFleetSearch({ cols: 'goal,nonsense,goal' })).toEqual({ cols: ['goal'] })
  expect(parseFleetSearch({ tree: 'open', reverse: 'yes' })).toEqual({})
})

test('as a tree in the calm order, flat in a ranking, unless the address says otherwise', () => {
  expect(treeOf({})).toBe('open')
  expect(treeOf({ sort: 'spend' })).toBe('flat')
  expect(treeOf(withTree({ sort: 'spend' }, 'open'))).toBe('open')
  expect(withTree({ tree: 'flat', flip: ['x'] }, 'open')).toEqual({})
  expect(treeOf(withSort({ tree: 'flat' }, 'active'))).toBe('open')
})
