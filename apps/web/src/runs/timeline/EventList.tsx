import type { RunEvent } from '@holdpoint/protocol'
import { useVirtualizer } from '@tanstack/react-virtual'
import { useEffect, useLayoutEffect, useRef, useState } from 'react'

import { ErrorLine } from '../../errors/ErrorNote'
import type { Told } from '../../errors/told'
import { EventRow } from './EventRow'

interface EventListProps {
  readonly events: readonly RunEvent[]
  readonly complete: boolean
  readonly loadingOlder: boolean
  readonly olderFailed: Told | null
  readonly loadOlder: () => void
  readonly selectedSeq: number | null
  readonly select: (seq: number) => void
}

const rowHeight = 28
/** Closer to the end than this (px) the list follows what is new. */
const nearEnd = 40
const nearStart = 300

/** The history, growing live. Follows the end unless someone scrolled up; then it counts what came. */
export function EventList(props: EventListProps) {
  const { events, complete, loadingOlder, olderFailed, loadOlder, selectedSeq, select } = props
  const scroller = useRef<HTMLDivElement>(null)
  const [leftAt, setLeftAt] = useState<number | null>(null)
  const lastSeq = events.at(-1)?.seq ?? 0
  const firstSeq = events[0]?.seq ?? 0
  const virtual = useVirtualizer({
    count: events.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => rowHeight,
    overscan: 12,
    getItemKey: (index) => events[index]?.seq ?? index,
  })
  const toEnd = () => {
    setLeftAt(null)
    virtual.scrollToIndex(events.length - 1, { align: 'end' })
  }
  useKeptPlace(scroller, events)
  useEffect(() => {
    if (leftAt === null && events.length > 0)
      virtual.scrollToIndex(events.length - 1, { align: 'end' })
    // Follows the end as it moves; not the virtualizer, which is new on each render.
    // oxlint-disable-next-line react/exhaustive-deps
  }, [lastSeq, leftAt === null])
  useEffect(() => {
    const index = events.findIndex((event) => event.seq === selectedSeq)
    if (index >= 0) virtual.scrollToIndex(index)
    // oxlint-disable-next-line react/exhaustive-deps
  }, [selectedSeq])

  const onScroll = () => {
    const box = scroller.current
    if (box === null) return
    const away = box.scrollHeight - box.scrollTop - box.clientHeight
    if (away < nearEnd) setLeftAt(null)
    else if (leftAt === null && away > nearEnd * 2) setLeftAt(lastSeq)
    if (box.scrollTop < nearStart && !complete && !loadingOlder && olderFailed === null) loadOlder()
  }
  const fresh = leftAt === null ? 0 : events.filter((event) => event.seq > leftAt).length
  return (
    <div className="relative min-h-0 flex-1">
      <div
        ref={scroller}
        onScroll={onScroll}
        role="log"
        aria-live="off"
        aria-label="Events"
        className="h-full overflow-y-auto focus-visible:-outline-offset-2"
      >
        <StartLine
          complete={complete}
          firstSeq={firstSeq}
          loading={loadingOlder}
          failed={olderFailed}
          load={loadOlder}
        />
        <div style={{ height: virtual.getTotalSize() }} className="relative">
          {virtual.getVirtualItems().map((item) => {
            const event = events[item.index]
            return event === undefined ? null : (
              <EventRow
                key={item.key}
                event={event}
                before={events[item.index - 1]?.at ?? null}
                top={item.start}
                selected={event.seq === selectedSeq}
                select={select}
              />
            )
          })}
        </div>
      </div>
      {leftAt !== null && (
        <button
          type="button"
          onClick={toEnd}
          className="enter border-accent bg-surface shadow-raised absolute bottom-3 left-1/2 h-7 -translate-x-1/2 rounded-full border px-3 text-small font-medium"
        >
          {fresh === 0 ? 'To the end ↓' : `${fresh} new ${fresh === 1 ? 'event' : 'events'} ↓`}
        </button>
      )}
    </div>
  )
}

/** When an older page comes in front, what is being read stays where it is. */
function useKeptPlace(
  scroller: { readonly current: HTMLDivElement | null },
  events: readonly RunEvent[],
) {
  const first = useRef<number | null>(null)
  const seq = events[0]?.seq ?? null
  useLayoutEffect(() => {
    const before = first.current
    first.current = seq
    if (before === null || seq === null || seq >= before || scroller.current === null) return
    scroller.current.scrollBy({ top: events.findIndex((event) => event.seq >= before) * rowHeight })
  }, [scroller, seq, events])
}

interface StartLineProps {
  readonly complete: boolean
  readonly firstSeq: number
  readonly loading: boolean
  readonly failed: Told | null
  readonly load: () => void
}

function StartLine({ complete, firstSeq, loading, failed, load }: StartLineProps) {
  if (complete) return <p className="label px-3 py-1.5">The run began here.</p>
  if (failed !== null) {
    return (
      <div className="px-3 py-1.5">
        <ErrorLine told={failed} dismiss={load} />
      </div>
    )
  }
  return (
    <button
      type="button"
      disabled={loading}
      onClick={load}
      className="label hover:text-text px-3 py-1.5 underline"
    >
      {loading
        ? 'Loading older events…'
        : `${(firstSeq - 1).toLocaleString('en')} older events: load more`}
    </button>
  )
}
