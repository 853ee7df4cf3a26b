import { useRef, useState } from 'react'

import { api } from '../app/trpc'
import { instantOfMs, readInstant } from '../time/instant'
import { useHotkeys } from '../ui/useHotkeys'
import { held } from './held'
import { useTravel, type PastPlace } from './usePast'

const minute = 60_000
export const stepMs = { minute, hour: 60 * minute } as const

/** As it is now: a step may begin before the page was drawn at the one before it. */
const atOfAddress = (): string | null => new URLSearchParams(location.search).get('at')

type Direction = 'before' | 'after'

export interface Steps {
  readonly toMs: (ms: number) => void
  readonly byEvent: (direction: Direction) => void
  readonly byMs: (ms: number) => void
  /** Why the last step led nowhere. */
  readonly said: string | null
}

interface StepsFrom {
  readonly place: PastPlace
  readonly begins: number | null
  readonly now: number
}

/** Steps through the past by event, minute and hour; each is a place of its own in the address. */
export function useSteps({ place, begins, now }: StepsFrom): Steps {
  const travel = useTravel()
  const [said, setSaid] = useState<string | null>(null)
  const chain = useRef(Promise.resolve())
  const waiting = useRef(0)
  const go = (at: string) => {
    setSaid(null)
    held.set({ at, dragging: false })
    travel.to(at)
  }
  const from = () => readInstant(held.get()?.at ?? atOfAddress() ?? '') ?? instantOfMs(now)
  const toMs = (ms: number) => {
    const latest = Math.min(ms, now)
    go(instantOfMs(Math.max(latest, begins ?? latest)))
  }
  const one = async (direction: Direction) => {
    const runId = place.runId === null ? {} : { runId: place.runId }
    try {
      const at = await api.history.step.query({ at: from(), direction, ...runId })
      if (at !== null) return go(at)
      setSaid(direction === 'before' ? 'No event before this.' : 'No event after this.')
    } catch {
      setSaid('The next event could not be read.')
    }
  }
  const byEvent = (direction: Direction) => {
    // Each press is a step, one after the other; beyond a few they are a key that is held down.
    if (waiting.current > 3) return
    waiting.current += 1
    chain.current = chain.current.then(async () => one(direction)).finally(() => waiting.current--)
  }
  const byMs = (ms: number) => toMs(Date.parse(from()) + ms)
  useHotkeys({
    repeat: [',', '.'],
    down: {
      ',': () => byEvent('before'),
      '.': () => byEvent('after'),
      'shift+,': () => byMs(-stepMs.minute),
      'shift+.': () => byMs(stepMs.minute),
      'alt+,': () => byMs(-stepMs.hour),
      'alt+.': () => byMs(stepMs.hour),
    },
  })
  return { toMs, byEvent, byMs, said }
}
