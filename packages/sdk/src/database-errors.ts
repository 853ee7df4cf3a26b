import { databaseTrouble, errorCodeOf } from '@holdpoint/protocol'

import {
  FencedError,
  HoldpointError,
  PayloadTooLargeError,
  RunEndedError,
  WrongVersionError,
} from './errors.ts'

const codeOf = (error: unknown): string | undefined =>
  error instanceof Error && 'code' in error && typeof error.code === 'string'
    ? error.code
    : undefined

/** True when the statement may succeed later: the database is away, starting, or overloaded. */
export function isAway(error: unknown): boolean {
  const trouble = databaseTrouble(error)
  return trouble !== undefined && trouble !== 'refused'
}

/** True when the login is refused: at the start an error of the user's, later an agent that was isolated. */
export const isLockedOut = (error: unknown): boolean =>
  ['28000', '28P01'].includes(codeOf(error) ?? '')

/** True when asking again is in vain: the login may not, the call is malformed, or the login is locked. */
export const isRefusal = (error: unknown): boolean =>
  hasCode(error, 'NOT_YOURS') || hasCode(error, 'INVALID_INPUT') || isLockedOut(error)

/** The database's error as ours where it carries a code of ours, else the error itself. */
export function asHoldpointError(error: unknown): unknown {
  const state = codeOf(error)
  const code = state === undefined ? undefined : errorCodeOf(state)
  if (code === undefined || !(error instanceof Error)) return error
  const hint = 'hint' in error && typeof error.hint === 'string' ? error.hint : undefined
  const options = { cause: error, ...(hint !== undefined && { hint }) }
  if (code === 'RUN_ENDED') return new RunEndedError(error.message, options)
  if (code === 'FENCED') return new FencedError(error.message, options)
  if (code === 'TOO_LARGE') return new PayloadTooLargeError(error.message, options)
  if (code === 'WRONG_VERSION') return new WrongVersionError(error.message, options)
  return new HoldpointError(code, error.message, options)
}

export const hasCode = (error: unknown, code: HoldpointError['code']): boolean =>
  error instanceof HoldpointError && error.code === code
