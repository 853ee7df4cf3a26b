import { expect, test } from 'vitest'

import { parseQuery, writeQuery } from '../app/query.ts'
import { actionSel, eventSel, parseRunSearch, parseSelection, stepSel } from './search.ts'

test.each([
  [eventSel(12), { kind: 'event', seq: 12 }],
  [actionSel('9f6c'), { kind: 'action', id: '9f6c' }],
  [stepSel('read v1.2', 3), { kind: 'step', occurrence: 3, name: 'read v1.2' }],
])('a link to %s opens it', (sel, selection) => {
  expect(parseSelection(sel)).toEqual(selection)
})

test.each(['event.abc', 'event.', 'event.-1', 'step.x.name', 'nothing.1', ''])(
  'a link that says "%s" opens nothing',
  (sel) => {
    expect(parseSelection(sel)).toBeNull()
  },
)

test('the point of a drift chart survives the way through the address bar', () => {
  const search = { tab: 'drift', point: '40' } as const
  expect(parseRunSearch(parseQuery(writeQuery(search)))).toEqual(search)
  expect(parseRunSearch({ point: '0' })).toEqual({})
  expect(parseRunSearch({ point: 'x' })).toEqual({})
})
