import { mostMarksCounted } from '@holdpoint/protocol'

import type { PictureLane } from './picture.ts'

/** What there is more of than is drawn; where counting ended, it is at least so much. */
export interface NotDrawn {
  readonly runs: number
  readonly marks: number
  readonly atLeast: boolean
}

export function notDrawnOf(lanes: readonly PictureLane[]): NotDrawn {
  const sum = (of: (lane: PictureLane) => number) => lanes.reduce((all, lane) => all + of(lane), 0)
  return {
    runs: sum(({ moreRuns }) => moreRuns),
    marks: sum(({ moreMarks, moreActs }) => moreMarks + moreActs),
    atLeast: lanes.some(
      ({ marks, moreMarks, acts, moreActs }) =>
        marks.length + moreMarks >= mostMarksCounted || acts.length + moreActs >= mostMarksCounted,
    ),
  }
}

const number = (n: number, atLeast: boolean): string =>
  `${n.toLocaleString('en')}${atLeast ? '+' : ''}`

const counted = (n: number, what: string, atLeast: boolean): string =>
  `${number(n, atLeast)} ${n === 1 ? what : `${what}s`}`

/** All together, where there is room for one figure. */
export const notDrawnFigure = ({ runs, marks, atLeast }: NotDrawn): string =>
  runs + marks === 0 ? '' : number(runs + marks, atLeast)

export const notDrawnWords = ({ runs, marks, atLeast }: NotDrawn): string =>
  [runs > 0 && counted(runs, 'run', false), marks > 0 && counted(marks, 'mark', atLeast)]
    .filter(Boolean)
    .join(' and ')

const actsOf = ({ acts, moreActs }: PictureLane): number => acts.length + moreActs

/** All of a lane, drawn or not: `2,000+ acts`. */
export const actsWords = (lane: PictureLane): string =>
  counted(actsOf(lane), 'act', notDrawnOf([lane]).atLeast)

export function runsAndMarksWords(lane: PictureLane): string {
  const marks = lane.marks.length + lane.moreMarks + actsOf(lane)
  return `${counted(lane.runsInWindow, 'run', false)}, ${counted(marks, 'mark', notDrawnOf([lane]).atLeast)}`
}

export const tooManyStretches =
  'Steps and tools are left out: in this time there are too many. Zoom in, or choose fewer agents.'
