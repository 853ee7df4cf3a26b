import type { RunVerb } from '@holdpoint/protocol'
import { useSyncExternalStore } from 'react'

let begun = false
const listeners = new Set<() => void>()

function subscribe(listener: () => void): () => void {
  listeners.add(listener)
  return () => listeners.delete(listener)
}

/** Whether a command for many was ever begun in this tab: before, none of its code is needed. */
export const useBulkBegun = (): boolean => useSyncExternalStore(subscribe, () => begun)

/** Begins a command for these runs with its dry run; the rest of it is fetched now. */
export async function beginBulk(verb: RunVerb, ids: readonly string[]): Promise<void> {
  const { bulk } = await import('./bulk')
  begun = true
  for (const listener of listeners) listener()
  await bulk.begin(verb, ids)
}
