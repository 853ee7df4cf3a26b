import { clockTime } from '../time/format.ts'

/** A stretch of time under the scrubber, in ms. */
export interface Window {
  readonly from: number
  readonly to: number
}

const minute = 60_000
const hour = 60 * minute
const day = 24 * hour

export const widths = [
  { word: '15 min', ms: 15 * minute },
  { word: '1 h', ms: hour },
  { word: '6 h', ms: 6 * hour },
  { word: '24 h', ms: day },
  { word: '7 d', ms: 7 * day },
] as const

const narrowest = 5000
const widest = 366 * day

/** What lies ahead of now is not there to be looked at; a little of it is shown, so that now has a place. */
const ahead = 1 / 50

interface Bounds {
  readonly now: number
  /** Of the first event; null: not known. */
  readonly begins: number | null
}

/** The window of a width about an instant, moved where it would reach to before the history, or beyond now. */
export function windowAbout(at: number, width: number, { now, begins }: Bounds): Window {
  const earliest = begins === null || at < begins ? -Infinity : begins - width * ahead
  const from = Math.max(earliest, at - width / 2)
  const to = Math.min(now + width * ahead, from + width)
  return { from: to - width, to }
}

export const covers = ({ from, to }: Window, at: number): boolean => at >= from && at <= to

export const percentIn = ({ from, to }: Window, at: number): number =>
  ((at - from) / (to - from)) * 100

/** The instant at a part (0 to 1) of the width. */
export const msAt = ({ from, to }: Window, part: number): number =>
  from + Math.min(1, Math.max(0, part)) * (to - from)

/** `factor` times as long, and what lies at a part (0 to 1) of the width stays there. */
export function zoomed(window: Window, factor: number, part: number, now: number): Window {
  const width = window.to - window.from
  const next = Math.min(widest, Math.max(narrowest, width * factor))
  const from = window.from + width * part - next * part
  return moved({ from, to: from + next }, 0, now)
}

/** Earlier or later by a part of the width, at most up to now. */
export function moved({ from, to }: Window, by: number, now: number): Window {
  const width = to - from
  const end = Math.min(now + width * ahead, to + by * width)
  return { from: end - width, to: end }
}

const steps = [
  1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 10_800, 21_600, 43_200, 86_400,
  172_800, 604_800,
]

interface Tick {
  readonly at: number
  readonly word: string
}

/** About `wanted` round instants of the reader's own clock. */
export function ticksOf({ from, to }: Window, wanted: number): readonly Tick[] {
  const rough = (to - from) / wanted / 1000
  const step = (steps.find((each) => each >= rough) ?? Math.ceil(rough / 604_800) * 604_800) * 1000
  const zone = new Date(to).getTimezoneOffset() * minute
  const all: Tick[] = []
  for (let at = Math.ceil((from - zone) / step) * step + zone; at < to; at += step)
    all.push({ at, word: tickWord(at, step) })
  return all
}

function tickWord(at: number, step: number): string {
  const time = clockTime(at)
  const date = new Date(at).toLocaleDateString('en-GB', { day: 'numeric', month: 'short' })
  if (step >= day || time === '00:00:00') return date
  return step < minute ? time : time.slice(0, 5)
}

/** The window widened to whole buckets of about `count`: an answer for it serves while it moves within them. */
export function askedWindow({ from, to }: Window, count: number): Window {
  const every = (to - from) / count
  const grain = 2 ** Math.ceil(Math.log2(Math.max(1, every * 16)))
  return { from: Math.floor(from / grain) * grain, to: Math.ceil(to / grain) * grain }
}
