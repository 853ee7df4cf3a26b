import { isFinal, type Run } from '@holdpoint/protocol'
import { useMemo } from 'react'

import { useFleet } from '../live/useLive'
import { ordered } from './order'
import { matches, type FleetSearch } from './search'
import { useOlderRuns } from './useOlderRuns'
import { useStableOrder } from './useStableOrder'

export interface FleetRows {
  readonly known: boolean
  readonly rows: readonly Run[]
  /** Every run at hand, in the filter or not: a selected one stays at hand when it leaves the filter. */
  readonly all: ReadonlyMap<string, Run>
  readonly pending: number
  /** Runs the stream holds, filtered or not. */
  readonly held: number
  readonly children: ReadonlyMap<string, number>
  readonly truncated: boolean
  readonly older: ReturnType<typeof useOlderRuns>
}

function childCounts(runs: Iterable<Run>): ReadonlyMap<string, number> {
  const counts = new Map<string, number>()
  for (const { parentId, status } of runs) {
    if (parentId !== null && !isFinal(status)) counts.set(parentId, (counts.get(parentId) ?? 0) + 1)
  }
  return counts
}

/** The table's rows: what is live, what was fetched beside it, filtered, in an order that stands still. */
export function useFleetRows(search: FleetSearch, frozen: boolean): FleetRows {
  const { known, runs, truncated } = useFleet()
  const older = useOlderRuns(search)
  const all = useMemo(() => {
    const merged = new Map<string, Run>(older.runs.map((run) => [run.id, run]))
    for (const [id, run] of runs) merged.set(id, run)
    return merged
  }, [runs, older.runs])
  const sorted = useMemo(
    () =>
      ordered(
        [...all.values()].filter((run) => matches(run, search)),
        search.sort ?? 'active',
      ).map(({ id }) => id as string),
    [all, search],
  )
  const children = useMemo(() => childCounts(runs.values()), [runs])
  const { ids, pending } = useStableOrder(sorted, frozen)
  const rows = useMemo(() => ids.flatMap((id) => all.get(id) ?? []), [ids, all])
  return { known, rows, all, pending, held: runs.size, children, truncated, older }
}
