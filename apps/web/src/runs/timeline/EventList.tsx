import { useEffect, useLayoutEffect, useRef, useState } from 'react'

import { ErrorLine } from '../../errors/ErrorNote'
import { told } from '../../errors/told'
import type { RunHistory } from '../history/runHistory'
import type { Rows } from '../history/scans'
import { EventRow } from './EventRow'
import { useScrollWindow } from './useScrollWindow'

/** A place to go to; a new object is a new wish. */
export interface Aim {
  readonly seq: number
}

interface EventListProps {
  readonly history: RunHistory
  readonly agent: string
  readonly rows: Rows
  /** The kinds that were chosen; undefined: the rows are all there are. */
  readonly filter: string | undefined
  readonly aim: Aim | null
  readonly selectedSeq: number | null
  readonly select: (seq: number) => void
  readonly toEnd: () => void
}

const rowHeight = 28

/** The whole history, growing live. Follows the end unless someone scrolled up; then it counts what came. */
export function EventList(props: EventListProps) {
  'use no memo' // The history changes without becoming another object.
  const { history, agent, rows, filter, aim, selectedSeq, select, toEnd } = props
  const view = useScrollWindow(rows.count, rowHeight)
  const lastSeq = rows.count === 0 ? 0 : rows.seqAt(rows.count - 1)
  const leftAt = useLeftAt(view.following, lastSeq)
  useKeptPlace(view.scroller, rows, view.following)
  useEffect(() => {
    if (aim !== null) view.reveal(rows.indexOf(aim.seq), true)
    // Once for each wish, not for each row that comes.
    // oxlint-disable-next-line react/exhaustive-deps
  }, [aim])
  useEffect(() => {
    if (selectedSeq !== null) view.reveal(rows.indexOf(selectedSeq))
    // oxlint-disable-next-line react/exhaustive-deps
  }, [selectedSeq, filter])

  const shown: number[] = []
  for (let index = view.first; index < view.last; index += 1) shown.push(rows.seqAt(index))
  useEffect(() => {
    history.lines.want(shown)
  })
  const problem = history.lines.problem ?? history.problem
  const fresh = leftAt === null ? 0 : rows.count - rows.indexOf(leftAt + 1)
  return (
    <div className="relative min-h-0 flex-1 max-md:h-[60dvh] max-md:flex-none">
      <div
        ref={view.scroller}
        role="log"
        aria-live="off"
        aria-label="Events"
        className="h-full overflow-y-auto [overflow-anchor:none] focus-visible:-outline-offset-2"
      >
        <div style={{ height: view.total }} className="relative">
          {shown.map((seq, nth) => (
            <EventRow
              key={seq}
              seq={seq}
              kind={history.columns.kind(seq)}
              micros={history.columns.micros(seq)}
              before={history.columns.micros(seq - 1)}
              line={history.lines.get(seq)}
              agent={agent}
              top={view.topOf(view.first + nth)}
              selected={seq === selectedSeq}
              select={select}
            />
          ))}
        </div>
        {rows.count === 0 && (
          <NoRows known={history.columns.known} filtered={filter !== undefined} />
        )}
      </div>
      {problem !== null && (
        <div className="bg-bg border-line absolute inset-x-0 top-0 border-b px-3 py-1.5">
          <ErrorLine told={told(problem, 'read')} />
        </div>
      )}
      {leftAt !== null && (
        <button
          type="button"
          onClick={toEnd}
          className="enter border-accent bg-surface shadow-raised absolute bottom-3 left-1/2 h-7 -translate-x-1/2 rounded-full border px-3 text-small font-medium max-md:h-11"
        >
          {fresh === 0
            ? 'To the end ↓'
            : `${fresh.toLocaleString('en')} new ${fresh === 1 ? 'event' : 'events'} ↓`}
        </button>
      )}
    </div>
  )
}

/** The last event there was when the reader left the end; null while the list follows. */
function useLeftAt(following: boolean, lastSeq: number): number | null {
  const [leftAt, setLeftAt] = useState<number | null>(null)
  const next = following ? null : (leftAt ?? lastSeq)
  if (next !== leftAt) setLeftAt(next)
  return next
}

/** When rows come in front of what is being read, as the index of a long run is read, it stays where it is. */
function useKeptPlace(
  scroller: { readonly current: HTMLDivElement | null },
  rows: Rows,
  following: boolean,
) {
  const held = useRef<{ readonly rows: Rows } | null>(null)
  useLayoutEffect(() => {
    const before = held.current?.rows
    held.current = { rows }
    const box = scroller.current
    if (before === undefined || before === rows || box === null || following) return
    const top = Math.floor(box.scrollTop / rowHeight)
    if (top >= before.count) return
    const moved = rows.indexOf(before.seqAt(top)) - top
    if (moved !== 0) box.scrollBy({ top: moved * rowHeight })
  }, [scroller, rows, following])
}

const NoRows = ({ known, filtered }: { readonly known: number; readonly filtered: boolean }) => (
  <p className="text-muted px-3 py-4">
    {known < 1
      ? `Looking through the history: ${Math.round(known * 100)}%`
      : filtered
        ? 'The run has no event of these kinds.'
        : 'The run has no event yet.'}
  </p>
)
