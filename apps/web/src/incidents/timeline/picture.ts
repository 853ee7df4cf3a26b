import type {
  Timeline,
  TimelineHold,
  TimelineLane,
  TimelineMark,
  TimelineRun,
  TimelineTool,
} from '@holdpoint/protocol'

import type { Span } from './span.ts'

/** Instants in ms beside what the server sent: drawing compares numbers. */
interface Placed {
  readonly from: number
  /** Positive infinity: it goes on. */
  readonly to: number
}
export type PlacedRun = Placed & { readonly run: TimelineRun }
export type PlacedHold = Placed & { readonly hold: TimelineHold }
export type PlacedTool = Placed & { readonly tool: TimelineTool }
export interface PlacedMark {
  readonly at: number
  readonly mark: TimelineMark
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
  /** Null: too long a stretch for them. */
  readonly tools: readonly PlacedTool[] | null
  readonly marks: readonly PlacedMark[]
}

/** What the server said of a stretch of time, ready to be drawn at any zoom. */
export interface Picture extends Span {
  readonly everyMs: number
  /** May be before `from`: stretches lie on a grid. */
  readonly bucketsFrom: number
  /** What came after this (ms, the database's clock) is not in it. */
  readonly asOf: number
  readonly lanes: ReadonlyMap<string, PictureLane>
  readonly moreLanes: number
}

const placed = ({ from, to }: { readonly from: string; readonly to: string | null }): Placed => ({
  from: Date.parse(from),
  to: to === null ? Number.POSITIVE_INFINITY : Date.parse(to),
})
const byTime = (a: Placed, b: Placed): number => a.from - b.from

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
    tools: lane.tools?.map((tool) => ({ ...placed(tool), tool })).toSorted(byTime) ?? null,
    marks: lane.marks
      .map((mark) => ({ at: Date.parse(mark.at), mark }))
      .toSorted((a, b) => a.at - b.at),
  }
}

export function pictureOf(timeline: Timeline, asked: Span, asOf: number): Picture {
  return {
    from: asked.from,
    to: asked.to,
    everyMs: timeline.everyMs,
    bucketsFrom: Date.parse(timeline.from),
    asOf,
    lanes: new Map(timeline.lanes.map((lane) => [lane.agentId as string, pictureLane(lane)])),
    moreLanes: timeline.moreLanes,
  }
}
