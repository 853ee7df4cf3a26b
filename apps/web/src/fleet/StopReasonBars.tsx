import { stopReasonFacts, type FleetHistory } from '@holdpoint/protocol'
import { Link } from '@tanstack/react-router'

import { Sparkline } from '../charts/Sparkline'
import { instant } from '../charts/when'
import { parseFleetSearch } from './search'

const most = 8

interface StopReasonBarsProps {
  readonly stopReasons: FleetHistory['stopReasons']
  /** The window, in ms. */
  readonly from: number
  readonly to: number
}

/** When most of them stopped: what the line says to who does not see it. */
function whenWords(over: readonly number[], from: number, to: number): string {
  const peak = over.indexOf(Math.max(...over))
  const at = from + ((to - from) * (peak + 0.5)) / Math.max(1, over.length)
  return `most around ${instant(at)}`
}

/** How often runs stopped for what, and when; each bar is the link to the runs that still stand for it. */
export function StopReasonBars({ stopReasons, from, to }: StopReasonBarsProps) {
  const longest = Math.max(1, ...stopReasons.map(({ stops }) => stops))
  const rest = stopReasons.slice(most).reduce((sum, { stops }) => sum + stops, 0)
  return (
    <section aria-label="Stop reasons" className="min-w-0">
      <h3 className="label pb-1 font-normal">Why runs stopped</h3>
      {stopReasons.length === 0 ? (
        <p className="text-muted">No run has stopped in this time.</p>
      ) : (
        <ol>
          {stopReasons.slice(0, most).map(({ reason, stops, over }) => (
            <li key={reason}>
              <Link
                to="/"
                search={(old) => ({ ...parseFleetSearch(old), reason: [reason] })}
                activeProps={{}}
                className="hover:bg-raised grid h-5.5 grid-cols-[8rem_1fr_5rem_2rem] items-center gap-2 text-small max-md:h-11"
              >
                <span className="truncate">{stopReasonFacts[reason].label}</span>
                <span aria-hidden className="block h-2">
                  <span
                    className="bg-muted rounded-mark block h-full min-w-0.5 opacity-60"
                    style={{ width: `${(stops / longest) * 100}%` }}
                  />
                </span>
                <Sparkline values={over} size="w-20" />
                <span className="sr-only">{whenWords(over, from, to)}</span>
                <span className="text-right">{stops.toLocaleString('en')}</span>
              </Link>
            </li>
          ))}
        </ol>
      )}
      {rest > 0 && <p className="label">and {rest.toLocaleString('en')} for other reasons</p>}
    </section>
  )
}
