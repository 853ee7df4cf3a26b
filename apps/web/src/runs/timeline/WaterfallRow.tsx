import { span as spanText } from '../../time/format'
import { visible } from '../../ui/visible'
import { nameColumn, percent, type Span } from './axis'
import type { Bar, Outcome } from './waterfall'

interface WaterfallRowProps {
  readonly bar: Bar
  readonly top: number
  readonly span: Span
  readonly end: number
  /** The run is running now: what is open is under way, not merely unfinished. */
  readonly moving: boolean
  /** On a phone, where a label takes a third of the width. */
  readonly narrow: boolean
  readonly selected: boolean
  readonly select: (sel: string) => void
}

const fills: Record<Outcome, string> = {
  open: 'bg-running',
  done: 'bg-muted',
  failed: 'bg-bad',
  unknown: 'hatched border border-bad',
  cancelled: 'border border-muted',
}

const outcomeWords: Record<Outcome, string> = {
  open: 'in flight',
  done: 'done',
  failed: 'failed',
  unknown: 'outcome unknown',
  cancelled: 'cancelled',
}

/** Beside the bar where there is room, inside it where it is long. */
function labelPlace(left: number, right: number, narrow: boolean) {
  if (right - left > 22) return { inside: true, style: { left: `${left}%` } } as const
  if (right > (narrow ? 55 : 82))
    return { inside: false, style: { right: `${100 - left}%`, paddingRight: 6 } } as const
  return { inside: false, style: { left: `${right}%` } } as const
}

export function WaterfallRow(props: WaterfallRowProps) {
  const { bar, top, span, end, moving, narrow, selected, select } = props
  const left = percent(span, bar.start)
  const right = percent(span, bar.end ?? end)
  const took = spanText((bar.end ?? end) - bar.start)
  const step = bar.kind === 'step'
  const under = bar.outcome === 'open' && moving
  const word = bar.outcome === 'open' && !moving ? 'not finished' : outcomeWords[bar.outcome]
  const place = labelPlace(left, right, narrow)
  const bad = bar.outcome === 'failed' || bar.outcome === 'unknown'
  const tone =
    place.inside && step && under ? 'text-bg' : bad ? 'text-bad' : place.inside ? '' : 'text-muted'
  const fill = bar.outcome === 'open' && !moving ? 'bg-muted' : fills[bar.outcome]
  const quiet = step && !under && !bad ? 'opacity-35' : ''
  return (
    <div
      role="listitem"
      className="absolute inset-x-0 top-0 h-5.5"
      style={{ transform: `translateY(${top}px)` }}
    >
      <button
        type="button"
        aria-pressed={selected}
        onClick={() => select(bar.sel)}
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
            className={`absolute top-1/2 min-w-0.5 -translate-y-1/2 rounded-[2px] ${fill} ${quiet} ${step ? 'h-3.5' : 'h-1.5'}`}
            style={{ left: `${left}%`, width: `${right - left}%` }}
          />
          {(step || !place.inside) && (
            <span
              className={`text-small absolute top-0 px-1.5 leading-5.5 whitespace-nowrap ${tone}`}
              style={place.style}
            >
              <span className={bar.outcome === 'done' ? 'sr-only' : ''}>{word} </span>
              {took}
            </span>
          )}
        </span>
      </button>
    </div>
  )
}
