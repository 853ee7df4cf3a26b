import { isFinal, isUuid, runState, type Run } from '@holdpoint/protocol'
import { useNavigate } from '@tanstack/react-router'
import { Command } from 'cmdk'
import {
  AlarmClock,
  Bookmark,
  Bot,
  ChevronRight,
  Keyboard,
  LogOut,
  Monitor,
  Moon,
  Sun,
} from 'lucide-react'
import { useMemo, useState, type ReactNode } from 'react'

import { activeFirst } from '../fleet/order'
import { matches, type FleetSearch } from '../fleet/search'
import { searchOf, useSavedViews } from '../fleet/useSavedViews'
import { useFleet } from '../live/useLive'
import { useLookBackCommands } from '../past/useLookBackCommands'
import { stateLook, stateOrder } from '../runs/stateLook'
import { StateMark } from '../runs/StateMark'
import { Kbd } from '../ui/Button'
import { Dialog } from '../ui/Dialog'
import { visible } from '../ui/visible'
import { places } from './NavRail'
import { signOut } from './signOut'
import { chooseTheme } from './theme'
import { useTargetCommands, type PaletteCommand } from './useTargetCommands'

const item =
  'aria-selected:bg-selected data-[selected=true]:bg-selected flex min-h-9 items-center gap-2.5 rounded-ctl px-2.5'
const shownRuns = 8

interface PaletteProps {
  readonly close: () => void
  readonly openKeys: () => void
}

function useFound(q: string): readonly Run[] {
  const { runs } = useFleet()
  return useMemo(
    () => (q === '' ? [] : activeFirst([...runs.values()].filter((run) => matches(run, { q })))),
    [runs, q],
  )
}

/** Go anywhere, do anything to what is selected. Runs are searched in what is live. */
export default function Palette({ close, openKeys }: PaletteProps) {
  const [query, setQuery] = useState('')
  const navigate = useNavigate()
  const views = useSavedViews()
  const targets = useTargetCommands()
  const q = query.trim()
  const found = useFound(q)
  const agents = [...new Set(found.map((run) => run.agentId))].slice(0, 4)
  const go = (act: () => unknown) => () => {
    close()
    void act()
  }
  const openRun = (runId: string) => go(() => navigate({ to: '/runs/$runId', params: { runId } }))
  const openFleet = (search: FleetSearch) => go(() => navigate({ to: '/', search }))
  const past = useLookBackCommands(q)
  const has = (words: string) => words.toLowerCase().includes(q.toLowerCase())
  const commands: readonly PaletteCommand[] = [
    ...past,
    {
      word: 'Loops on a schedule',
      icon: AlarmClock,
      act: () => navigate({ to: '/agents', search: { view: 'loops' } }),
    },
    { word: 'Theme: follow the system', icon: Monitor, act: () => chooseTheme('system') },
    { word: 'Theme: dark', icon: Moon, act: () => chooseTheme('dark') },
    { word: 'Theme: light', icon: Sun, act: () => chooseTheme('light') },
    { word: 'Keys', hotkey: '?', icon: Keyboard, act: openKeys },
    { word: 'Sign out', icon: LogOut, act: signOut },
  ]
  const command = ({ word, hotkey, act, icon: Icon = ChevronRight }: PaletteCommand) => (
    <Item key={word} hotkey={hotkey} onSelect={go(act)}>
      <Icon aria-hidden className="text-muted size-3.5 shrink-0" />
      <span className="truncate">{word}</span>
    </Item>
  )
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
          placeholder="Run by id or goal, agent, page, view, command"
          className="border-line placeholder:text-muted h-11 w-full border-b bg-transparent px-4 outline-none max-md:text-[16px]"
        />
        <Command.List className="min-h-0 overflow-y-auto p-1.5">
          <Command.Empty className="text-muted px-2.5 py-3">
            Nothing live matches “{q}”. A full run id opens its page.
          </Command.Empty>
          {targets.filter(({ word }) => has(word)).map(command)}
          {found.slice(0, shownRuns).map((run) => (
            <RunItem key={run.id} run={run} onSelect={openRun(run.id)} />
          ))}
          {isUuid(q) && !found.some(({ id }) => id === q) && (
            <Item onSelect={openRun(q)}>
              <ChevronRight aria-hidden className="text-muted size-3.5" /> Open run {q}
            </Item>
          )}
          {agents.map((agent) => (
            <Item key={agent} onSelect={openFleet({ agent: [agent] })}>
              <Bot aria-hidden className="text-muted size-3.5" /> Runs of {agent}
            </Item>
          ))}
          {views.data
            ?.filter(({ name }) => has(`view: ${name}`))
            .map((view) => (
              <Item key={`view ${view.name}`} onSelect={openFleet(searchOf(view))}>
                <Bookmark aria-hidden className="text-muted size-3.5" />
                <span className="truncate">View: {visible(view.name)}</span>
              </Item>
            ))}
          {places
            .map((place, index) => ({ ...place, hotkey: String(index + 1) }))
            .filter(({ word }) => has(word))
            .map(({ to, word, icon: Icon, hotkey }) => (
              <Item key={to} hotkey={hotkey} onSelect={go(() => navigate({ to }))}>
                <Icon aria-hidden className="text-muted size-3.5" /> {word}
              </Item>
            ))}
          {stateOrder
            .filter((state) => q !== '' && has(`runs: ${stateLook[state].word}`))
            .map((state) => (
              <Item key={state} onSelect={openFleet({ state: [state] })}>
                <StateMark state={state} /> Runs: {stateLook[state].word}
              </Item>
            ))}
          {commands.filter(({ word, always }) => always === true || has(word)).map(command)}
        </Command.List>
      </Command>
    </Dialog>
  )
}

interface ItemProps {
  readonly onSelect: () => void
  readonly hotkey?: string | undefined
  readonly children: ReactNode
}

const Item = ({ onSelect, hotkey, children }: ItemProps) => (
  <Command.Item onSelect={onSelect} className={item}>
    {children}
    {hotkey !== undefined && (
      <span className="ml-auto shrink-0">
        <Kbd>{hotkey}</Kbd>
      </span>
    )}
  </Command.Item>
)

function RunItem({ run, onSelect }: { readonly run: Run; readonly onSelect: () => void }) {
  return (
    <Command.Item value={run.id} onSelect={onSelect} className={item}>
      <StateMark state={runState(run)} />
      <span className="max-w-3/5 shrink-0 truncate max-md:max-w-1/2">{visible(run.agentId)}</span>
      <span className={`truncate ${isFinal(run.status) ? 'text-muted' : ''}`}>
        {visible(run.goal ?? '–')}
      </span>
      <span className="text-muted ml-auto shrink-0 font-mono text-small">{run.id.slice(0, 8)}</span>
    </Command.Item>
  )
}
