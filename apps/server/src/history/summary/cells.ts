import { minuteMs } from '../buckets.ts'

/** Minutes since 1970 of which a grain has whole cells; `ends` is not in it. */
export interface Cells {
  readonly grain: number
  readonly begins: number
  readonly ends: number
}

/** In minutes, each a multiple of the next. */
const grains = [360, 60, 10, 1] as const

/** The whole minutes of a window, each in the coarsest cells that lie within it. Times in ms since 1970. */
export const cellsOf = (fromMs: number, toMs: number): Cells[] =>
  cut(Math.ceil(fromMs / minuteMs), Math.floor(toMs / minuteMs), grains)

function cut(begins: number, ends: number, [grain, ...finer]: readonly number[]): Cells[] {
  if (grain === undefined || begins >= ends) return []
  const first = Math.ceil(begins / grain) * grain
  const last = Math.floor(ends / grain) * grain
  if (first >= last) return cut(begins, ends, finer)
  return [
    ...cut(begins, first, finer),
    { grain, begins: first, ends: last },
    ...cut(last, ends, finer),
  ]
}
