import type { FunctionSet } from './function-files.ts'

/** The functions of a database, as a set sees them: none from files yet, these, an earlier set, or a later one. */
export type FunctionState = 'none' | 'same' | 'earlier' | 'later'

/**
 * A digest has no order, so the database keeps which sets it had: one that it had before its present one is
 * an earlier set, and whoever brings it along is older than the database.
 * @param had digests of the sets that a database had, the first one first: `schema_functions` by `n`.
 */
export function functionState(had: readonly string[], set: FunctionSet): FunctionState {
  if (had.length === 0) return 'none'
  if (had.at(-1) === set.digest) return 'same'
  return had.includes(set.digest) ? 'later' : 'earlier'
}
