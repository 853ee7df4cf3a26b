import { isFinal, type Run } from '@holdpoint/protocol'

import { usePastInstant } from '../live/useMoment'
import { visible } from '../ui/visible'
import { runAddress } from './copyLink'
import { cells } from './FleetCells'
import type { FleetRowProps } from './FleetRow'
import { Stray, TallyWords, Twisty } from './TreeMarks'

/** A row as a card: its state, how long ago, what it is about, what it does. A tap anywhere opens it. */
export function PhoneCells({ run, placed, folded }: FleetRowProps & { readonly run: Run }) {
  const { below, depth, stray } = placed
  const then = usePastInstant()
  return (
    // Two lines that know nothing of each other: a long word below takes no room from the name above it.
    <>
      <span role="none" className="flex min-w-0 items-center gap-4">
        <span
          role="gridcell"
          className="flex min-w-0 grow items-center gap-2"
          style={{ paddingLeft: depth * 12 }}
        >
          <span className="shrink-0">{cells.state(run)}</span>
          <span className="text-muted truncate">{visible(run.agentId)}</span>
        </span>
        <span role="gridcell" className="shrink-0 text-right">
          {cells.event(run)}
        </span>
      </span>
      <span role="none" className="flex min-w-0 items-center gap-4">
        <span
          role="gridcell"
          style={{ paddingLeft: depth * 12 }}
          className={`flex min-w-0 grow items-center gap-1.5 ${isFinal(run.status) ? 'text-muted' : ''}`}
        >
          {below !== null && <Twisty folded={folded} />}
          {stray && <Stray under={placed.under !== null} />}
          <a
            href={runAddress(run.id, then)}
            tabIndex={-1}
            className="truncate after:absolute after:inset-0"
          >
            {depth > 0 && <span className="sr-only">child run · </span>}
            {cells.goal(run)}
          </a>
        </span>
        <span role="gridcell" className="max-w-1/2 shrink-0 truncate text-right">
          {below !== null && folded ? <TallyWords below={below} /> : cells.tool(run)}
        </span>
      </span>
    </>
  )
}
