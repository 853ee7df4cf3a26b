import { stopReasonFacts, type HistoryWindow } from '@holdpoint/protocol'
import { Link } from '@tanstack/react-router'
import { lazy, Suspense } from 'react'

import type { Stops } from '../charts/stops'
import { tick } from '../charts/when'
import { parseFleetSearch } from './search'

const StopBars = lazy(() => import('../charts/StopBars'))

interface StopReasonBarsProps {
  readonly stops: Stops
  readonly window: HistoryWindow
  /** The window, in ms. */
  readonly from: number
  readonly to: number
}

const columns = 'grid grid-cols-[8rem_1fr_2.5rem] items-center gap-x-2'

/** How often runs stopped for what, and when, all on one scale; each is the link to the runs that still stand for it. */
export function StopReasonBars({ stops, window, from, to }: StopReasonBarsProps) {
  return (
    <section aria-label="Stop reasons" className="min-w-0">
      <h3 className="label pb-1 font-normal">Why runs stopped</h3>
      {stops.rows.length === 0 ? (
        <p className="text-muted">No run has stopped in this time.</p>
      ) : (
        <>
          <ol>
            {stops.rows.map(({ reason, stops: all, parts }) => (
              <li key={reason}>
                <Link
                  to="/"
                  search={(old) => ({ ...parseFleetSearch(old), reason: [reason] })}
                  activeProps={{}}
                  title="The runs that stand so now"
                  className={`hover:bg-raised h-6 text-small max-md:h-11 ${columns}`}
                >
                  <span className="truncate">{stopReasonFacts[reason].label}</span>
                  <span aria-hidden className="border-line block h-5.25 min-w-0 border-b">
                    <Suspense fallback={null}>
                      <StopBars
                        parts={parts}
                        most={stops.most}
                        word={stopReasonFacts[reason].label}
                      />
                    </Suspense>
                  </span>
                  <span className="text-right">{all.toLocaleString('en')}</span>
                </Link>
              </li>
            ))}
          </ol>
          <p aria-hidden className={`label ${columns}`}>
            <span>
              {stops.others.stops > 0 && `${stops.others.stops.toLocaleString('en')} for others`}
            </span>
            <span className="flex justify-between">
              <span>{tick(from, window)}</span>
              <span>{tick(to, window)}</span>
            </span>
            <span className="text-right">in all</span>
          </p>
          <p className="label pt-1">
            Counted as they stopped. A row leads to the runs that stand so now: some have gone on
            since, others stopped before.
          </p>
        </>
      )}
    </section>
  )
}
