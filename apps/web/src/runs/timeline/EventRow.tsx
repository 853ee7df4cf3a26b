import { spokenActor, type EventKind, type EventLine } from '@holdpoint/protocol'
import { memo } from 'react'

import { preciseTime, span } from '../../time/format'
import { visible } from '../../ui/visible'
import { instantOf } from '../history/eventColumns'
import { toneText } from '../stateLook'
import { eventText, kindLook } from './eventWords'

interface EventRowProps {
  readonly seq: number
  /** From the index; null until that has come. */
  readonly kind: EventKind | null
  readonly micros: number | null
  /** When the event before it was. */
  readonly before: number | null
  /** What the event says; undefined until it is read. */
  readonly line: EventLine | undefined
  readonly agent: string
  readonly top: number
  readonly selected: boolean
  readonly select: (seq: number) => void
}

/** Cut here for the eye; the whole text stands in the detail. */
const shownText = 300

export const EventRow = memo(function EventRow(props: EventRowProps) {
  const { seq, micros, before, line, agent, top, selected, select } = props
  const kind = props.kind ?? line?.kind ?? null
  const { word, tone } = kind === null ? nothingYet : kindLook[kind]
  return (
    <button
      type="button"
      aria-pressed={selected}
      title={`Event ${seq.toLocaleString('en')}`}
      onClick={() => select(seq)}
      style={{ transform: `translateY(${top}px)` }}
      className={`border-line absolute inset-x-0 top-0 grid h-7 grid-cols-[6rem_9.5rem_1fr] items-center gap-x-3 border-b px-3 text-left
        focus-visible:-outline-offset-2 md:grid-cols-[6rem_4rem_9.5rem_1fr_auto] ${selected ? 'bg-selected' : 'hover:bg-raised'}`}
    >
      <time
        dateTime={line?.at ?? (micros === null ? undefined : instantOf(micros))}
        className="text-muted font-mono text-small"
      >
        {micros === null ? `#${seq}` : preciseTime(Math.floor(micros / 1000))}
      </time>
      <span className="text-muted hidden text-right text-small md:inline">
        {micros === null || before === null ? '' : `+${span((micros - before) / 1000)}`}
      </span>
      <span
        className={`truncate ${toneText[tone]} ${tone === 'quiet' ? 'text-text' : 'font-medium'}`}
      >
        {word}
      </span>
      {line === undefined ? (
        <span aria-hidden className="bg-raised h-2 w-40 max-w-full rounded-mark" />
      ) : (
        <span className="text-muted truncate">{visible(eventText(line).slice(0, shownText))}</span>
      )}
      <span className="text-muted hidden max-w-40 truncate text-small md:inline">
        {/* Only who else had a hand in it is news. */}
        {line === undefined || line.actor === `agent:${agent}`
          ? ''
          : visible(spokenActor(line.actor))}
      </span>
    </button>
  )
})

const nothingYet = { word: '…', tone: 'quiet' } as const
