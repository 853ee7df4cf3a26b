import type { Instant, RunEvent } from '@holdpoint/protocol'
import { memo } from 'react'

import { preciseTime, span } from '../../time/format'
import { visible } from '../../ui/visible'
import { toneText } from '../stateLook'
import { eventText, kindLook } from './eventWords'

interface EventRowProps {
  readonly event: RunEvent
  readonly before: Instant | null
  readonly top: number
  readonly selected: boolean
  readonly select: (seq: number) => void
}

/** Cut here for the eye; the whole text stands in the detail. */
const shownText = 300

export const EventRow = memo(function EventRow({
  event,
  before,
  top,
  selected,
  select,
}: EventRowProps) {
  const { word, tone } = kindLook[event.kind]
  const at = Date.parse(event.at)
  const since = before === null ? null : at - Date.parse(before)
  return (
    <button
      type="button"
      aria-pressed={selected}
      onClick={() => select(event.seq)}
      style={{ transform: `translateY(${top}px)` }}
      className={`border-line absolute inset-x-0 top-0 grid h-7 grid-cols-[6rem_9.5rem_1fr] items-center gap-x-3 border-b px-3 text-left
        focus-visible:-outline-offset-2 md:grid-cols-[6rem_4rem_9.5rem_1fr_auto] ${selected ? 'bg-selected' : 'hover:bg-raised'}`}
    >
      <time dateTime={event.at} className="text-muted font-mono text-small">
        {preciseTime(at)}
      </time>
      <span className="text-muted hidden text-right text-small md:inline">
        {since === null ? '' : `+${span(since)}`}
      </span>
      <span
        className={`truncate ${toneText[tone]} ${tone === 'quiet' ? 'text-text' : 'font-medium'}`}
      >
        {word}
      </span>
      <span className="text-muted truncate">{visible(eventText(event).slice(0, shownText))}</span>
      <span className="text-muted hidden max-w-40 truncate text-small md:inline">
        {/* Only who else had a hand in it is news. */}
        {event.actor === `agent:${event.state.agentId}` ? '' : event.actor}
      </span>
    </button>
  )
})
