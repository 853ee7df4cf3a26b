import type { Position as HistoryPosition } from '@holdpoint/db'
import type { Position } from '@holdpoint/protocol'

/** Where the tail stands. */
export interface Place {
  readonly history: HistoryPosition
  /** The same for viewers: opaque outside, good at any replica of this server. */
  readonly position: Position
  /** The database's clock. */
  readonly asOf: string
}

export const placeAt = (history: HistoryPosition, asOf: string): Place => ({
  history,
  position: encodePosition(history),
  asOf,
})

export const encodePosition = ({ cluster, snapshot }: HistoryPosition): Position =>
  Buffer.from(`${cluster} ${snapshot}`).toString('base64url')

const snapshotText = /^\d{1,20}:\d{1,20}:(\d{1,20}(,\d{1,20})*)?$/

/** @returns undefined when it is no position; they come from outside. */
export function decodePosition(position: Position): HistoryPosition | undefined {
  const [cluster, snapshot, ...rest] = Buffer.from(position, 'base64url').toString().split(' ')
  if (cluster === undefined || snapshot === undefined || rest.length > 0) return undefined
  return snapshotText.test(snapshot) ? { cluster, snapshot } : undefined
}
