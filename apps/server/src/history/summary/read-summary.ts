import type {
  AgentId,
  IncidentApproval,
  IncidentOperatorAction,
  IncidentStop,
  IncidentSummary,
} from '@holdpoint/protocol'

import type { Database } from '../../database/database.ts'
import { must } from '../../database/must.ts'
import { windowCounts } from './counted.ts'
import { windowEnds } from './ends.ts'
import * as queries from './queries.ts'
import type { Window } from './window.ts'

/** How much of each list is read. */
export interface Bounds {
  readonly rows: number
  /** Runs whose spend is compared, at the beginning and at the end of the window. */
  readonly runs: number
}

export type Facts = Omit<IncidentSummary, 'text'>

const mostBusy = 10

/** What happened in a window, however long it is: counts of all of it, and the newest of each list. */
export async function readSummary(
  database: Database,
  window: Window,
  most: Bounds,
): Promise<Facts> {
  const { from, to, agents } = window
  const ask = async <Row>(sql: string): Promise<Row[]> =>
    database.read<Row>(sql, [from, to, agents, most.rows])
  const [clock, stopped, stopReasons, operatorActions, approvals, ends, counts] = await Promise.all(
    [
      database.read<{ from: string; to: string }>(queries.clock, [from, to]),
      ask<{ row: IncidentStop }>(queries.stopped),
      ask<IncidentSummary['stopReasons'][number]>(queries.stopReasons),
      ask<Listed<IncidentOperatorAction>>(queries.operatorActions),
      ask<Listed<IncidentApproval>>(queries.approvals),
      windowEnds(database, window, most.runs),
      windowCounts(database, window),
    ],
  )
  const stops = stopReasons.reduce((sum, { stops: n }) => sum + n, 0)
  return {
    ...must(clock[0], 'the clock'),
    agents,
    events: counts.events,
    stopped: stopped.map(({ row }) => row),
    stopReasons,
    ended: ends.ended,
    operatorActions: operatorActions.map(({ row }) => row),
    approvals: approvals.map(({ row }) => row),
    busiest: counts.agents
      .slice(0, mostBusy)
      .map(({ agentId, ...counted }) => ({ agentId: agentId as AgentId, ...counted })),
    spend: ends.spend,
    leftOut: {
      // Between the two looks one more may have stopped.
      stopped: Math.max(0, stops - stopped.length),
      operatorActions: leftOut(operatorActions),
      approvals: leftOut(approvals),
      spend: ends.leftOut,
    },
  }
}

/** A row of a list, and how many the whole list has. */
interface Listed<Row> {
  readonly row: Row
  readonly all: number
}

const leftOut = (rows: readonly Listed<unknown>[]): number => (rows[0]?.all ?? 0) - rows.length
