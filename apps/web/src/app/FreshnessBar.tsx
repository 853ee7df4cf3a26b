import type { Connection } from '../live/connection'
import { live } from '../live/session'
import { useConnection, useFleet } from '../live/useLive'
import { useLocalNow, useNow } from '../live/useNow'
import { clockTime, duration } from '../time/format'
import { useFailingReads } from './useFailingReads'

const tones = {
  connecting: 'text-muted',
  live: 'text-good',
  'catching-up': 'text-holding',
  disconnected: 'text-bad',
  missing: 'text-bad',
  'signed-out': 'text-bad',
} as const satisfies Record<Connection['phase'], string>

/** Changes only with the phase, so that a screen reader is not told the time each second. */
function spoken(connection: Connection, failing: boolean): string {
  switch (connection.phase) {
    case 'connecting':
      return 'Connecting'
    case 'live':
      return failing ? 'Live, but part of this page could not be read' : 'Live'
    case 'catching-up':
      return connection.because === 'database-down'
        ? 'The database cannot be reached; what is shown is old'
        : 'Catching up; what is shown is old'
    case 'missing':
    case 'disconnected':
      return 'Disconnected; what is shown is old'
    case 'signed-out':
      return 'Signed out'
  }
}

const asOf = (now: number | null) => (now === null ? 'nothing yet' : clockTime(now))

function words(
  connection: Connection,
  now: number | null,
  localNow: number,
  failing: boolean,
): string {
  switch (connection.phase) {
    case 'connecting':
      return 'connecting…'
    case 'live':
      return failing ? 'part of this page could not be read' : 'live'
    case 'catching-up':
      return connection.because === 'database-down'
        ? `database unreachable, showing ${asOf(now)}`
        : `catching up, ${duration(connection.lagMs)} behind`
    case 'missing':
    case 'disconnected': {
      const since = connection.phase === 'disconnected' ? connection.since : localNow
      return `disconnected ${duration(localNow - since)} ago, showing ${asOf(now)}`
    }
    case 'signed-out':
      return 'signed out'
  }
}

/** Always on screen: is this live, and if not, of when is it. Green only while live. */
export function FreshnessBar() {
  const connection = useConnection()
  const now = useNow()
  const localNow = useLocalNow()
  const { known } = useFleet()
  const failing = useFailingReads()
  const { phase } = connection
  // The stream is live and the page is not: green would be a lie.
  const tone = phase === 'live' && failing ? 'text-holding' : tones[phase]
  const well = phase === 'live' && !failing
  return (
    <div
      // What is wrong is said in full, also on a phone: there on a line of its own.
      className={`flex min-w-0 items-center gap-2 ${well ? '' : 'max-md:order-last max-md:basis-full max-md:pb-2'}`}
      data-testid="freshness"
      data-phase={phase}
    >
      <span className="sr-only" role="status">
        {spoken(connection, failing)}
      </span>
      <span aria-hidden className={`inline-flex min-w-0 items-center gap-1.5 font-medium ${tone}`}>
        <PhaseMark filled={well || phase === 'disconnected'} phase={phase} />
        <span className="truncate">{words(connection, now, localNow, failing)}</span>
      </span>
      {well && known && now !== null && (
        <span className="text-muted whitespace-nowrap">
          <span className="hidden sm:inline">as of </span>
          <span className="font-mono text-small">{asOf(now)}</span>
          <span className="hidden md:inline"> · lag {Math.round(connection.lagMs)}ms</span>
        </span>
      )}
      {phase === 'disconnected' && (
        <button
          type="button"
          className="text-muted whitespace-nowrap underline max-md:-my-2 max-md:ml-auto max-md:py-2"
          onClick={live.retry}
        >
          Try now
        </button>
      )}
    </div>
  )
}

interface PhaseMarkProps {
  readonly phase: Connection['phase']
  readonly filled: boolean
}

function PhaseMark({ phase, filled }: PhaseMarkProps) {
  return (
    <svg viewBox="0 0 10 10" className="size-2.5 shrink-0">
      {phase === 'disconnected' ? (
        <path d="m2 2 6 6m0-6-6 6" stroke="currentColor" strokeWidth="2" strokeLinecap="round" />
      ) : (
        <circle
          cx="5"
          cy="5"
          r="3.5"
          fill={filled ? 'currentColor' : 'none'}
          stroke="currentColor"
          strokeWidth="1.5"
        />
      )}
    </svg>
  )
}
