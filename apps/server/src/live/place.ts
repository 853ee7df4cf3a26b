import type { Position } from '@holdpoint/protocol'

import type { ClusterIdentity } from './snapshot.ts'

/** Where the tail stands. */
export interface Place {
  readonly cluster: ClusterIdentity
  readonly position: Position
  /** The database's clock. */
  readonly asOf: string
}
