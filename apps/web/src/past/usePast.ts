import type { RunId } from '@holdpoint/protocol'
import { useNavigate, useRouterState } from '@tanstack/react-router'
import { useSyncExternalStore } from 'react'

import { now, type Moment } from '../live/useMoment'
import type { PastSearch } from './search'
import { past, unknownMoment, type PastState } from './state'

interface Match {
  readonly routeId: string
  readonly search: PastSearch
  readonly params: { readonly runId?: RunId }
}

/** A page that can be looked at as of then: the fleet, or one run. All others show now. */
interface Page {
  readonly runId: RunId | null
  readonly at: string | null
  readonly since: string | null
}

const pages: ReadonlySet<string> = new Set(['/', '/runs/$runId'])

function usePage(): Page | null {
  const match = useRouterState({
    select: ({ matches }) => matches.at(-1) as unknown as Match | undefined,
  })
  if (match === undefined || !pages.has(match.routeId)) return null
  const { at = null, since = null } = match.search
  return { at, since, runId: match.params.runId ?? null }
}

/** What the address says of the past. */
export interface PastPlace extends Page {
  readonly at: string
}

/** Null: the page shows now. */
export function usePastPlace(): PastPlace | null {
  const page = usePage()
  return page === null || page.at === null ? null : { ...page, at: page.at }
}

export const usePastState = (): PastState => useSyncExternalStore(past.subscribe, past.get)

/** What the whole page stands at: while another instant is read, the one that was read last. */
export function useShownMoment(place: PastPlace | null): Moment {
  const { shown } = usePastState()
  if (place === null) return now
  return shown?.moment ?? unknownMoment(place.at)
}

export interface Travel {
  /** To now, on the same page. */
  readonly live: () => void
  /** The same page as of an instant; where a page has no past, the fleet. On the way through the past back leads out of it. */
  readonly to: (at: string, since?: string | null) => void
}

export function useTravel(): Travel {
  const navigate = useNavigate()
  const page = usePage()
  const go = (part: PastSearch, replace: boolean) => {
    const search = (old: object) => ({ ...old, ...part })
    const how = { replace, resetScroll: false } as const
    if (page !== null && page.runId !== null)
      void navigate({ to: '/runs/$runId', params: { runId: page.runId }, search, ...how })
    else void navigate({ to: '/', search: page === null ? part : search, ...how })
  }
  return {
    live: () => go({ at: undefined, since: undefined }, false),
    to: (at, since) =>
      go(
        { at, ...(since !== undefined && { since: since ?? undefined }) },
        page !== null && page.at !== null,
      ),
  }
}
