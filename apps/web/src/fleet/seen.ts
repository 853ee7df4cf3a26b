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

function take(ids: readonly string[]): void {
  if (ids.every((id) => seen.has(id))) return
  seen = new Set([...seen, ...ids].slice(-kept))
  for (const listener of listeners) listener()
}

export function markSeen(...ids: readonly string[]): void {
  if (ids.every((id) => seen.has(id))) return
  // What other tabs have put aside meanwhile stays aside.
  take([...read(), ...ids])
  try {
    localStorage.setItem(key, JSON.stringify([...seen]))
  } catch {
    // Full or forbidden: it is remembered until the tab is closed.
  }
}

const hearOtherTabs = (event: StorageEvent) => {
  if (event.key === key) take(read())
}

const subscribe = (listener: () => void) => {
  if (listeners.size === 0) addEventListener('storage', hearOtherTabs)
  listeners.add(listener)
  return () => {
    listeners.delete(listener)
    if (listeners.size === 0) removeEventListener('storage', hearOtherTabs)
  }
}

export const useSeen = (): ReadonlySet<string> => useSyncExternalStore(subscribe, () => seen)
