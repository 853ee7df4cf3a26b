import { Link, type LinkProps } from '@tanstack/react-router'
import { Bot, ChartGantt, Hand, Rows3, ScrollText, Settings, type LucideIcon } from 'lucide-react'

import { useFleet } from '../live/useLive'
import { usePastInstant } from '../live/useMoment'
import { StateCounts } from './StateCounts'
import { useUntold } from './useUntold'

interface Place {
  readonly to: NonNullable<LinkProps['to']>
  readonly word: string
  readonly icon: LucideIcon
}

export const places: readonly Place[] = [
  { to: '/', word: 'Fleet', icon: Rows3 },
  { to: '/approvals', word: 'Approvals', icon: Hand },
  { to: '/agents', word: 'Agents', icon: Bot },
  { to: '/audit', word: 'Audit', icon: ScrollText },
  { to: '/incidents', word: 'Incidents', icon: ChartGantt },
  { to: '/settings', word: 'Settings', icon: Settings },
]

/** Pages and counts at the left; on a phone the pages lie at the bottom, where the thumb is. */
export function NavRail() {
  return (
    <nav
      aria-label="Pages"
      className="border-line hidden w-50 shrink-0 flex-col gap-4 overflow-y-auto border-r p-2 md:flex"
    >
      <ul className="flex flex-col">
        {places.map((place) => (
          <li key={place.to}>
            <PlaceLink place={place} />
          </li>
        ))}
      </ul>
      <div className="flex flex-col gap-1">
        <h2 className="label px-3 font-normal">Runs by state</h2>
        <StateCounts layout="column" />
      </div>
    </nav>
  )
}

function PlaceLink({ place: { to, word, icon: Icon } }: { readonly place: Place }) {
  return (
    <Link
      to={to}
      activeOptions={{ exact: to === '/', includeSearch: false }}
      className="hover:bg-raised text-muted aria-[current=page]:text-text aria-[current=page]:bg-raised flex h-8 items-center
        gap-2 rounded-ctl px-3 aria-[current=page]:font-medium"
    >
      <Icon aria-hidden className="size-3.5" />
      <span className="grow">{word}</span>
      {to === '/approvals' && <WaitingCount />}
      {to === '/settings' && <UntoldCount />}
    </Link>
  )
}

/** Beside a link to the page of now, a number of then would be wrong there. */
function WaitingCount() {
  const { approvalsWaiting } = useFleet()
  const now = usePastInstant() === null
  return now && approvalsWaiting > 0 ? (
    <span className="text-asking font-medium">
      {approvalsWaiting}
      <span className="sr-only"> waiting</span>
    </span>
  ) : null
}

/** Messages that people were never told: whoever looks here may be the first to know. */
function UntoldCount() {
  const untold = useUntold()
  return untold > 0 ? (
    <span className="text-bad font-medium">
      {untold.toLocaleString('en')}
      <span className="sr-only"> notifications not sent</span>
    </span>
  ) : null
}

export function BottomBar() {
  return (
    <nav
      aria-label="Pages"
      className="border-line bg-surface flex border-t pb-[env(safe-area-inset-bottom)] md:hidden"
    >
      {places.map(({ to, word, icon: Icon }) => (
        <Link
          key={to}
          to={to}
          activeOptions={{ exact: to === '/', includeSearch: false }}
          className="text-muted aria-[current=page]:text-text flex h-13 flex-1 flex-col items-center justify-center gap-0.5 text-small"
        >
          <Icon aria-hidden className="size-4.5" />
          <span className="flex gap-1">
            {word}
            {to === '/approvals' && <WaitingCount />}
            {to === '/settings' && <UntoldCount />}
          </span>
        </Link>
      ))}
    </nav>
  )
}
