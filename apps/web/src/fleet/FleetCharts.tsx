import { historyWindows, type FleetHistory, type HistoryWindow } from '@holdpoint/protocol'
import { useQuery } from '@tanstack/react-query'
import { Link, useNavigate } from '@tanstack/react-router'
import { Suspense, lazy, useMemo, type ReactNode } from 'react'

import { api } from '../app/trpc'
import { untilRead } from '../app/untilRead'
import { HistoryTable } from '../charts/HistoryTable'
import { shaped, totals, windowMs } from '../charts/shape'
import { Sparkline } from '../charts/Sparkline'
import { StopReasonTable } from '../charts/StopReasonTable'
import { stopsOf } from '../charts/stops'
import { ErrorLine } from '../errors/ErrorNote'
import { told } from '../errors/told'
import { useNow } from '../live/useNow'
import { useTravel } from '../past/usePast'
import { clockTime } from '../time/format'
import { instantOfMs } from '../time/instant'
import { Button } from '../ui/Button'
import { ChartLegend } from './ChartLegend'
import { setCharts, useChartSetting } from './chartSetting'
import { StopReasonBars } from './StopReasonBars'

const HistoryCharts = lazy(() => import('../charts/HistoryCharts'))

const sampledMs = 15_000
const windowWords: Record<HistoryWindow, string> = { '1h': '1 h', '24h': '24 h', '7d': '7 d' }

const useHistory = (window: HistoryWindow) =>
  useQuery({
    ...untilRead,
    queryKey: ['fleet', 'history', window],
    queryFn: () => api.fleet.history.query({ window }),
    refetchInterval: window === '1h' ? sampledMs : 60_000,
  })

/** How the fleet came to where it is: one line while folded, charts and stop reasons when open. */
export default function FleetCharts() {
  const { open, window, numbers } = useChartSetting()
  const { data, failureReason, refetch } = useHistory(window)
  const now = useNow()
  // Redrawn with each new sample, not with each tick of a clock.
  const until = now === null ? null : Math.ceil(now / sampledMs) * sampledMs
  const read = useMemo(
    () => (data === undefined || until === null ? null : shaped(data, window, until)),
    [data, window, until],
  )
  return (
    <section aria-label="History" className="border-line shrink-0 border-b">
      <div className="flex min-h-8 items-center gap-x-3 px-3">
        <button
          type="button"
          aria-expanded={open}
          className="hover:text-text flex min-h-8 items-center gap-1.5 max-md:min-h-11"
          onClick={() => setCharts({ open: !open })}
        >
          <span aria-hidden className={`text-muted ${open ? 'rotate-90' : ''}`}>
            ▸
          </span>
          <h2 className="text-small">History</h2>
        </button>
        {!open && read !== null && read.points.length > 1 && <Sparkline values={totals(read)} />}
        <span className={`label md:truncate ${open ? 'max-md:sr-only' : 'max-md:py-1'}`}>
          {failureReason !== null && data === undefined
            ? 'could not be read'
            : read === null
              ? 'loading…'
              : read.countedTo === null
                ? 'no samples yet'
                : `${windowWords[window]} · ${read.endings.complete.toLocaleString('en')} complete, ${read.endings.failed.toLocaleString('en')} failed, ${read.endings.killed.toLocaleString('en')} killed`}
          {read !== null && read.countedTo !== null && (
            <span className="max-md:hidden"> until {clockTime(read.countedTo)}</span>
          )}
        </span>
        <span className="ml-auto flex shrink-0 items-center gap-3">
          <Link
            to="/incidents"
            search={{ from: `-${window}` }}
            title="What happened in this time, agent by agent"
            className="text-muted hover:text-text text-small underline max-md:flex max-md:min-h-11 max-md:items-center"
          >
            Timeline
          </Link>
          {open && (
            <button
              type="button"
              aria-pressed={numbers}
              title="Numbers in place of charts"
              onClick={() => setCharts({ numbers: !numbers })}
              className={`rounded-ctl px-2 text-small max-md:min-h-11 ${numbers ? 'bg-selected font-medium' : 'text-muted hover:bg-raised'}`}
            >
              Numbers
            </button>
          )}
          {open && <Windows chosen={window} />}
        </span>
      </div>
      {open && (
        <div className="px-3 pb-2">
          {failureReason !== null && (
            <p className="flex flex-wrap items-center gap-3 pb-1">
              <ErrorLine told={told(failureReason, 'read')} />
              <Button onClick={() => void refetch()}>Try again</Button>
            </p>
          )}
          {read !== null && data !== undefined && (
            <OpenCharts read={read} window={window} numbers={numbers} history={data} />
          )}
          {read === null && failureReason === null && <Blank>Loading the history…</Blank>}
        </div>
      )}
    </section>
  )
}

const Blank = ({ children }: { readonly children: ReactNode }) => (
  <div role="status" className="text-muted grid h-45 place-items-center">
    {children}
  </div>
)

interface OpenChartsProps {
  readonly read: ReturnType<typeof shaped>
  readonly window: HistoryWindow
  readonly numbers: boolean
  readonly history: FleetHistory
}

/** Of so many reasons each has its bars; the others are counted together. */
const mostReasons = 8

function OpenCharts({ read, window, numbers, history }: OpenChartsProps) {
  const travel = useTravel()
  const navigate = useNavigate()
  if (read.points.length === 0)
    return <Blank>No samples yet: one is taken each 15 s, and drawn from the second on.</Blank>
  // The window of when it was read: an old answer stays where it belongs.
  const to = Date.parse(history.at)
  const answered = { from: to - windowMs[window], to }
  const stops = stopsOf(history.stopReasons, answered, mostReasons)
  const tables = (
    <>
      <HistoryTable shaped={read} window={window} shown={numbers} />
      {stops.rows.length > 0 && <StopReasonTable stops={stops} window={window} shown={numbers} />}
    </>
  )
  if (numbers) return <Tables>{tables}</Tables>
  return (
    <div className="grid gap-x-8 gap-y-3 lg:grid-cols-[minmax(0,1fr)_22rem]">
      <div className="relative min-w-0">
        <ChartLegend states={read.states} />
        <Suspense fallback={<Blank>Loading the charts…</Blank>}>
          <HistoryCharts
            shaped={read}
            window={window}
            look={(at) => travel.to(instantOfMs(at))}
            choose={(from, to) =>
              void navigate({
                to: '/incidents',
                search: { from: new Date(from).toISOString(), to: new Date(to).toISOString() },
              })
            }
          />
        </Suspense>
        <p className="label pl-8 max-md:hidden">
          Press an instant to look at the fleet as it was then.
        </p>
        {tables}
      </div>
      <StopReasonBars stops={stops} window={window} {...answered} />
    </div>
  )
}

const Tables = ({ children }: { readonly children: ReactNode }) => (
  <div
    role="group"
    aria-label="The charts in numbers"
    // What scrolls must be reached by keys.
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex
    tabIndex={0}
    className="flex max-h-70 flex-wrap items-start gap-x-12 gap-y-4 overflow-auto"
  >
    {children}
  </div>
)

const Windows = ({ chosen }: { readonly chosen: HistoryWindow }) => (
  <div role="group" aria-label="How far back" className="flex shrink-0">
    {historyWindows.map((window) => (
      <button
        key={window}
        type="button"
        aria-pressed={window === chosen}
        onClick={() => setCharts({ window })}
        className={`rounded-ctl px-2 text-small max-md:min-h-11 ${window === chosen ? 'bg-selected font-medium' : 'text-muted hover:bg-raised'}`}
      >
        {windowWords[window]}
      </button>
    ))}
  </div>
)
