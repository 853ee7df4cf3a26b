import { useSyncExternalStore } from 'react'

import { Signal } from '../live/signal'
import { nothingChosen, type Choice } from './choice'

/** One for the tab: the palette acts on it, and it is still there when a person comes back to the fleet. */
export const fleetChoice = new Signal<Choice>(nothingChosen)

export const useChoice = (): Choice => useSyncExternalStore(fleetChoice.subscribe, fleetChoice.get)
