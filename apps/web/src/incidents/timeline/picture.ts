import type {
  Timeline,
  TimelineAct,
  TimelineActs,
  TimelineHold,
  TimelineLane,
  TimelineMark,
  TimelineRun,
  TimelineStretch,
} from '@holdpoint/protocol'

import type { Span } from './span.ts'
import { wholeFleet } from './wholeFleet.ts'

/** Instants in ms beside what the server sent: drawing compares numbers. */
interface Placed {
  readonly from: number
  /** Positive infinity: it goes on. */
  readonly to: number
}
export type PlacedRun = Placed & { readonly run: TimelineRun }
export type PlacedHold = Placed & { readonly hold: TimelineHold }
export type PlacedStretch = Placed & { readonly stretch: TimelineStretch }
export interface PlacedMark {
  readonly at: number
  readonly mark: TimelineMark
}
export interface PlacedAct {
  readonly at: number
  readonly act: TimelineAct
}

export interface PictureLane {
  readonly agentId: string
  /** In each stretch of `everyMs`, from `bucketsFrom` on. */
  readonly events: readonly number[]
  readonly stops: readonly number[]
  readonly runsInWindow: number
  readonly moreRuns: number
  readonly moreMarks: number
  readonly runs: readonly PlacedRun[]
  readonly holds: readonly PlacedHold[]
  /** Steps and tools; null: there are too many events for them. */
  readonly stretches: readonly PlacedStretch[] | null
  readonly marks: readonly PlacedMark[]
  readonly acts: readonly PlacedAct[]
  readonly moreActs: number
}

/** What the server said of a stretch of time, ready to be drawn at any zoom. */
export interface Picture extends Span {
  readonly everyMs: number
  /** May be before `from`: stretches lie on a grid. */
  readonly bucketsFrom: number
  /** What came after this (ms, the database's clock) is not in it. */
  readonly asOf: number
  /** That of the whole fleet first. */
  readonly lanes: ReadonlyMap<string, PictureLane>
  readonly moreLanes: number
}

const placed = ({ from, to }: { readonly from: string; readonly to: string | null }): Placed => ({
  from: Date.parse(from),
  to: to === null ? Number.POSITIVE_INFINITY : Date.parse(to),
})
const byTime = (a: Placed, b: Placed): number => a.from - b.from

const placedActs = ({ acts, moreActs }: TimelineActs) => ({
  acts: acts.map((act) => ({ at: Date.parse(act.at), act })),
  moreActs,
})

function pictureLane(lane: TimelineLane): PictureLane {
  const { agentId, events, stops, runsInWindow, moreRuns, moreMarks } = lane
  return {
    agentId,
    events,
    stops,
    runsInWindow,
    moreRuns,
    moreMarks,
    runs: lane.runs.map((run) => ({ ...placed(run), run })).toSorted(byTime),
    holds: lane.holds.map((hold) => ({ ...placed(hold), hold })).toSorted(byTime),
    stretches:
      lane.stretches?.map((stretch) => ({ ...placed(stretch), stretch })).toSorted(byTime) ?? null,
    marks: lane.marks
      .map((mark) => ({ at: Date.parse(mark.at), mark }))
      .toSorted((a, b) => a.at - b.at),
    ...placedActs(lane),
  }
}

/** It has no runs: what was done to no agent alone. */
const fleetLane = (fleet: TimelineActs): PictureLane => ({
  agentId: wholeFleet,
  events: [],
  stops: [],
  runsInWindow: 0,
  moreRuns: 0,
  moreMarks: 0,
  runs: [],
  holds: [],
  stretches: null,
  marks: [],
  ...placedActs(fleet),
})

export function pictureOf(timeline: Timeline, asked: Span, asOf: number): Picture {
  const lanes = [fleetLane(timeline.fleet), ...timeline.lanes.map(pictureLane)]
  return {
    from: asked.from,
    to: asked.to,
    everyMs: timeline.everyMs,
    bucketsFrom: Date.parse(timeline.from),
    asOf,
    lanes: new Map(lanes.map((lane) => [lane.agentId, lane])),
    moreLanes: timeline.moreLanes,
  }
}
