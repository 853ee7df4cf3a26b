import type { RunVerb } from '@holdpoint/protocol'
import { Pause, Play, Square } from 'lucide-react'

import { Button } from '../ui/Button'

interface ManyDockProps {
  readonly count: number
  /** Of these, how many the filter does not show. */
  readonly hidden: number
  readonly begin: (verb: RunVerb) => void
  /** Why this person may give no command; null when they may. */
  readonly barred: string | null
  /** The key that kills is down. */
  readonly holding: boolean
  readonly clear: () => void
}

/** Commands for the chosen runs. Each only asks first: a dry run says what it would do. */
export default function ManyDock({ count, hidden, begin, barred, holding, clear }: ManyDockProps) {
  return (
    <section
      aria-label="Selected runs"
      className="border-line bg-surface flex shrink-0 flex-wrap items-center gap-2 border-t px-3 py-2"
    >
      <p role="status" className="mr-2 font-medium">
        {count.toLocaleString('en')} selected
        {hidden > 0 && (
          <span className="text-muted font-normal">, {hidden} not in this filter</span>
        )}
      </p>
      {barred === null ? (
        <>
          <Button size="thumb" hotkey="P" onClick={() => begin('pause')}>
            <Pause aria-hidden className="size-3.5" /> Pause…
          </Button>
          <Button size="thumb" hotkey="R" onClick={() => begin('resume')}>
            <Play aria-hidden className="size-3.5" /> Resume…
          </Button>
          <Button size="thumb" look="danger" hotkey="hold X" onClick={() => begin('kill')}>
            {holding && <span aria-hidden className="hold-fill bg-bad/35 absolute inset-0" />}
            <Square aria-hidden className="size-3.5" /> Kill…
          </Button>
          <span className="label max-md:hidden">A dry run lists what will change.</span>
        </>
      ) : (
        <span className="text-muted">{barred}</span>
      )}
      <Button look="quiet" className="ml-auto" hotkey="Esc" onClick={clear}>
        Clear
      </Button>
    </section>
  )
}
