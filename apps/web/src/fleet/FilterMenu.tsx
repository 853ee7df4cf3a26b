import { runStates, stopReasonFacts, stopReasons } from '@holdpoint/protocol'
import { ListFilter } from 'lucide-react'
import { DropdownMenu as Menu } from 'radix-ui'
import type { ReactNode } from 'react'

import { useFleet } from '../live/useLive'
import { StateLabel } from '../runs/StateMark'
import { menuButtonClass } from './LazyMenu'
import { toggled, withList, type FleetSearch } from './search'

interface FilterMenuProps {
  readonly search: FleetSearch
  readonly set: (search: FleetSearch) => void
}

const panel =
  'enter border-line bg-surface shadow-raised z-20 max-h-[60dvh] min-w-48 overflow-y-auto rounded-ctl border p-1'
const entry =
  'data-highlighted:bg-raised flex h-7 items-center gap-2 rounded-ctl pr-3 pl-7 outline-none relative max-md:h-10'

/** Filters by state, agent and stop reason. */
export default function FilterMenu({ search, set }: FilterMenuProps) {
  const { runs } = useFleet()
  const agents = [...new Set([...runs.values()].map((run) => run.agentId as string))].toSorted()
  return (
    <Menu.Root defaultOpen>
      <Menu.Trigger className={menuButtonClass}>
        <ListFilter aria-hidden className="size-3.5" /> Filter
      </Menu.Trigger>
      <Menu.Portal>
        <Menu.Content align="start" sideOffset={4} className={panel}>
          <Part title="State">
            {runStates.map((state) => (
              <Check
                key={state}
                on={search.state?.includes(state) === true}
                toggle={() => set(withList(search, 'state', toggled(search.state, state)))}
              >
                <StateLabel state={state} />
              </Check>
            ))}
          </Part>
          <Part title="Agent">
            {agents.map((agent) => (
              <Check
                key={agent}
                on={search.agent?.includes(agent) === true}
                toggle={() => set(withList(search, 'agent', toggled(search.agent, agent)))}
              >
                {agent}
              </Check>
            ))}
          </Part>
          <Part title="Stop reason">
            {stopReasons.map((reason) => (
              <Check
                key={reason}
                on={search.reason?.includes(reason) === true}
                toggle={() => set(withList(search, 'reason', toggled(search.reason, reason)))}
              >
                {stopReasonFacts[reason].label}
              </Check>
            ))}
          </Part>
        </Menu.Content>
      </Menu.Portal>
    </Menu.Root>
  )
}

const Part = ({ title, children }: { readonly title: string; readonly children: ReactNode }) => (
  <Menu.Sub>
    <Menu.SubTrigger className={entry.replace('pl-7', 'pl-3')}>
      <span className="grow">{title}</span>
      <span aria-hidden className="text-muted">
        ›
      </span>
    </Menu.SubTrigger>
    <Menu.Portal>
      <Menu.SubContent sideOffset={4} collisionPadding={8} className={panel}>
        {children}
      </Menu.SubContent>
    </Menu.Portal>
  </Menu.Sub>
)

interface CheckProps {
  readonly on: boolean
  readonly toggle: () => void
  readonly children: ReactNode
}

const Check = ({ on, toggle, children }: CheckProps) => (
  <Menu.CheckboxItem
    checked={on}
    onCheckedChange={toggle}
    onSelect={(event) => event.preventDefault()}
    className={entry}
  >
    <Menu.ItemIndicator className="text-accent absolute left-2">✓</Menu.ItemIndicator>
    {children}
  </Menu.CheckboxItem>
)
