import type { Density, RunId } from '@holdpoint/protocol'
import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { useEffect, useState } from 'react'

import { api } from '../app/trpc'
import { instantOfMs } from '../time/instant'
import { askedWindow, type Window } from './window'

const buckets = 240
/** While a wheel turns nothing is asked for; what is there is drawn at its place. */
const restMs = 150
/** What is so near to now still grows. */
const freshMs = 15_000

/** The last value that stood still for a while. */
function useSettled<T>(value: T, same: (a: T, b: T) => boolean): T {
  const [settled, setSettled] = useState(value)
  useEffect(() => {
    if (same(value, settled)) return
    const timer = setTimeout(() => setSettled(value), restMs)
    return () => clearTimeout(timer)
  }, [value, settled, same])
  return settled
}

const sameWindow = (a: Window, b: Window) => a.from === b.from && a.to === b.to

interface DensityRead {
  readonly read: Density | null
  readonly words: string
}

/** How much happened in a window and a little beside it: of the fleet, or of the run that is open. */
export function useDensity(window: Window, runId: RunId | null, now: number): DensityRead {
  const { from, to } = useSettled(askedWindow(window, buckets), sameWindow)
  const { data, failureReason } = useQuery({
    queryKey: ['history', 'density', runId, from, to],
    queryFn: ({ signal }) =>
      api.history.density.query(
        {
          from: instantOfMs(from),
          to: instantOfMs(to),
          buckets,
          ...(runId !== null && { runId }),
        },
        { signal },
      ),
    placeholderData: keepPreviousData,
    staleTime: freshMs,
    refetchInterval: to > now ? freshMs : false,
  })
  if (data === undefined)
    return { read: null, words: failureReason === null ? 'Reading…' : 'Events could not be read.' }
  return { read: data, words: wordsOf(data, window, runId !== null) }
}

/** How much of it lies in the window, in words. */
function wordsOf({ from, everyMs, counts, stops }: Density, window: Window, run: boolean): string {
  const first = Date.parse(from)
  const inside = (_: number, nth: number): boolean => {
    const at = first + nth * everyMs
    return at + everyMs > window.from && at < window.to
  }
  const sum = (values: readonly number[]) => values.filter(inside).reduce((a, b) => a + b, 0)
  const [events, stopped] = [sum(counts), sum(stops)]
  const of = run ? ' of this run' : ''
  return `${events.toLocaleString('en')} ${events === 1 ? 'event' : 'events'}${of}, ${stopped.toLocaleString('en')} ${stopped === 1 ? 'stop' : 'stops'}`
}
