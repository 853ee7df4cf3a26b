import { stopReasonFacts } from '@holdpoint/protocol'
import { X } from 'lucide-react'

import { stateLook } from '../runs/stateLook'
import { toggled, withList, type FleetSearch } from './search'

interface ChipsProps {
  readonly search: FleetSearch
  readonly set: (search: FleetSearch) => void
}

/** What the fleet is filtered by, each to be taken out again. */
export function Chips({ search, set }: ChipsProps) {
  const chips = [
    ...(search.state ?? []).map((v) => ({
      text: `state: ${stateLook[v].word}`,
      without: withList(search, 'state', toggled(search.state, v)),
    })),
    ...(search.agent ?? []).map((v) => ({
      text: `agent: ${v}`,
      without: withList(search, 'agent', toggled(search.agent, v)),
    })),
    ...(search.reason ?? []).map((v) => ({
      text: `stopped: ${stopReasonFacts[v].label}`,
      without: withList(search, 'reason', toggled(search.reason, v)),
    })),
  ]
  return chips.map(({ text, without }) => (
    <button
      key={text}
      type="button"
      onClick={() => set(without)}
      className="bg-raised hover:text-text flex h-6 items-center gap-1 rounded-ctl px-2 text-small max-md:h-9"
    >
      {text}
      <X aria-hidden className="text-muted size-3" />
      <span className="sr-only">remove</span>
    </button>
  ))
}
