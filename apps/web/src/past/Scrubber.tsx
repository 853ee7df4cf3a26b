import { ArrowLeftRight, ChevronLeft, ChevronRight, SlidersHorizontal, X } from 'lucide-react'
import { useState } from 'react'

import { instantOfMs, readInstant } from '../time/instant'
import { Button, buttonClass } from '../ui/Button'
import { Strip } from './Strip'
import { TimeField } from './TimeField'
import { useDensity } from './useDensity'
import { useTravel, type PastPlace } from './usePast'
import { useSteps } from './useSteps'
import { covers, moved, widths, windowAbout, zoomed, type Window } from './window'

interface ScrubberProps {
  readonly place: PastPlace
  /** Where the hand is, else what the address says. */
  readonly wanted: string
  /** Of the first event (ms). */
  readonly begins: number | null
  /** The database's clock now (ms). */
  readonly now: number
}

const usualWidth = widths[1].ms
let lastWidth: number = usualWidth
const shortest = 60_000

/** The past in one line: how much happened when, what stopped, and where in it the page is. */
export function Scrubber({ place, wanted, begins, now }: ScrubberProps) {
  const at = msOf(wanted) ?? now
  const { window, setWindow } = useWindow(at, now, begins)
  const density = useDensity(window, place.runId, now)
  const steps = useSteps({ place, begins, now })
  const travel = useTravel()
  const since = place.since === null ? null : msOf(place.since)
  const width = window.to - window.from
  // On a phone the page below is wanted first.
  const [more, setMore] = useState(false)
  return (
    <section
      aria-label="Look back"
      className="border-accent bg-surface shrink-0 border-b"
      data-testid="scrubber"
    >
      <div className="flex min-h-9 flex-wrap items-center gap-x-3 gap-y-1 px-3 pt-1">
        <div className="flex items-center gap-1">
          <Button look="quiet" title="The event before (,)" onClick={() => steps.byEvent('before')}>
            <ChevronLeft aria-hidden className="size-3.5" />
            <span className="max-md:sr-only">Event</span>
            <span className="sr-only">before</span>
          </Button>
          <TimeField at={at} now={now} go={steps.toMs} />
          <Button look="quiet" title="The next event (.)" onClick={() => steps.byEvent('after')}>
            <span className="max-md:sr-only">Event</span>
            <span className="sr-only">after</span>
            <ChevronRight aria-hidden className="size-3.5" />
          </Button>
        </div>
        <button
          type="button"
          aria-expanded={more}
          onClick={() => setMore(!more)}
          className={`${buttonClass('quiet')} ml-auto h-9 md:hidden`}
        >
          <SlidersHorizontal aria-hidden className="size-3.5" />
          <span className="sr-only">How much is shown, and what changed</span>
        </button>
        <div
          className={`flex flex-wrap items-center gap-x-3 ${more || place.since !== null ? '' : 'max-md:hidden'}`}
        >
          <Widths width={width} choose={(ms) => setWindow(windowAbout(at, ms, { now, begins }))} />
          <SinceButton
            on={place.since !== null}
            show={() => travel.to(wanted, instantOfMs(Math.max(window.from, at - width / 4)))}
            close={() => travel.to(wanted, null)}
          />
        </div>
        <p className="label ml-auto max-md:sr-only" role="status">
          {steps.said ?? density.words}
        </p>
      </div>
      <Strip
        window={window}
        density={density.read}
        at={at}
        since={since}
        begins={begins}
        now={now}
        steps={steps}
        setSince={(ms) => travel.to(wanted, instantOfMs(ms))}
        zoom={(factor, part) => setWindow(zoomed(window, factor, part, now))}
        move={(by) => setWindow(moved(window, by, now))}
      />
    </section>
  )
}

function msOf(instant: string): number | null {
  const read = readInstant(instant)
  return read === null ? null : Date.parse(read)
}

/** Stands still while the instant moves within it, and comes along when it leaves it. */
function useWindow(at: number, now: number, begins: number | null) {
  const [chosen, setWindow] = useState<Window | null>(null)
  // Until someone chooses, a history that is shorter than that is shown whole.
  const width = begins === null ? lastWidth : Math.min(lastWidth, Math.max(shortest, now - begins))
  const window = chosen ?? windowAbout(at, width, { now, begins })
  const [shownAt, setShownAt] = useState(at)
  const left = shownAt !== at && !covers(window, at)
  if (shownAt !== at) setShownAt(at)
  if (left) setWindow(windowAbout(at, window.to - window.from, { now, begins }))
  else if (chosen === null && begins !== null) setWindow(window)
  return {
    window,
    setWindow: (next: Window) => {
      lastWidth = next.to - next.from
      setWindow(next)
    },
  }
}

interface WidthsProps {
  readonly width: number
  readonly choose: (ms: number) => void
}

const Widths = ({ width, choose }: WidthsProps) => (
  <div role="group" aria-label="How much is shown" className="flex shrink-0">
    {widths.map(({ word, ms }) => (
      <button
        key={word}
        type="button"
        aria-pressed={Math.round(width) === ms}
        onClick={() => choose(ms)}
        className="text-muted hover:bg-raised aria-pressed:bg-selected aria-pressed:text-text h-7 rounded-ctl px-2 text-small whitespace-nowrap aria-pressed:font-medium max-md:h-9"
      >
        {word}
      </button>
    ))}
  </div>
)

interface SinceButtonProps {
  readonly on: boolean
  readonly show: () => void
  readonly close: () => void
}

const SinceButton = ({ on, show, close }: SinceButtonProps) => (
  <Button look={on ? 'strong' : 'quiet'} className="max-md:h-9" onClick={on ? close : show}>
    {on ? (
      <X aria-hidden className="size-3.5" />
    ) : (
      <ArrowLeftRight aria-hidden className="size-3.5" />
    )}
    {on ? 'Close changes' : 'What changed'}
  </Button>
)
