import { expect, test } from 'vitest'

import {
  actsWords,
  notDrawnFigure,
  notDrawnOf,
  notDrawnWords,
  runsAndMarksWords,
} from './notDrawn.ts'
import type { PictureLane } from './picture.ts'

const lane = (part: Partial<PictureLane>): PictureLane => ({
  agentId: 'a',
  events: [],
  stops: [],
  runsInWindow: 0,
  runs: [],
  holds: [],
  stretches: null,
  marks: [],
  acts: [],
  moreRuns: 0,
  moreMarks: 0,
  moreActs: 0,
  ...part,
})
const told = (...lanes: PictureLane[]) => {
  const left = notDrawnOf(lanes)
  return [notDrawnFigure(left), notDrawnWords(left)]
}

test('what is left out of lanes is counted, and where counting ended it is at least so much', () => {
  expect(told(lane({}))).toEqual(['', ''])
  expect(told(lane({ moreRuns: 1 }), lane({ moreMarks: 2, moreActs: 1 }))).toEqual([
    '4',
    '1 run and 3 marks',
  ])
  expect(told(lane({ moreRuns: 7, moreMarks: 2_000 }))).toEqual([
    '2,007+',
    '7 runs and 2,000+ marks',
  ])
})

test('what a lane has is told with what is not drawn of it, and where counting ended as at least so much', () => {
  const act = { at: 1, act: {} } as PictureLane['acts'][number]
  const one = lane({ acts: [act], runsInWindow: 1 })
  expect([actsWords(one), runsAndMarksWords(one)]).toEqual(['1 act', '1 run, 1 mark'])
  const crowded = lane({ acts: [act], moreActs: 1_999, moreMarks: 3, runsInWindow: 12_000 })
  expect([actsWords(crowded), runsAndMarksWords(crowded)]).toEqual([
    '2,000+ acts',
    '12,000 runs, 2,003+ marks',
  ])
})
