import type { RunId } from '@holdpoint/protocol'
import { useSyncExternalStore } from 'react'

import { api } from '../../app/trpc'
import { BulkJob, type BulkState } from './bulkJob'
import { keepCutOff } from './cutOff'

/** The tab's one command for many runs. */
export const bulk = new BulkJob({
  plan: async (verb, ids) => api.runs.plan.query({ verb, ids: ids as RunId[] }),
  act: async (verb, ids, reason) =>
    (await api.runs.bulk.mutate({ verb, ids: [...ids], reason })).results,
})

const askFirst = (event: BeforeUnloadEvent) => event.preventDefault()

// This tab sends it, part by part: who closes or reloads it in the middle is asked first.
bulk.subscribe(() => {
  keepCutOff(bulk.state(), sessionStorage)
  if (bulk.state().phase === 'acting') addEventListener('beforeunload', askFirst)
  else removeEventListener('beforeunload', askFirst)
})

export const useBulk = (): BulkState => useSyncExternalStore(bulk.subscribe, bulk.state)
export const useBulkShown = (): boolean => useSyncExternalStore(bulk.subscribe, bulk.shown)
