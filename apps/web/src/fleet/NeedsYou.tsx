import { Link } from '@tanstack/react-router'
import { useLayoutEffect, useMemo, useState } from 'react'

import { usePastInstant } from '../live/useMoment'
import { usePhone } from '../ui/useMediaQuery'
import { usePointerOver } from '../ui/usePointerOver'
import { breakdown } from './breakdown'
import { laneOf, linesOf } from './lane'
import { NeedsYouGroup } from './NeedsYouGroup'
import { NeedsYouRow } from './NeedsYouRow'
import type { FleetSearch } from './search'
import { useSteadyLines } from './steadyLines'
import { useAttention } from './useAttention'

/** Lines before a person asks for all of them. */
const few = { desk: 6, phone: 4 } as const

const everything: FleetSearch = {
  state: ['needs_approval', 'lost', 'paused', 'failed'],
  sort: 'attention',
}

interface NeedsYouProps {
  readonly frozen: boolean
  /** Nothing is said where nothing needs anyone: a loop may be missed before its first run. */
  readonly onlyTrouble?: boolean
  /** Told once everything that can stand here was read, or could not be. */
  readonly come?: () => void
}

/** What needs a person, before everything else: a short list, never a log. */
export default function NeedsYou({ frozen, onlyTrouble = false, come }: NeedsYouProps) {
  const { items, missing, read } = useAttention()
  const phone = usePhone()
  const then = usePastInstant()
  const pointer = usePointerOver()
  const [all, setAll] = useState(false)
  const [opened, setOpened] = useState<string | null>(null)
  const lines = useMemo(() => linesOf(items), [items])
  const steady = useSteadyLines(lines, frozen || pointer.over)
  const { rows, whole } = laneOf(steady.lines, opened, all ? null : phone ? few.phone : few.desk)
  const total = items.length
  // Before it is drawn: what stands below must not be seen where it will not stay.
  useLayoutEffect(() => {
    if (read) come?.()
  }, [read, come])
  if (onlyTrouble && total === 0 && missing === null) return null

  return (
    <section
      aria-label="Needs you"
      className="border-line flex max-h-[50dvh] shrink-0 flex-col border-b"
      {...pointer.handlers}
    >
      <div className="flex min-h-8 shrink-0 items-center gap-2 px-3">
        <h2 className="text-small whitespace-nowrap">
          {then === null ? 'Needs you' : 'Needed someone'}
        </h2>
        <span
          className={total > 0 ? 'text-small font-medium' : 'label'}
          data-testid="needs-you-count"
        >
          {total.toLocaleString('en')}
        </span>
        {steady.pending > 0 && (
          <span className="text-asking text-small whitespace-nowrap">{steady.pending} new</span>
        )}
        <span className="label truncate">
          {total > 0 || missing !== null
            ? breakdown(items)
            : then === null
              ? 'Nothing waits for a person.'
              : 'Nothing waited for a person.'}
        </span>
        {then !== null && (
          <span className="label whitespace-nowrap max-md:hidden">
            overdue loops, and drift that held nothing, are not told
          </span>
        )}
        {(all || whole > rows.length) && (
          <button
            type="button"
            className="label hover:text-text ml-auto min-h-8 shrink-0 underline max-md:min-h-11"
            onClick={() => setAll(!all)}
          >
            {all ? 'Show fewer' : `Show ${whole} lines`}
          </button>
        )}
      </div>
      {missing !== null && (
        <p role="status" className="text-bad border-line text-small border-t px-3 py-1">
          {missing}
        </p>
      )}
      <ul aria-label="Needs you" className="min-h-0 overflow-y-auto">
        {rows.map((row) =>
          row.kind === 'more' ? (
            <li key="more" className="border-line flex min-h-8 items-center border-t px-3">
              <Link to="/" search={everything} className="text-muted underline">
                and {row.count.toLocaleString('en')} more
              </Link>
            </li>
          ) : row.line.kind === 'one' ? (
            <NeedsYouRow key={row.line.key} item={row.line.item} />
          ) : (
            <NeedsYouGroup
              key={row.line.key}
              group={row.line}
              members={row.members}
              rest={row.rest}
              toggle={() => setOpened(opened === row.line.key ? null : row.line.key)}
            />
          ),
        )}
      </ul>
    </section>
  )
}
