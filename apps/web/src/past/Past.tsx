import { useQuery } from '@tanstack/react-query'
import { useEffect, useState, useSyncExternalStore } from 'react'

import { api } from '../app/trpc'
import { readInstant } from '../time/instant'
import { held } from './held'
import { PastReader } from './reader'
import { Scrubber } from './Scrubber'
import { nothing, past, readBy, type PastState } from './state'
import type { PastPlace } from './usePast'
import { usePresent } from './usePresent'

const boundsEveryMs = 60_000

const useBegins = (): number | null => {
  const { data } = useQuery({
    queryKey: ['history', 'bounds'],
    queryFn: () => api.history.bounds.query(),
    staleTime: boundsEveryMs,
  })
  const begins = data?.begins ?? null
  return begins === null ? null : Date.parse(begins)
}

function whyNever(at: string, begins: number | null, present: number | null): PastState['never'] {
  const instant = readInstant(at)
  if (instant === null) return 'malformed'
  const ms = Date.parse(instant)
  if (present !== null && ms > present) return 'future'
  return begins !== null && ms < Math.floor(begins) ? 'before' : null
}

/** Reads the past that the address names, and the means to go elsewhere in it. */
export default function Past({ place }: { readonly place: PastPlace }) {
  const hand = useSyncExternalStore(held.subscribe, held.get)
  const present = usePresent()
  const begins = useBegins()
  const wanted = hand?.at ?? place.at
  useReader(place, wanted, hand?.dragging === true, whyNever(wanted, begins, present.heard))
  useEffect(() => {
    // It has arrived.
    if (hand !== null && !hand.dragging && hand.at === place.at) held.set(null)
  }, [hand, place.at])
  useEffect(() => () => held.set(null), [])
  return <Scrubber place={place} wanted={wanted} begins={begins} now={present.ms} />
}

function useReader(
  { runId }: PastPlace,
  wanted: string,
  dragging: boolean,
  never: PastState['never'],
): void {
  const [reader] = useState(() => new PastReader())
  useEffect(() => {
    const at = readInstant(wanted)
    if (never === null && at !== null) return reader.want({ at, runId }, !dragging)
    reader.stop()
    past.set({ ...nothing, wanted, never })
  }, [reader, wanted, runId, dragging, never])
  useEffect(() => {
    readBy(reader)
    return () => {
      reader.stop()
      readBy(null)
      past.set(nothing)
    }
  }, [reader])
}
