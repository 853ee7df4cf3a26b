import { Clock } from 'lucide-react'
import { Popover } from 'radix-ui'
import { useState } from 'react'

import { databaseClock } from '../live/databaseClock'
import { momentMs } from '../time/moment'
import { Button, buttonClass } from '../ui/Button'
import { MenuPanel } from '../ui/MenuPanel'
import { MomentInput } from '../ui/MomentInput'
import { without, type AuditSearch } from './search'
import { localInput } from './times'

interface TimeMenuProps {
  readonly search: AuditSearch
  readonly set: (search: AuditSearch) => void
}

const lasts = [
  ['-15m', '15 min'],
  ['-1h', '1 h'],
  ['-6h', '6 h'],
  ['-24h', '24 h'],
  ['-7d', '7 d'],
] as const

/** The window: so long until now, or from and to by the clock. */
export function TimeMenu({ search, set }: TimeMenuProps) {
  const [open, setOpen] = useState(false)
  return (
    <Popover.Root open={open} onOpenChange={setOpen}>
      <Popover.Trigger className={`${buttonClass('quiet')} max-md:h-10`}>
        <Clock aria-hidden className="size-3.5" /> Time
      </Popover.Trigger>
      <MenuPanel label="Time" align="start" className="w-72 gap-3 p-3">
        <div role="group" aria-label="The last" className="flex flex-wrap gap-1">
          {lasts.map(([from, word]) => (
            <button
              key={from}
              type="button"
              aria-pressed={search.from === from && search.to === undefined}
              onClick={() => {
                set({ ...without(search, 'to'), from })
                setOpen(false)
              }}
              className="border-line hover:bg-raised aria-pressed:bg-selected aria-pressed:border-accent h-7 grow rounded-ctl border px-2 max-md:h-10"
            >
              {word}
            </button>
          ))}
        </div>
        <Window
          key={`${search.from} ${search.to}`}
          search={search}
          set={(next) => {
            set(next)
            setOpen(false)
          }}
        />
      </MenuPanel>
    </Popover.Root>
  )
}

const instantOf = (local: string): string | undefined => {
  const ms = Date.parse(local)
  return Number.isFinite(ms) ? new Date(ms).toISOString() : undefined
}

const shown = (moment: string | undefined): string =>
  moment === undefined ? '' : localInput(momentMs(moment, databaseClock.now() ?? Date.now()))

function Window({ search, set }: TimeMenuProps) {
  const [from, setFrom] = useState(() => shown(search.from))
  const [to, setTo] = useState(() => shown(search.to))
  const [start, end] = [instantOf(from), instantOf(to)]
  const backwards = start !== undefined && end !== undefined && start >= end
  return (
    <form
      className="flex flex-col gap-2"
      onSubmit={(event) => {
        event.preventDefault()
        if (backwards) return
        const rest = without(search, 'from', 'to')
        set({
          ...rest,
          ...(start !== undefined && { from: start }),
          ...(end !== undefined && { to: end }),
        })
      }}
    >
      <MomentInput type="datetime-local" label="From" value={from} set={setFrom} />
      <MomentInput type="datetime-local" label="To" value={to} set={setTo} />
      {backwards && (
        <p role="alert" className="text-bad text-small">
          The end is not after the beginning.
        </p>
      )}
      <div className="flex gap-2">
        <Button type="submit" look="strong" disabled={backwards} className="grow max-md:h-10">
          Show this window
        </Button>
        <Button className="max-md:h-10" onClick={() => set(without(search, 'from', 'to'))}>
          All time
        </Button>
      </div>
    </form>
  )
}
