import type {
  FleetFrame,
  FleetSnapshot,
  Health,
  RunEvent,
  RunFrame,
  RunId,
  RunSnapshot,
} from '@holdpoint/protocol'

import type { Connection } from './connection.ts'

/** What can be watched: the fleet, or one run. */
export type Topic = 'fleet' | `runs/${string}`

export const runTopic = (id: RunId): Topic => `runs/${id}`

/** A message of a stream as it left the wire. */
export type StreamMessage =
  | { readonly kind: 'snapshot'; readonly data: FleetSnapshot | RunSnapshot }
  | { readonly kind: 'frame'; readonly data: FleetFrame | RunFrame }
  | { readonly kind: 'health'; readonly data: Health }

/** What a tab hears of something that it watches. */
export type OnTopic =
  | (StreamMessage & { readonly topic: Topic })
  | { readonly kind: 'connection'; readonly topic: Topic; readonly connection: Connection }

/** What a tab hears from the hub. */
export type FromHub =
  | OnTopic
  /** Someone else is signed in here now: what this tab holds was shown to another. */
  | { readonly kind: 'another' }

/** What a tab tells the hub. `hello` names a Web Lock that the tab holds for as long as it lives. */
export type ToHub =
  | { readonly kind: 'hello'; readonly lock: string }
  | { readonly kind: 'watch'; readonly topic: Topic }
  | { readonly kind: 'unwatch'; readonly topic: Topic }
  | { readonly kind: 'retry' }
  /** Is this browser still signed in, and as the same? */
  | { readonly kind: 'check' }
  | { readonly kind: 'bye' }

export interface HubPort {
  post: (message: FromHub) => void
}

export const isFleetSnapshot = (data: FleetSnapshot | RunSnapshot): data is FleetSnapshot =>
  'runs' in data
export const isFleetFrame = (data: FleetFrame | RunFrame): data is FleetFrame => 'runs' in data

/** Adds what is newer; both are ascending by seq. Returns the same array when nothing is. */
export function appendEvents(
  held: readonly RunEvent[],
  incoming: readonly RunEvent[],
): readonly RunEvent[] {
  const last = held.at(-1)?.seq ?? 0
  const fresh = incoming.filter((event) => event.seq > last)
  return fresh.length === 0 ? held : [...held, ...fresh]
}
