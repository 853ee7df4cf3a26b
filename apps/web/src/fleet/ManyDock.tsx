import { Pause, Play, Square } from 'lucide-react'

import { Button } from '../ui/Button'
import { useHold } from '../ui/useHold'
import { useHotkeys } from '../ui/useHotkeys'
import { bulk } from './bulk/bulk'

interface ManyDockProps {
  readonly chosen: ReadonlySet<string>
  /** Of these, how many the filter does not show. */
  readonly hidden: number
  readonly clear: () => void
}

/** Commands for the chosen runs. Each only asks first: a dry run says what it would do. */
export default function ManyDock({ chosen, hidden, clear }: ManyDockProps) {
  const begin = (verb: 'pause' | 'resume' | 'kill') => void bulk.begin(verb, [...chosen])
  const hold = useHold(() => begin('kill'))
  useHotkeys({
    down: { p: () => begin('pause'), r: () => begin('resume'), x: hold.start },
    up: { x: hold.cancel },
  })
  return (
    <section
      aria-label="Selected runs"
      className="border-line bg-surface flex shrink-0 flex-wrap items-center gap-2 border-t px-3 py-2"
    >
      <p role="status" className="mr-2 font-medium">
        {chosen.size.toLocaleString('en')} selected
        {hidden > 0 && (
          <span className="text-muted font-normal">, {hidden} not in this filter</span>
        )}
      </p>
      <Button size="thumb" hotkey="P" onClick={() => begin('pause')}>
        <Pause aria-hidden className="size-3.5" /> Pause…
      </Button>
      <Button size="thumb" hotkey="R" onClick={() => begin('resume')}>
        <Play aria-hidden className="size-3.5" /> Resume…
      </Button>
      <Button size="thumb" look="danger" hotkey="hold X" onClick={() => begin('kill')}>
        <Square aria-hidden className="size-3.5" /> Kill…
      </Button>
      <span className="label max-md:hidden">A dry run lists what will change.</span>
      <Button look="quiet" className="ml-auto" hotkey="Esc" onClick={clear}>
        Clear
      </Button>
    </section>
  )
}
