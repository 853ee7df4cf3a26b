import type { FinalStatus } from '@holdpoint/protocol'
import { Link } from '@tanstack/react-router'

import { layerLook, type LayerState } from '../charts/layers'
import type { StackedState } from '../charts/shape'
import { stateLook } from '../runs/stateLook'
import { parseFleetSearch } from './search'

const endings = ['failed', 'killed', 'complete'] as const satisfies readonly FinalStatus[]

/** What each colour means; each is the link to the table filtered by it. */
export function ChartLegend({ states }: { readonly states: readonly StackedState[] }) {
  return (
    <ul aria-label="States drawn" className="flex flex-wrap gap-x-4 gap-y-0.5 pl-8">
      {[...states.toReversed(), ...endings].map((state) => (
        <LegendLink key={state} state={state} />
      ))}
    </ul>
  )
}

const LegendLink = ({ state }: { readonly state: LayerState }) => (
  <li>
    <Link
      to="/"
      search={(old) => ({ ...parseFleetSearch(old), state: [state] })}
      activeProps={{}}
      className="label hover:text-text flex items-center gap-1.5 max-md:min-h-7"
    >
      <span
        aria-hidden
        className="rounded-mark block size-2.5"
        style={{ background: layerLook[state].colour, opacity: layerLook[state].strength + 0.1 }}
      />
      {stateLook[state].word}
    </Link>
  </li>
)
