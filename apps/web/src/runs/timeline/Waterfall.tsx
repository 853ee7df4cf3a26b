import { isFinal, type Run, type RunEvent } from '@holdpoint/protocol'
import { useVirtualizer } from '@tanstack/react-virtual'
import { useEffect, useMemo, useRef } from 'react'

import { useNow } from '../../live/useNow'
import { clockTime } from '../../time/format'
import { usePhone } from '../../ui/useMediaQuery'
import type { Zoom } from '../search'
import { axisEnd, nameColumn, percent, shownSpan, ticks, type Span } from './axis'
import { waterfallOf, type Band } from './waterfall'
import { WaterfallRow } from './WaterfallRow'

interface WaterfallProps {
  readonly run: Run
  readonly events: readonly RunEvent[]
  readonly zoom: Zoom
  readonly selected: string | undefined
  readonly select: (sel: string) => void
}

const rowHeight = 22

/** Steps and their actions on a time axis; at the right edge is now. */
export function Waterfall({ run, events, zoom, selected, select }: WaterfallProps) {
  const now = useNow()
  const phone = usePhone()
  const { bars, bands } = useMemo(() => waterfallOf(events), [events])
  const first = Date.parse(events[0]?.at ?? run.createdAt)
  const last = Date.parse(run.lastEvent.at)
  const over = isFinal(run.status)
  const until = over ? last : Math.max(now ?? last, last)
  const pausedAt = run.status === 'paused' ? Date.parse(run.statusSince) : null
  const end = axisEnd(first, until, pausedAt)
  const span = shownSpan(first, end, zoom)
  const shown = bars.filter((bar) => (bar.end ?? end) >= span.from)
  const scroller = useRef<HTMLDivElement>(null)
  const virtual = useVirtualizer({
    count: shown.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => rowHeight,
    overscan: 12,
  })
  useFollow(scroller, shown.length)
  if (bars.length === 0) return null
  return (
    <figure aria-label="Steps and actions over time" className="border-line relative border-b">
      <Ruler span={span} edge={over ? 'ended' : pausedAt === null ? 'now' : 'paused'} />
      <div
        ref={scroller}
        aria-label="Steps and actions"
        role="list"
        className="relative max-h-55 overflow-y-auto md:max-h-66 tall:max-h-99"
      >
        <div style={{ height: virtual.getTotalSize() }} className="relative" role="presentation">
          <Bands bands={bands} span={span} end={end} />
          {virtual.getVirtualItems().map((item) => {
            const bar = shown[item.index]
            return bar === undefined ? null : (
              <WaterfallRow
                key={bar.sel}
                bar={bar}
                top={item.start}
                span={span}
                end={until}
                moving={run.status === 'running'}
                narrow={phone}
                selected={bar.sel === selected}
                select={select}
              />
            )
          })}
        </div>
      </div>
    </figure>
  )
}

/** Stays at the newest row while the reader is at the end. */
function useFollow(scroller: { readonly current: HTMLDivElement | null }, count: number) {
  const followed = useRef(0)
  useEffect(() => {
    const box = scroller.current
    if (box === null) return
    const away = box.scrollHeight - box.scrollTop - box.clientHeight
    const grown = (count - followed.current) * rowHeight
    if (followed.current === 0 || away <= grown + rowHeight) box.scrollTo({ top: box.scrollHeight })
    followed.current = count
  }, [scroller, count])
}

/** What lies at the right end. */
type Edge = 'now' | 'paused' | 'ended'

function Ruler({ span, edge }: { readonly span: Span; readonly edge: Edge }) {
  const phone = usePhone()
  return (
    <div aria-hidden className="border-line flex h-6 border-b">
      <div className={nameColumn} />
      <div className="relative mr-3 grow">
        {ticks(span, phone ? 2 : 6)
          .filter((at) => percent(span, at) < (phone ? 58 : 87))
          .map((at) => (
            <span
              key={at}
              className="border-line label absolute inset-y-0 border-l pl-1 font-mono leading-6"
              style={{ left: `${percent(span, at)}%` }}
            >
              {clockTime(at)}
            </span>
          ))}
        <span
          className={`absolute inset-y-0 right-0 pr-1 text-small leading-6 ${edge === 'now' ? 'text-text' : 'text-muted'}`}
        >
          {edge}
        </span>
      </div>
    </div>
  )
}

interface BandsProps {
  readonly bands: readonly Band[]
  readonly span: Span
  readonly end: number
}

/** Time in which the run was held, behind the bars. */
function Bands({ bands, span, end }: BandsProps) {
  return (
    <div aria-hidden className="absolute inset-0 flex">
      <div className={nameColumn} />
      <div className="border-text/40 relative mr-3 grow border-r">
        {bands.map((band) => {
          const left = percent(span, band.start)
          const right = percent(span, band.end ?? end)
          return (
            <span
              key={`${band.kind}${band.start}`}
              className={`absolute inset-y-0 ${band.kind === 'approval' ? 'bg-asking/12' : 'bg-holding/12'}`}
              style={{ left: `${left}%`, width: `${right - left}%` }}
            />
          )
        })}
      </div>
    </div>
  )
}
