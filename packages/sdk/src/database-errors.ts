import { errorCodeOf } from '@holdpoint/protocol'

import {
  FencedError,
  HoldpointError,
  PayloadTooLargeError,
  RunEndedError,
  WrongVersionError,
} from './errors.ts'

// Classes and codes that say "not now", not "no": connection trouble, shutdown, too many clients,
// deadlock, lock and statement timeouts, disk or memory full.
const AWAY_STATES = /^(08...|57P0[1-5]|57014|53...|55P03|40001|40P01|58030|25006)$/
const AWAY_SYSTEM = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'ECONNABORTED',
  'EPIPE',
  'ETIMEDOUT',
  'EHOSTUNREACH',
  'EHOSTDOWN',
  'ENETUNREACH',
  'ENETDOWN',
  'ENOTFOUND',
  'EAI_AGAIN',
  'ENOENT',
])
const AWAY_WORDS =
  /connection terminated|client has encountered a connection error|timeout exceeded when trying to connect|query read timeout|connection ended|client was closed|not queryable|server closed the connection/i

const codeOf = (error: unknown): string | undefined =>
  error instanceof Error && 'code' in error && typeof error.code === 'string'
    ? error.code
    : undefined

/** True when the statement may succeed later: the database is away, starting, or overloaded. */
export function isAway(error: unknown): boolean {
  if (error instanceof AggregateError) return error.errors.some((each) => isAway(each))
  const code = codeOf(error)
  if (code !== undefined && (AWAY_SYSTEM.has(code) || AWAY_STATES.test(code))) return true
  return error instanceof Error && AWAY_WORDS.test(error.message)
}

/** True when the login is refused: at the start an error of the user's, later an agent that was isolated. */
export const isLockedOut = (error: unknown): boolean =>
  ['28000', '28P01'].includes(codeOf(error) ?? '')

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
