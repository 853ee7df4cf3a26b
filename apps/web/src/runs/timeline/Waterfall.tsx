import type { Run } from '@holdpoint/protocol'
import { isFinal } from '@holdpoint/protocol'
import { useEffect, useState } from 'react'

import { ErrorLine } from '../../errors/ErrorNote'
import { told } from '../../errors/told'
import { usePastInstant } from '../../live/useMoment'
import { usePhone } from '../../ui/useMediaQuery'
import type { RunHistory } from '../history/runHistory'
import { beginnings, idles } from '../history/scans'
import { eventSel } from '../search'
import type { Axis } from './axis'
import { barOf, nextStepAfter } from './bars'
import type { Aim } from './EventList'
import { IdleBands, Ruler } from './Ruler'
import { useRowsInWindow } from './useRowsInWindow'
import { useScrollWindow } from './useScrollWindow'
import { useWheelZoom } from './useWheelZoom'
import { UnreadRow, WaterfallRow } from './WaterfallRow'

interface WaterfallProps {
  readonly run: Run
  readonly history: RunHistory
  readonly axis: Axis
  /** Something is cut off: only what reaches into the axis is a row. */
  readonly zoomed: boolean
  /** Where the rows start, as `useScrollWindow` takes it. */
  readonly anchor: string
  /** Now, or when the run ended (ms). */
  readonly until: number
  readonly aim: Aim | null
  readonly selected: string | undefined
  readonly select: (sel: string, seq: number) => void
  /** Makes the axis `factor` times as long about a percentage of it. */
  readonly zoomAbout: (factor: number, percent: number) => void
}

const rowHeight = 22

const edgeWord = (run: Run, axis: Axis, until: number, now: string): string => {
  if (axis.span.to < until) return ''
  if (isFinal(run.status)) return 'ended'
  return run.status === 'paused' ? 'paused' : run.status === 'lost' ? 'lost' : now
}

/** Steps and their actions on a time axis; at the right edge is now. */
export function Waterfall(props: WaterfallProps) {
  'use no memo' // The history changes without becoming another object.
  const { run, history, axis, zoomed, anchor, until, aim, selected, select, zoomAbout } = props
  const { columns, spans } = history
  const phone = usePhone()
  const then = usePastInstant()
  const begun = beginnings(columns)
  const rows = useRowsInWindow(run, history, zoomed ? axis.span : null)
  const view = useScrollWindow(rows.count, rowHeight, anchor)
  // Told when it comes: a run that has just begun has no bars yet.
  const [field, setField] = useState<HTMLDivElement | null>(null)
  useWheelZoom(field, zoomAbout)
  useEffect(() => {
    if (aim !== null) view.reveal(Math.min(rows.indexOf(aim.seq), rows.count - 1), true)
    // Once for each wish, not for each row that comes.
    // oxlint-disable-next-line react/exhaustive-deps
  }, [aim])
  const shown: number[] = []
  for (let index = view.first; index < view.last; index += 1) shown.push(rows.seqAt(index))
  useEffect(() => {
    spans.want(shown)
  })
  if (columns.known === 1 && begun.length === 0) return null
  const stopped =
    run.status === 'running' || isFinal(run.status) ? null : Date.parse(run.statusSince)
  return (
    <figure
      aria-label="Steps and actions over time"
      className="border-line relative flex min-h-0 flex-col border-b"
    >
      <Ruler
        axis={axis}
        now={until}
        edge={edgeWord(run, axis, until, then === null ? 'now' : 'then')}
        narrow={phone}
      />
      <div ref={setField} className="relative min-h-12">
        <IdleBands axis={axis} idles={idles(columns)} />
        <div
          ref={view.scroller}
          aria-label="Steps and actions"
          role="list"
          className="relative max-h-55 min-h-12 overflow-y-auto [overflow-anchor:none] md:max-h-66 tall:max-h-99"
        >
          <div style={{ height: view.total }} className="relative" role="presentation">
            {shown.map((seq, nth) => {
              const span = spans.get(seq)
              const micros = columns.micros(seq)
              const top = view.topOf(view.first + nth)
              if (span === undefined || micros === null)
                return (
                  <UnreadRow
                    key={seq}
                    top={top}
                    axis={axis}
                    start={micros === null ? null : micros / 1000}
                  />
                )
              const bar = barOf(span, micros / 1000, nextStepAfter(columns, begun, seq), run)
              return (
                <WaterfallRow
                  key={seq}
                  bar={bar}
                  top={top}
                  axis={axis}
                  until={until}
                  stopped={stopped}
                  narrow={phone}
                  selected={bar.sel === selected || eventSel(seq) === selected}
                  seq={seq}
                  select={select}
                />
              )
            })}
          </div>
          {rows.count === 0 && (
            <p role="listitem" className="text-muted px-3 py-3">
              {columns.known < 1
                ? 'Looking through the history…'
                : 'No step or action was under way in this time.'}
            </p>
          )}
        </div>
      </div>
      {spans.problem !== null && (
        <div className="px-3 py-1">
          <ErrorLine told={told(spans.problem, 'read')} />
        </div>
      )}
    </figure>
  )
}
