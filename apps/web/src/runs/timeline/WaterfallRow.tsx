import { memo } from 'react'

import { span as spanText } from '../../time/format'
import { visible } from '../../ui/visible'
import { nameColumn, percentAt, type Axis } from './axis'
import type { Bar, Outcome } from './bars'

interface WaterfallRowProps {
  readonly bar: Bar
  /** Of the event with which it began. */
  readonly seq: number
  readonly top: number
  readonly axis: Axis
  /** Now, or when the run ended (ms). */
  readonly until: number
  /** Since when the run has not been running (ms); null: it runs, or it is over. */
  readonly stopped: number | null
  /** On a phone, where a label takes a third of the width. */
  readonly narrow: boolean
  readonly selected: boolean
  readonly select: (sel: string, seq: number) => void
}

const fills: Record<Outcome, string> = {
  open: 'bg-running',
  done: 'bg-muted',
  failed: 'bg-bad',
  unknown: 'hatched border border-bad',
  cancelled: 'border border-muted',
  left: 'border border-muted',
  unread: 'border border-muted border-dashed',
}

const outcomeWords: Record<Outcome, string> = {
  open: 'in flight',
  done: 'done',
  failed: 'failed',
  unknown: 'outcome unknown',
  cancelled: 'cancelled',
  left: 'left unfinished',
  unread: 'end not read yet',
}

/** Beside the bar where there is room, inside it where it is long. */
function labelPlace(left: number, right: number, narrow: boolean) {
  if (right - left > 22) return { inside: true, style: { left: `${left}%` } } as const
  if (right > (narrow ? 55 : 82))
    return { inside: false, style: { right: `${100 - left}%`, paddingRight: 6 } } as const
  return { inside: false, style: { left: `${right}%` } } as const
}

export const WaterfallRow = memo(function WaterfallRow(props: WaterfallRowProps) {
  const { bar, seq, top, axis, until, stopped, narrow, selected, select } = props
  const step = bar.kind === 'step'
  const open = bar.outcome === 'open'
  // A run that stands still does not work on: what is open stops there, but what was sent out may go on.
  const halted = open && stopped !== null && stopped >= bar.start ? stopped : null
  const end = bar.end ?? halted ?? until
  const left = percentAt(axis, bar.start)
  const right = percentAt(axis, end)
  // A step that a standing run names says what it waits for.
  const waits = open && step && stopped !== null && halted === null
  const under = open && halted === null && !waits
  const word =
    halted !== null
      ? step
        ? 'not finished'
        : 'may still end'
      : waits
        ? 'waits'
        : outcomeWords[bar.outcome]
  const bad = bar.outcome === 'failed' || bar.outcome === 'unknown'
  const place = labelPlace(left, right, narrow)
  const tone =
    place.inside && step && under ? 'text-bg' : bad ? 'text-bad' : place.inside ? '' : 'text-muted'
  const fill = halted === null && !waits ? fills[bar.outcome] : 'bg-muted'
  const quiet = step && !under && !bad ? 'opacity-35' : ''
  const outside = right <= 0 || left >= 100
  return (
    <div
      role="listitem"
      className="absolute inset-x-0 top-0 h-5.5"
      style={{ transform: `translateY(${top}px)` }}
    >
      <button
        type="button"
        aria-pressed={selected}
        onClick={() => select(bar.sel, seq)}
        className={`flex h-full w-full items-center text-left focus-visible:-outline-offset-2 ${selected ? 'bg-selected' : 'hover:bg-raised/60'}`}
      >
        <span
          className={`text-small truncate ${nameColumn} ${step ? 'pl-3' : 'text-muted pl-6 font-mono'}`}
        >
          <span className="sr-only">{step ? 'Step ' : 'Action '}</span>
          {visible(bar.label)}
          {bar.target !== null && <span className="text-muted"> {visible(bar.target)}</span>}
        </span>
        <span className="relative mr-3 h-full grow overflow-hidden">
          <span
            className={`absolute top-1/2 min-w-0.5 -translate-y-1/2 rounded-[2px] ${outside ? 'hidden' : fill} ${quiet} ${step ? 'h-3.5' : 'h-1.5'}`}
            style={{ left: `${left}%`, width: `${right - left}%` }}
          />
          {halted !== null && !step && (
            <span
              className="border-muted absolute top-[85%] border-t border-dotted"
              style={{ left: `${right}%`, width: `${percentAt(axis, until) - right}%` }}
            />
          )}
          <span
            className={`text-small absolute top-0 px-1.5 leading-5.5 whitespace-nowrap ${tone} ${step || !place.inside ? '' : 'sr-only'}`}
            style={place.style}
          >
            {/* The marks of a shortened time run through the row: figures stand before them. */}
            <span className={place.inside ? '' : 'bg-bg/85 rounded-mark'}>
              <span className={bar.outcome === 'done' ? 'sr-only' : ''}>{word} </span>
              {bar.outcome === 'unread' ? null : spanText(end - bar.start)}
            </span>
          </span>
        </span>
      </button>
    </div>
  )
})

interface UnreadRowProps {
  readonly top: number
  readonly axis: Axis
  readonly start: number | null
}

/** A row of which only the beginning is known so far. */
export const UnreadRow = ({ top, axis, start }: UnreadRowProps) => (
  <div
    aria-hidden
    className="absolute inset-x-0 top-0 flex h-5.5 items-center"
    style={{ transform: `translateY(${top}px)` }}
  >
    <span className={nameColumn}>
      <span className="bg-raised ml-3 block h-2 w-24 rounded-mark" />
    </span>
    <span className="relative mr-3 h-full grow overflow-hidden">
      {start !== null && (
        <span
          className="bg-muted absolute top-1/2 h-1.5 w-0.5 -translate-y-1/2"
          style={{ left: `${percentAt(axis, start)}%` }}
        />
      )}
    </span>
  </div>
)
