import { Link } from '@tanstack/react-router'
import { ChevronsLeftRight, ScrollText } from 'lucide-react'

import { CopyLink } from '../app/CopyLink'
import { buttonClass } from '../ui/Button'
import { AgentMenu } from './AgentMenu'
import { auditOf } from './auditWindow'
import { ExportMenu } from './ExportMenu'
import { without, type IncidentSearch } from './search'
import { lengthOf } from './timeline/span'
import type { IncidentWindow } from './window'
import { WindowMenu } from './WindowMenu'

const lasts = [
  ['-15m', '15 min'],
  ['-1h', '1 h'],
  ['-6h', '6 h'],
  ['-24h', '24 h'],
  ['-7d', '7 d'],
] as const

interface WindowBarProps {
  readonly search: IncidentSearch
  readonly window: IncidentWindow
  readonly agents: readonly string[]
  readonly set: (search: IncidentSearch) => void
}

const iso = (ms: number): string => new Date(Math.round(ms)).toISOString()

/** Which window, of whom, and how to take it along. */
export function WindowBar({ search, window, agents, set }: WindowBarProps) {
  const rest = without(search, 'from', 'to', 'zoom')
  const { span, live, now } = window
  const widen = () => {
    const half = lengthOf(span) / 2
    const to = span.to + half
    set({ ...rest, from: iso(span.from - half), ...(!live && to < now && { to: iso(to) }) })
  }
  const links = (
    <>
      <Link
        to="/audit"
        search={auditOf(search, span)}
        title="Every row of the log in this window"
        className={`${buttonClass('quiet')} max-md:h-10`}
      >
        <ScrollText aria-hidden className="size-3.5" /> Audit log
      </Link>
      <CopyLink path="/incidents" search={{ ...search, from: iso(span.from), to: iso(span.to) }} />
    </>
  )
  // On a phone they stand in the menu of the window: what happened is wanted first.
  const presets = (
    <>
      <div role="group" aria-label="Window" className="flex items-center gap-0.5">
        {lasts.map(([from, word]) => (
          <button
            key={from}
            type="button"
            aria-pressed={search.from === from && live}
            onClick={() => set({ ...rest, from })}
            className="hover:bg-raised aria-pressed:bg-selected aria-pressed:text-text text-muted h-7 rounded-ctl px-2 max-md:h-10 max-md:px-2.5"
          >
            {word}
          </button>
        ))}
      </div>
      <button
        type="button"
        title="Twice as long a window, half of it on either side"
        onClick={widen}
        className={`${buttonClass('quiet')} max-md:h-10`}
      >
        <ChevronsLeftRight aria-hidden className="size-3.5" /> Widen
      </button>
    </>
  )
  return (
    <div className="border-line flex min-h-10 shrink-0 flex-wrap items-center gap-x-2 gap-y-1 border-b px-3 py-1.5 max-md:flex-nowrap">
      <h1 className="text-title mr-2 font-semibold max-md:sr-only">Incidents</h1>
      <div className="flex items-center gap-2 max-md:hidden">{presets}</div>
      <WindowMenu
        key={`${search.from} ${search.to}`}
        window={window}
        set={(next) => set({ ...rest, ...next })}
      >
        <div className="flex flex-wrap items-center gap-1 md:hidden">{presets}</div>
      </WindowMenu>
      <AgentMenu search={search} known={agents} set={set} />
      <div className="ml-auto flex shrink-0 items-center gap-1">
        <span className="flex gap-1 max-md:hidden">{links}</span>
        <ExportMenu window={span} agents={search.agent ?? null}>
          <div className="flex md:hidden">{links}</div>
        </ExportMenu>
      </div>
    </div>
  )
}
