import { isFinal, isUuid, runState, type Run } from '@holdpoint/protocol'
import { useNavigate } from '@tanstack/react-router'
import { Command } from 'cmdk'
import { useState, type ReactNode } from 'react'

import { activeFirst } from '../fleet/order'
import { matches } from '../fleet/search'
import { useFleet } from '../live/useLive'
import { stateLook, stateOrder } from '../runs/stateLook'
import { StateMark } from '../runs/StateMark'
import { Dialog } from '../ui/Dialog'
import { places } from './NavRail'
import { signOut } from './signOut'
import { chooseTheme } from './theme'

const item =
  'aria-selected:bg-selected data-[selected=true]:bg-selected flex min-h-9 items-center gap-2.5 rounded-ctl px-2.5'
const shownRuns = 8

interface PaletteProps {
  readonly close: () => void
  readonly openKeys: () => void
}

/** Go anywhere, do anything that needs no context. Runs are searched in what is live. */
export default function Palette({ close, openKeys }: PaletteProps) {
  const [query, setQuery] = useState('')
  const { runs } = useFleet()
  const navigate = useNavigate()
  const q = query.trim()
  const found = q === '' ? [] : activeFirst([...runs.values()].filter((r) => matches(r, { q })))
  const agents = [...new Set(found.map((run) => run.agentId))].slice(0, 4)
  const go = (act: () => unknown) => () => {
    close()
    act()
  }
  const has = (words: string) => words.toLowerCase().includes(q.toLowerCase())
  const commands: readonly (readonly [string, () => unknown])[] = [
    ['Theme: follow the system', () => chooseTheme('system')],
    ['Theme: dark', () => chooseTheme('dark')],
    ['Theme: light', () => chooseTheme('light')],
    ['Keys', openKeys],
    ['Sign out', signOut],
  ]
  return (
    <Dialog title="Search and commands" hideTitle close={close}>
      <Command
        shouldFilter={false}
        loop
        label="Search and commands"
        className="flex min-h-0 flex-col"
      >
        <Command.Input
          value={query}
          onValueChange={setQuery}
          placeholder="Run by id or goal, agent, page, command"
          className="border-line placeholder:text-muted h-11 w-full border-b bg-transparent px-4 outline-none max-md:text-[16px]"
        />
        <Command.List className="min-h-0 overflow-y-auto p-1.5">
          <Command.Empty className="text-muted px-2.5 py-3">
            Nothing live matches “{q}”. A full run id opens its page.
          </Command.Empty>
          {found.slice(0, shownRuns).map((run) => (
            <RunItem
              key={run.id}
              run={run}
              onSelect={go(() => void navigate({ to: '/runs/$runId', params: { runId: run.id } }))}
            />
          ))}
          {isUuid(q) && !runs.has(q) && (
            <Item onSelect={go(() => void navigate({ to: '/runs/$runId', params: { runId: q } }))}>
              Open run {q}
            </Item>
          )}
          {agents.map((agent) => (
            <Item
              key={agent}
              onSelect={go(() => void navigate({ to: '/', search: { agent: [agent] } }))}
            >
              Runs of {agent}
            </Item>
          ))}
          {places
            .filter(({ word }) => has(word))
            .map(({ to, word, icon: Icon }) => (
              <Item key={to} onSelect={go(() => void navigate({ to }))}>
                <Icon aria-hidden className="text-muted size-3.5" /> {word}
              </Item>
            ))}
          {stateOrder
            .filter((state) => q !== '' && has(`runs: ${stateLook[state].word}`))
            .map((state) => (
              <Item
                key={state}
                onSelect={go(() => void navigate({ to: '/', search: { state: [state] } }))}
              >
                <StateMark state={state} /> Runs: {stateLook[state].word}
              </Item>
            ))}
          {commands
            .filter(([word]) => has(word))
            .map(([word, act]) => (
              <Item key={word} onSelect={go(act)}>
                {word}
              </Item>
            ))}
        </Command.List>
      </Command>
    </Dialog>
  )
}

const Item = ({
  onSelect,
  children,
}: {
  readonly onSelect: () => void
  readonly children: ReactNode
}) => (
  <Command.Item onSelect={onSelect} className={item}>
    {children}
  </Command.Item>
)

function RunItem({ run, onSelect }: { readonly run: Run; readonly onSelect: () => void }) {
  return (
    <Command.Item value={run.id} onSelect={onSelect} className={item}>
      <StateMark state={runState(run)} />
      <span className="shrink-0">{run.agentId}</span>
      <span className={`truncate ${isFinal(run.status) ? 'text-muted' : ''}`}>
        {run.goal ?? '–'}
      </span>
      <span className="text-muted ml-auto shrink-0 font-mono text-small">{run.id.slice(0, 8)}</span>
    </Command.Item>
  )
}
