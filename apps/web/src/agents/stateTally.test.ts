import { expect, test } from 'vitest'

import { aRun } from '../live/testing.ts'
import { activeStates } from './stateTally.ts'

test('what has ended is not among what an agent does now', () => {
  const tally = activeStates([
    aRun('1', 1, { status: 'running' }),
    aRun('2', 1, { status: 'running' }),
    aRun('3', 1, { status: 'complete' }),
  ])
  expect([...tally.values()].map((states) => [...states])).toEqual([[['running', 2]]])
})
