import type {
  AgentId,
  RunId,
  Timeline,
  TimelineAct,
  TimelineLane,
  TimelineStretch,
} from '@holdpoint/protocol'

import type { Ground } from './bars.ts'
import { Lanes } from './lanes.ts'
import { pictureOf, type Picture } from './picture.ts'
import type { Span } from './span.ts'

/** Seconds of a night. */
const at = (second: number): string =>
  new Date(Date.UTC(2026, 0, 1, 3) + second * 1000).toISOString()
export const span = (from: number, to: number): Span => ({
  from: Date.parse(at(from)),
  to: Date.parse(at(to)),
})
const run = '00000000-0000-4000-8000-000000000001' as RunId

export const stretch = (
  of: TimelineStretch['of'],
  name: string,
  from: number,
  to: number | null,
  more: Partial<TimelineStretch> = {},
): TimelineStretch => ({
  of,
  runId: run,
  name,
  target: null,
  from: at(from),
  to: to === null ? null : at(to),
  outcome: null,
  ...more,
})

export const act = (action: string, second: number, text = ''): TimelineAct => ({
  id: `${action} ${second}`,
  at: at(second),
  action,
  actor: 'operator:ana',
  runId: null,
  text,
})

/** A thousand seconds of one agent with one run, as the server says them. */
export function picture(
  lane: Partial<TimelineLane> = {},
  fleet: readonly TimelineAct[] = [],
): Picture {
  const timeline: Timeline = {
    from: at(0),
    to: at(1000),
    everyMs: 1000,
    lanes: [
      {
        agentId: 'clerk' as AgentId,
        runsInWindow: 1,
        events: [],
        stops: [],
        runs: [
          {
            id: run,
            from: at(0),
            to: null,
            state: 'running',
            stopReason: null,
            goal: 'sort the post',
          },
        ],
        moreRuns: 0,
        holds: [],
        stretches: [],
        marks: [],
        moreMarks: 0,
        acts: [],
        moreActs: 0,
        ...lane,
      },
    ],
    moreLanes: 0,
    fleet: { acts: fleet, moreActs: 0 },
  }
  return pictureOf(timeline, span(0, 1000), span(0, 1000).to)
}

/** Its lanes, drawn a thousand px wide: a second is a px. */
export function drawn(shown: Picture, hasToolLine = false) {
  const lanes = new Lanes()
  lanes.add(shown, true)
  lanes.giveToolLine(hasToolLine)
  const ground = (nth: number): Ground => {
    const box = lanes.boxes[nth]
    if (box === undefined) throw new Error(`there is no lane ${nth}`)
    return { view: span(0, 1000), width: 1000, box, until: shown.to }
  }
  return { lanes, fleet: ground(0), clerk: ground(1) }
}
