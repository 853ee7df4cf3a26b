import { useSyncExternalStore } from 'react'

import { isHopeless, queryClient } from './trpc'

const cache = queryClient.getQueryCache()

/** Also between two attempts, and while it is tried again. That a run does not exist is an answer, no failure. */
function failing(): boolean {
  return cache.getAll().some((query) => {
    if (!query.isActive()) return false
    const { error, fetchFailureReason, errorUpdatedAt, dataUpdatedAt } = query.state
    const failure = fetchFailureReason ?? error
    return failure === null ? errorUpdatedAt > dataUpdatedAt : !isHopeless(failure)
  })
}

const subscribe = (changed: () => void) =>
  cache.subscribe(({ type }) => {
    // That a query is added is told in the middle of a render, and says nothing yet.
    if (type !== 'added') changed()
  })

/** True while something on this page could not be read, though the stream may well be live. */
export const useFailingReads = (): boolean => useSyncExternalStore(subscribe, failing)
