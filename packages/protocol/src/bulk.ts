import type { RunVerb } from './can.ts'
import type { ErrorCode } from './errors.ts'
import type { RunId } from './ids.ts'
import type { Run } from './run.ts'

/** Runs that one dry run may name, and one call may change. */
export const bulkLimits = { plan: 2000, act: 100 } as const

/** A dry run: exactly which runs a verb will change. What is frozen is the list of ids. */
export interface BulkPlan {
  readonly verb: RunVerb
  /** More runs stand below the chosen ones than a plan names; a kill takes them along all the same. */
  readonly cut: boolean
  /** `childOf`: not chosen itself, but a run above it was, and a kill takes its children along. */
  readonly will: readonly { readonly run: Run; readonly childOf: RunId | null }[]
  readonly wont: readonly {
    readonly id: RunId
    /** Null: there is no such run. */
    readonly run: Run | null
    readonly because: string
  }[]
}

/** What became of one run of a bulk command. */
export type BulkResult =
  | { readonly id: RunId; readonly outcome: 'done'; readonly run: Run }
  | {
      readonly id: RunId
      readonly outcome: 'refused'
      readonly code: ErrorCode
      readonly message: string
    }
