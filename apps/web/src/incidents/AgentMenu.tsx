import { Bot, X } from 'lucide-react'
import { Popover } from 'radix-ui'
import { useState } from 'react'

import { toggled } from '../fleet/search'
import { buttonClass } from '../ui/Button'
import { MenuPanel } from '../ui/MenuPanel'
import { visible } from '../ui/visible'
import { without, type IncidentSearch } from './search'

interface AgentMenuProps {
  readonly search: IncidentSearch
  readonly known: readonly string[]
  readonly set: (search: IncidentSearch) => void
}

/** Whose lanes are shown: all, or those that are chosen. */
export function AgentMenu({ search, known, set }: AgentMenuProps) {
  const { agent: chosen } = search
  const choose = (agents: readonly string[] | undefined) => {
    const rest = without(search, 'agent')
    set(agents === undefined ? rest : { ...rest, agent: agents })
  }
  return (
    <>
      <Popover.Root>
        <Popover.Trigger className={`${buttonClass('quiet')} max-md:h-10`}>
          <Bot aria-hidden className="size-3.5" /> {chosen === undefined ? 'All agents' : 'Agents'}
          {chosen !== undefined && <span className="md:hidden">{chosen.length}</span>}
        </Popover.Trigger>
        <MenuPanel label="Agents" align="start" className="max-h-[60dvh] w-72">
          <AgentList
            chosen={chosen ?? []}
            known={known}
            toggle={(id) => choose(toggled(chosen, id))}
          />
        </MenuPanel>
      </Popover.Root>
      {chosen?.slice(0, 4).map((agent) => (
        <button
          key={agent}
          type="button"
          onClick={() => choose(toggled(chosen, agent))}
          className="bg-raised hover:text-text flex h-6 max-w-48 items-center gap-1 rounded-ctl px-2 text-small max-md:hidden"
        >
          <span className="truncate">{visible(agent)}</span>
          <X aria-hidden className="text-muted size-3 shrink-0" />
          <span className="sr-only">remove</span>
        </button>
      ))}
      {chosen !== undefined && chosen.length > 4 && (
        <button
          type="button"
          className="label underline max-md:hidden"
          onClick={() => choose(undefined)}
        >
          and {chosen.length - 4} more; all agents again
        </button>
      )}
    </>
  )
}

interface AgentListProps {
  readonly chosen: readonly string[]
  readonly known: readonly string[]
  readonly toggle: (agent: string) => void
}

function AgentList({ chosen, known, toggle }: AgentListProps) {
  const [typed, setTyped] = useState('')
  const q = typed.trim().toLowerCase()
  const all = [...new Set([...chosen, ...known])].toSorted()
  const found = all.filter((agent) => agent.toLowerCase().includes(q))
  return (
    <>
      <input
        aria-label="Find an agent"
        placeholder="Find an agent"
        value={typed}
        onChange={(event) => setTyped(event.target.value)}
        className="border-line placeholder:text-muted h-9 shrink-0 border-b bg-transparent px-3 outline-none max-md:text-[16px]"
      />
      <ul className="overflow-y-auto p-1">
        {found.map((agent) => (
          <li key={agent}>
            <label className="hover:bg-raised flex h-7 items-center gap-2 rounded-ctl px-2 max-md:h-10">
              <input
                type="checkbox"
                checked={chosen.includes(agent)}
                onChange={() => toggle(agent)}
                className="accent-accent"
              />
              <span className="truncate">{visible(agent)}</span>
            </label>
          </li>
        ))}
        {found.length === 0 && <li className="text-muted px-2 py-1.5">No agent is called so.</li>}
      </ul>
    </>
  )
}
