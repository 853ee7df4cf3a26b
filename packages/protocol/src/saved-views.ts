import type { Instant } from './run.ts'

/** A filter of the fleet under a name, for everyone who signs in here. */
export interface SavedView {
  readonly name: string
  /** The fleet's URL query, without its question mark. */
  readonly search: string
  readonly madeBy: string
  readonly madeAt: Instant
}
