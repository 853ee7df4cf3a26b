import { span as spanText } from '../../time/format'
import { percent, type Span } from './axis'
import type { Bar, Outcome } from './waterfall'
import { nameColumn } from './Waterfall'

interface WaterfallRowProps {
  readonly bar: Bar
  readonly top: number
  readonly span: Span
  readonly end: number
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

export function WaterfallRow({ bar, top, span, end, selected, select }: WaterfallRowProps) {
  const left = percent(span, bar.start)
  const right = percent(span, bar.end ?? end)
  const took = spanText((bar.end ?? end) - bar.start)
  const step = bar.kind === 'step'
  const late = left > 82
  return (
    <div
      role="listitem"
      className="absolute inset-x-0 top-0 h-5.5"
      style={{ transform: `translateY(${top}px)` }}
    >
      <button
        type="button"
        aria-pressed={selected}
        aria-label={`${step ? 'Step' : 'Action'} ${bar.label} ${bar.target ?? ''}, ${outcomeWords[bar.outcome]}, ${took}`}
        onClick={() => select(bar.sel)}
        className={`flex h-full w-full items-center text-left focus-visible:-outline-offset-2 ${selected ? 'bg-selected' : 'hover:bg-raised/60'}`}
      >
        <span
          className={`truncate text-small ${nameColumn} ${step ? 'pl-3' : 'text-muted pl-6 font-mono'}`}
        >
          {bar.label}
          {bar.target !== null && <span className="text-muted"> {bar.target}</span>}
        </span>
        <span className="relative mr-3 h-full grow overflow-hidden">
          <span
            className={`absolute top-1/2 min-w-0.5 -translate-y-1/2 rounded-[2px] ${fills[bar.outcome]} ${step ? 'h-2.5' : 'h-1.5'}
              ${step && bar.outcome === 'done' ? 'opacity-45' : ''}`}
            style={{ left: `${left}%`, width: `${right - left}%` }}
          />
          <span
            className={`absolute top-0 pl-1.5 text-small leading-5.5 whitespace-nowrap ${bar.outcome === 'failed' || bar.outcome === 'unknown' ? 'text-bad' : 'text-muted'}`}
            style={
              late
                ? { right: `${100 - left}%`, paddingRight: 6 }
                : right > 90
                  ? { left: `${left}%`, transform: 'translateX(-100%)', paddingRight: 6 }
                  : { left: `${right}%` }
            }
          >
            {bar.outcome === 'done' ? took : `${outcomeWords[bar.outcome]} ${took}`}
          </span>
        </span>
      </button>
    </div>
  )
}
