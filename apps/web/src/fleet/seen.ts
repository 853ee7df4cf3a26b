import { useSyncExternalStore } from 'react'

/** Failed runs that this browser's person has opened or put aside: they stop asking for attention here. */
const key = 'holdpoint.seen'
const kept = 5000
const listeners = new Set<() => void>()
let seen: ReadonlySet<string> = new Set(read())

function read(): readonly string[] {
  try {
    const value = JSON.parse(localStorage.getItem(key) ?? '[]') as unknown
    return Array.isArray(value) ? value.filter((id) => typeof id === 'string') : []
  } catch {
    return []
  }
}

export function markSeen(...ids: readonly string[]): void {
  if (ids.every((id) => seen.has(id))) return
  seen = new Set([...seen, ...ids].slice(-kept))
  try {
    localStorage.setItem(key, JSON.stringify([...seen]))
  } catch {
    // Full or forbidden: it is remembered until the tab is closed.
  }
  for (const listener of listeners) listener()
}

const subscribe = (listener: () => void) => {
  listeners.add(listener)
  return () => listeners.delete(listener)
}

export const useSeen = (): ReadonlySet<string> => useSyncExternalStore(subscribe, () => seen)
