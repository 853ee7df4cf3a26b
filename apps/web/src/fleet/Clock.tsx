import type { Instant } from '@holdpoint/protocol'
import { useEffect, useRef } from 'react'

import { databaseClock } from '../live/databaseClock'
import { useMoment } from '../live/useMoment'
import { ago, dateTime, duration } from '../time/format'

interface Ticking {
  readonly at: number
  readonly word: (ms: number) => string
  shown: string
}

const clocks = new Map<Text, Ticking>()
let stop: (() => void) | undefined

function write(text: Text, clock: Ticking, now: number | null): void {
  const next = now === null ? '–' : clock.word(now - clock.at)
  if (next === clock.shown) return
  clock.shown = next
  text.data = next
}

function add(text: Text, clock: Ticking): () => void {
  clocks.set(text, clock)
  write(text, clock, databaseClock.now())
  stop ??= databaseClock.subscribe(() => {
    const now = databaseClock.now()
    for (const [each, ticking] of clocks) write(each, ticking, now)
  })
  return () => {
    clocks.delete(text)
    if (clocks.size > 0) return
    stop?.()
    stop = undefined
  }
}

/** How long ago, or for how long, on the database's clock: only the letters that change are written. */
export function Clock({ since, word }: { readonly since: Instant; readonly word: 'ago' | 'for' }) {
  const moment = useMoment()
  const at = Date.parse(since)
  const told = word === 'ago' ? ago : duration
  // Of the past it stands still, and changes with all else.
  if (moment.at === null) return <TickingClock since={since} told={told} />
  return (
    <time dateTime={since} title={dateTime(at)}>
      {told(Date.parse(moment.at) - at)}
    </time>
  )
}

interface TickingClockProps {
  readonly since: Instant
  readonly told: (ms: number) => string
}

function TickingClock({ since, told }: TickingClockProps) {
  const place = useRef<HTMLTimeElement>(null)
  const at = Date.parse(since)
  useEffect(() => {
    const text = document.createTextNode('')
    place.current?.replaceChildren(text)
    return add(text, { at, word: told, shown: '' })
  }, [at, told])
  return <time ref={place} dateTime={since} title={dateTime(at)} />
}
