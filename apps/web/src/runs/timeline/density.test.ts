import { expect, test } from 'vitest'

import { anEvent } from '../../live/testing.ts'
import { EventColumns } from '../history/eventColumns.ts'
import { axisOf } from './axis.ts'
import { densityOf, outline } from './density.ts'

const at = (second: number) => Date.parse(`2026-11-20T03:12:${String(second).padStart(2, '0')}Z`)

test('counts what fell into each part of the axis, and what of it was bad', () => {
  const columns = new EventColumns()
  columns.add([
    anEvent('a', 1),
    anEvent('a', 2, { kind: 'action.failed' }),
    anEvent('a', 3),
    anEvent('a', 9),
  ])
  const axis = axisOf({ from: at(0), to: at(10) }, [])
  // What the index has not brought yet, 4 to 9, is not counted.
  expect(densityOf(columns, axis, 5)).toEqual({ all: [1, 2, 0, 0, 0], bad: [0, 1, 0, 0, 0] })
})

test('a few events beside very many are still drawn', () => {
  expect(outline([1000, 0, 1], 1000)).toBe('M0 100V0h1V100zM2 100V92h1V100z')
  expect(outline([0, 0], 0)).toBe('')
})
