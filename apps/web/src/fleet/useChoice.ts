import { useSyncExternalStore } from 'react'

import { nothingChosen, type Choice } from './choice'

let choice = nothingChosen
const listeners = new Set<() => void>()

/** One for the tab: the palette acts on it, and it is still there when a person comes back to the fleet. */
export const fleetChoice = {
  get: (): Choice => choice,
  set: (next: Choice): void => {
    if (next === choice) return
    choice = next
    for (const listener of listeners) listener()
  },
  subscribe: (listener: () => void): (() => void) => {
    listeners.add(listener)
    return () => listeners.delete(listener)
  },
}

export const useChoice = (): Choice => useSyncExternalStore(fleetChoice.subscribe, fleetChoice.get)
