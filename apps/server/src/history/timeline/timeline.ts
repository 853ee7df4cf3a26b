import type { AgentId, RunId, Timeline, TimelineLane } from '@holdpoint/protocol'
import { z } from 'zod'

import { agentId, query } from '../../trpc/procedure.ts'
import { iso } from '../buckets.ts'
import { markText } from '../mark-text.ts'
import { type Marked, marksOf } from '../marks.ts'
import { requireWindow, windowOf } from '../moment.ts'
import { actsOf, type Acts } from './acts.ts'
import { type LaneCounts, laneCounts } from './counts.ts'
import { holdsOf } from './holds.ts'
import { quietLanes } from './quiet.ts'
import { laneRuns, type LaneRuns } from './runs.ts'
import { stretchesOf } from './stretches.ts'

/** What one answer may hold: a screen has no room for more, and it is drawn again with each move. */
const most = {
  buckets: 1_000,
  lanes: 40,
  runsOfALane: 500,
  runs: 6_000,
  marksOfALane: 200,
  actsOfALane: 200,
}
/** Steps and tools are read from events one by one. */
const mostEventsWithStretches = 20_000

const input = z.object({
  ...windowOf,
  /** Of the screen, in pixels: no bucket is narrower than one. */
  width: z.number().int().min(10).max(2_000),
  agents: z.array(agentId).max(100).optional(),
})

/** What each agent did in a window, at the grain of a screen. */
export const timeline = query.input(input).query(async ({ ctx, input }): Promise<Timeline> => {
  requireWindow(input)
  const { database } = ctx
  const { buckets, lanes: busy } = await laneCounts(
    database,
    { from: input.from, to: input.to, most: Math.min(most.buckets, input.width) },
    input.agents ?? null,
  )
  const window = { from: iso(buckets.fromMs), to: iso(buckets.toMs) }
  const quiet = await quietLanes(database, window, input.agents ?? null, {
    counted: busy,
    buckets: buckets.count,
  })
  const counted = [...busy, ...quiet]
  const shown = counted.slice(0, most.lanes)
  const agents = shown.map(({ agentId }) => agentId)
  const runsOfALane = Math.min(most.runsOfALane, Math.ceil(most.runs / Math.max(1, agents.length)))
  const [runs, marks, acts] = await Promise.all([
    laneRuns(database, window, agents, runsOfALane),
    marksOf(database, window, agents, most.marksOfALane),
    actsOf(database, window, agents, most.actsOfALane),
  ])
  const ids = [...runs.values()].flatMap((lane) => lane.runs.map(({ id }) => id))
  const events = shown.reduce((sum, lane) => sum + lane.allEvents, 0)
  const [holds, stretches] = await Promise.all([
    holdsOf(database, window, ids),
    events <= mostEventsWithStretches ? stretchesOf(database, window, ids) : null,
  ])
  const drawn = { runs, marks, acts, holds, stretches }
  return {
    ...window,
    everyMs: buckets.everyMs,
    lanes: shown.map((lane) => laneOf(lane, drawn)),
    moreLanes: counted.length - shown.length,
    fleet: acts.of(null),
  }
})

interface Drawn extends Pick<TimelineLane, 'holds' | 'stretches'> {
  readonly runs: ReadonlyMap<string, LaneRuns>
  readonly marks: readonly Marked[]
  readonly acts: Acts
}

function laneOf({ agentId, events, stops }: LaneCounts, drawn: Drawn): TimelineLane {
  const { holds, stretches, marks, acts } = drawn
  const lane = drawn.runs.get(agentId)
  const runs = lane?.runs ?? []
  const ids = new Set<RunId>(runs.map(({ id }) => id))
  const own = marks.filter((mark) => mark.agentId === agentId)
  return {
    agentId: agentId as AgentId,
    runsInWindow: lane?.inWindow ?? 0,
    events,
    stops,
    runs: runs.map(({ agentId: _agent, ...run }) => run),
    moreRuns: (lane?.inWindow ?? 0) - runs.length,
    holds: holds.filter(({ runId }) => ids.has(runId)),
    stretches: stretches?.filter(({ runId }) => ids.has(runId)) ?? null,
    marks: own.map((mark) => ({
      at: mark.at,
      kind: mark.kind,
      runId: mark.runId,
      seq: mark.seq,
      actor: mark.actor,
      text: markText(mark),
    })),
    moreMarks: (own[0]?.allOfThem ?? 0) - own.length,
    ...acts.of(agentId),
  }
}
