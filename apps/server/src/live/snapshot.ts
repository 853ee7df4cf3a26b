import type { Position } from '@holdpoint/protocol'

/** A Postgres snapshot (`xmin:xmax:xip,…`): which transactions a read could see. */
export interface Snapshot {
  readonly text: string
  /** The first transaction that had not begun. */
  readonly xmax: bigint
  /** Those below xmax that were still open, as text for the next statement. */
  readonly xip: readonly string[]
}

const shape = /^\d{1,20}:(\d{1,20}):((?:\d{1,20}(?:,\d{1,20})*)?)$/

/** @returns undefined when the text is no snapshot; positions come from outside. */
export function parseSnapshot(text: string): Snapshot | undefined {
  const match = shape.exec(text)
  if (match === null) return undefined
  const [, xmax = '', xip = ''] = match
  return { text, xmax: BigInt(xmax), xip: xip === '' ? [] : xip.split(',') }
}

/** Which database a snapshot belongs to: system identifier, timeline, database. It means nothing in another. */
export type ClusterIdentity = string

/** Where a viewer stands: opaque outside, good at any replica of this server. */
export const encodePosition = (cluster: ClusterIdentity, snapshot: Snapshot): Position =>
  Buffer.from(`${cluster} ${snapshot.text}`).toString('base64url')

export function decodePosition(
  position: Position,
): { readonly cluster: ClusterIdentity; readonly snapshot: Snapshot } | undefined {
  const [cluster, text, ...rest] = Buffer.from(position, 'base64url').toString().split(' ')
  if (cluster === undefined || text === undefined || rest.length > 0) return undefined
  const snapshot = parseSnapshot(text)
  return snapshot === undefined ? undefined : { cluster, snapshot }
}
