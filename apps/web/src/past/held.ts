import type { Instant } from '@holdpoint/protocol'

import { Signal } from '../live/signal'

/** Where the scrubber is while the address is not there yet: under a hand, or on its way. */
export interface Held {
  readonly at: Instant
  readonly dragging: boolean
}

export const held = new Signal<Held | null>(null)
