import type { RunVerb } from '@holdpoint/protocol'
import { useSyncExternalStore } from 'react'

import { Signal } from '../../live/signal'

const begun = new Signal(false)

/** Whether a command for many was ever begun in this tab: before, none of its code is needed. */
export const useBulkBegun = (): boolean => useSyncExternalStore(begun.subscribe, begun.get)

/** Begins a command for these runs with its dry run; the rest of it is fetched now. */
export async function beginBulk(verb: RunVerb, ids: readonly string[]): Promise<void> {
  const { bulk } = await import('./bulk')
  begun.set(true)
  await bulk.begin(verb, ids)
}
