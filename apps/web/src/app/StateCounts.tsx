import type { RunState } from '@holdpoint/protocol'
import { Link, useSearch } from '@tanstack/react-router'

import { parseFleetSearch } from '../fleet/search'
import { useFleet } from '../live/useLive'
import { stateLook, stateOrder, toneText } from '../runs/stateLook'
import { StateMark } from '../runs/StateMark'
import { compact } from '../time/format'
import { useCounts } from './useCounts'

/** Counts by state, always on screen; each is the link to the fleet filtered by it. */
export function StateCounts({ layout }: { readonly layout: 'column' | 'strip' }) {
  const counts = useCounts()
  const { known } = useFleet()
  const search = useSearch({ strict: false, select: (raw) => parseFleetSearch(raw).state })
  const states =
    layout === 'column'
      ? stateOrder
      : stateOrder.filter((s) => counts[s] > 0 || search?.includes(s))
  return (
    <ul
      aria-label="Runs by state"
      className={
        layout === 'column'
          ? 'flex flex-col'
          : `border-line flex h-10 items-center gap-1 overflow-x-auto border-b px-2 md:hidden ${known ? 'empty:hidden' : ''}`
      }
    >
      {states.map((state) => (
        <li key={state} className="shrink-0">
          <Count
            state={state}
            count={known ? counts[state] : null}
            on={search?.includes(state) === true}
            layout={layout}
          />
        </li>
      ))}
    </ul>
  )
}

interface CountProps {
  readonly state: RunState
  readonly count: number | null
  readonly on: boolean
  readonly layout: 'column' | 'strip'
}

function Count({ state, count, on, layout }: CountProps) {
  const { word, loud, tone } = stateLook[state]
  // Failures add up for ever; the fresh ones stand under "Needs you".
  const hot = loud && state !== 'failed' && count !== null && count > 0
  const shape = layout === 'column' ? 'h-7 pr-2.5 pl-3' : 'h-8 px-2'
  return (
    <Link
      to="/"
      search={(old) => {
        const { state: _, ...rest } = parseFleetSearch(old)
        return on ? rest : { ...rest, state: [state] }
      }}
      activeProps={{}}
      aria-current={on ? 'true' : undefined}
      className={`hover:bg-raised flex items-center gap-2 rounded-ctl ${shape} ${on ? 'bg-selected text-text' : 'text-muted'}`}
    >
      <StateMark state={state} none={count === 0} />
      <span className="min-w-0 grow truncate">{word}</span>
      <span
        className={hot ? `font-medium ${toneText[tone]}` : count === 0 ? 'text-muted' : 'text-text'}
      >
        {count === null ? '–' : count < 100_000 ? count.toLocaleString('en') : compact(count)}
      </span>
    </Link>
  )
}
