import type { Action, Run } from '@holdpoint/protocol'

import { Signal } from '../live/signal'

interface Settling {
  readonly run: Run
  /** The action in question; null: the oldest of the run that is not settled. */
  readonly action: Action | null
  /** The answer it was asked with. */
  readonly landed: boolean
}

/**
 * The one question that is being answered. Not kept by the row that asked: rows come, go and are gathered while
 * a person types.
 */
export const settling = new Signal<Settling | null>(null)
