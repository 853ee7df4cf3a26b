import { Clock } from 'lucide-react'
import { Popover } from 'radix-ui'
import { useState, type ReactNode } from 'react'

import { dateTime } from '../time/format'
import { momentMs, typedMoment, type TimeWindow } from '../time/moment'
import { Button, buttonClass } from '../ui/Button'
import { MenuPanel } from '../ui/MenuPanel'
import { MomentInput } from '../ui/MomentInput'
import type { IncidentWindow } from './window'

interface WindowMenuProps {
  readonly window: IncidentWindow
  readonly set: (window: TimeWindow) => void
  /** Other ways to choose one, above the form. */
  readonly children: ReactNode
}

/** The window as it is, and a form in which another one is typed. */
export function WindowMenu({ window, set, children }: WindowMenuProps) {
  const [open, setOpen] = useState(false)
  const { span, live } = window
  return (
    <Popover.Root open={open} onOpenChange={setOpen}>
      <Popover.Trigger className={`${buttonClass('plain')} min-w-0 max-md:h-10`}>
        <Clock aria-hidden className="text-muted size-3.5 shrink-0" />
        <span className="sr-only">Window: </span>
        <span className="truncate font-mono text-small font-normal">
          {dateTime(span.from)} – {live ? 'now' : dateTime(span.to)}
        </span>
      </Popover.Trigger>
      <MenuPanel label="Window" align="start" className="w-80 gap-2 p-3">
        {children}
        <WindowForm
          window={window}
          set={(next) => {
            set(next)
            setOpen(false)
          }}
        />
      </MenuPanel>
    </Popover.Root>
  )
}

const two = (n: number): string => String(n).padStart(2, '0')

/** As people type it: 2026-11-20 03:12:07, in the reader's zone. */
function typedForm(ms: number): string {
  const at = new Date(ms)
  return `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())} ${two(at.getHours())}:${two(at.getMinutes())}:${two(at.getSeconds())}`
}

const isNow = (text: string): boolean => text.trim() === '' || text.trim().toLowerCase() === 'now'

function WindowForm({ window, set }: Omit<WindowMenuProps, 'children'>) {
  const { span, live, now } = window
  const [from, setFrom] = useState(() => typedForm(span.from))
  const [to, setTo] = useState(() => (live ? 'now' : typedForm(span.to)))
  const start = typedMoment(from, now)
  const end = isNow(to) ? null : typedMoment(to, now)
  const wrong =
    start === null
      ? 'The beginning is not a time.'
      : !isNow(to) && end === null
        ? 'The end is not a time.'
        : momentMs(start, now) >= (end === null ? now : momentMs(end, now))
          ? 'The end is not after the beginning.'
          : null
  return (
    <form
      className="flex flex-col gap-2"
      onSubmit={(event) => {
        event.preventDefault()
        if (wrong === null && start !== null) set({ from: start, ...(end !== null && { to: end }) })
      }}
    >
      <MomentInput type="text" label="From" value={from} set={setFrom} />
      <MomentInput type="text" label="To" value={to} set={setTo} />
      <p className="label">A date and time, a time of day, so long ago (-2h), or now.</p>
      {wrong !== null && (
        <p role="alert" className="text-bad text-small">
          {wrong}
        </p>
      )}
      <Button type="submit" look="strong" disabled={wrong !== null} className="max-md:h-10">
        Show this window
      </Button>
    </form>
  )
}
