import type { ReactNode } from 'react'

import { clockTime } from '../../time/format'
import { kindGroups, type KindGroup } from '../search'
import type { Span } from './axis'
import { groupWords } from './eventWords'
import type { Zoom } from './zoom'

interface TimelineBarProps {
  readonly zoom: Zoom | null
  readonly span: Span
  readonly kinds: readonly KindGroup[] | undefined
  readonly setZoom: (zoom: Zoom | null) => void
  readonly pick: (group: KindGroup | null) => void
}

const lasts = [
  { words: '10 min', ms: 600_000 },
  { words: '1 min', ms: 60_000 },
] as const

/** What part of the run is shown, and which kinds of events. */
export function TimelineBar({ zoom, span, kinds, setZoom, pick }: TimelineBarProps) {
  const isLast = (ms: number) => zoom?.kind === 'last' && zoom.ms === ms
  const own = zoom !== null && !lasts.some(({ ms }) => isLast(ms))
  return (
    <div className="border-line flex shrink-0 items-center gap-4 overflow-x-auto border-b px-3 py-1">
      <div role="group" aria-label="Zoom" className="flex shrink-0 items-center gap-0.5">
        <span aria-hidden className="label pr-1.5 max-md:hidden">
          Zoom
        </span>
        <Toggle on={zoom === null} press={() => setZoom(null)}>
          Whole run
        </Toggle>
        {lasts.map(({ words, ms }) => (
          <Toggle key={ms} on={isLast(ms)} press={() => setZoom({ kind: 'last', ms })}>
            {words}
          </Toggle>
        ))}
        {own && (
          <Toggle on press={() => setZoom(null)}>
            {clockTime(span.from)}–{clockTime(span.to)} <span aria-hidden>×</span>
            <span className="sr-only">: leave this window</span>
          </Toggle>
        )}
      </div>
      <div
        role="group"
        aria-label="Kinds of events"
        className="border-line flex shrink-0 items-center gap-0.5 border-l pl-4"
      >
        <span aria-hidden className="label pr-1.5 max-md:hidden">
          Events
        </span>
        <Toggle on={kinds === undefined} press={() => pick(null)}>
          All
        </Toggle>
        {kindGroups.map((group) => (
          <Toggle key={group} on={kinds?.includes(group) === true} press={() => pick(group)}>
            {groupWords[group]}
          </Toggle>
        ))}
      </div>
    </div>
  )
}

interface ToggleProps {
  readonly on: boolean
  readonly press: () => void
  readonly children: ReactNode
}

const Toggle = ({ on, press, children }: ToggleProps) => (
  <button
    type="button"
    aria-pressed={on}
    onClick={press}
    className="hover:bg-raised aria-pressed:bg-raised aria-pressed:text-text text-muted h-6 rounded-ctl px-2 text-small whitespace-nowrap max-md:h-9"
  >
    {children}
  </button>
)
