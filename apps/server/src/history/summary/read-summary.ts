import {
  type AgentId,
  type FinalStatus,
  finalStatuses,
  type IncidentApproval,
  type IncidentOperatorAction,
  type IncidentStop,
  type IncidentSummary,
  type Spend,
} from '@holdpoint/protocol'

import type { Database } from '../../database/database.ts'
import { must } from '../../database/must.ts'
import { laneCounts } from '../timeline/counts.ts'
import * as queries from './queries.ts'

export interface Window {
  readonly from: string
  readonly to: string
  readonly agents: readonly string[] | null
}

/** How much of each list is read. */
export interface Bounds {
  readonly rows: number
  /** Runs whose spend is compared. */
  readonly runs: number
}

export type Facts = Omit<IncidentSummary, 'text'>

const mostBusy = 10

/** What happened in a window. */
export async function readSummary(
  database: Database,
  { from, to, agents }: Window,
  most: Bounds,
): Promise<Facts> {
  const ask = async <Row>(sql: string, limit = most.rows): Promise<Row[]> =>
    database.read<Row>(sql, [from, to, agents, limit])
  const [clock, stopped, ended, operatorActions, approvals, spent, { lanes }] = await Promise.all([
    database.read<{ from: string; to: string }>(queries.clock, [from, to]),
    ask<Listed<IncidentStop>>(queries.stopped),
    ask<{ status: FinalStatus; n: number }>(queries.ended),
    ask<Listed<IncidentOperatorAction>>(queries.operatorActions),
    ask<Listed<IncidentApproval>>(queries.approvals),
    ask<Spend & { leftOut: number }>(queries.spend, most.runs),
    laneCounts(database, { from, to, most: 2 }, agents),
  ])
  const { leftOut: spendOf, ...spend } = must(spent[0], 'the spend')
  const ends = new Map(ended.map(({ status, n }) => [status, n]))
  return {
    ...must(clock[0], 'the clock'),
    agents,
    events: lanes.reduce((sum, { allEvents }) => sum + allEvents, 0),
    stopped: stopped.map(({ row }) => row),
    ended: Object.fromEntries(
      finalStatuses.map((status) => [status, ends.get(status) ?? 0]),
    ) as Facts['ended'],
    operatorActions: operatorActions.map(({ row }) => row),
    approvals: approvals.map(({ row }) => row),
    busiest: lanes
      .toSorted((a, b) => b.allEvents - a.allEvents)
      .slice(0, mostBusy)
      .map(({ agentId, allEvents, allStops }) => ({
        agentId: agentId as AgentId,
        events: allEvents,
        stops: allStops,
      })),
    spend,
    leftOut: {
      stopped: leftOut(stopped),
      operatorActions: leftOut(operatorActions),
      approvals: leftOut(approvals),
      spend: spendOf,
    },
  }
}

/** A row of a list, and how many the whole list has. */
interface Listed<Row> {
  readonly row: Row
  readonly all: number
}

const leftOut = (rows: readonly Listed<unknown>[]): number => (rows[0]?.all ?? 0) - rows.length
