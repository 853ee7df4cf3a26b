import { finalStatuses, type Run } from '@holdpoint/protocol'
import { useMemo, useSyncExternalStore } from 'react'

import { parseQuery, writeQuery } from '../app/query'
import { useFleet } from '../live/useLive'
import { useMoment } from '../live/useMoment'
import { tailOf, unfolded, type Placed } from './forest'
import { LiveRows } from './liveRows'
import { parseFleetSearch, treeOf, type FleetSearch } from './search'
import { noOlder, useOlderRuns } from './useOlderRuns'
import { useStableRows } from './useStableRows'

export interface FleetRows {
  readonly known: boolean
  readonly rows: readonly Placed[]
  /** Every run at hand, in the filter or not: a selected one stays at hand when it leaves the filter. */
  readonly run: (id: string) => Run | undefined
  readonly pending: number
  /** Runs that match the filter: those under a folded parent, too. */
  readonly matching: readonly Placed[]
  readonly matches: (id: string) => boolean
  /** Runs the stream holds, filtered or not. */
  readonly held: number
  readonly livingChildren: (id: string) => number
  readonly folded: (row: Placed) => boolean
  readonly truncated: boolean
  /** Of the past: how many had ended by then, and are not at hand. */
  readonly endedBeside: number
  readonly older: ReturnType<typeof useOlderRuns>
}

/** What decides about rows and their order; columns and what is folded do not. */
const rowsPart = ({ cols: _cols, flip: _flip, ...rest }: FleetSearch): FleetSearch => rest

/** The table's rows: what is live, what was fetched beside it, filtered, in an order that stands still. */
export function useFleetRows(search: FleetSearch, frozen: boolean): FleetRows {
  const { known, runs, counts, states, truncated } = useFleet()
  const { at, fleet } = useMoment()
  const key = writeQuery({ ...rowsPart(search) })
  const older = useOlderRuns(search, key)
  const olderRuns = at === null ? older.runs : noOlder.runs
  const liveRows = useMemo(() => {
    const view = parseFleetSearch(parseQuery(key))
    return new LiveRows(fleet, view, olderRuns)
  }, [fleet, key, olderRuns])
  const all = useSyncExternalStore(liveRows.subscribe, liveRows.rows)
  const stable = useStableRows(all, frozen, liveRows)

  const way = treeOf(search)
  const flipped = search.flip?.join() ?? ''
  const folded = useMemo(() => {
    const others = new Set(flipped.split(','))
    return ({ id, below }: Placed) =>
      below !== null && way !== 'flat' && (way === 'folded') !== others.has(tailOf(id))
  }, [flipped, way])
  const allOpen = way === 'flat' || (way === 'open' && flipped === '')
  const rows = useMemo(
    () => (allOpen ? stable.rows : unfolded(stable.rows, folded)),
    [stable.rows, folded, allOpen],
  )
  return {
    known,
    rows,
    run: liveRows.index.run,
    pending: stable.pending,
    matching: stable.rows,
    matches: liveRows.index.matches,
    held: runs.size,
    livingChildren: liveRows.index.livingChildren,
    folded,
    truncated,
    endedBeside:
      at === null
        ? 0
        : finalStatuses.reduce((sum, status) => sum + counts[status] - states[status], 0),
    older: at === null ? older : noOlder,
  }
}
