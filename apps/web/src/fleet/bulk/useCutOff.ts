import { useSyncExternalStore } from 'react'

import { Signal } from '../../live/signal'
import { takeCutOff, type CutOff } from './cutOff'

// Read once as the page begins, before a new command of this tab writes its own.
const cutOff = new Signal<CutOff | null>(takeCutOff(sessionStorage))

export const useCutOff = (): CutOff | null => useSyncExternalStore(cutOff.subscribe, cutOff.get)
export const forgetCutOff = (): void => cutOff.set(null)
