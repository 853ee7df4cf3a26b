import {
  ActionFailure,
  type ErrorClass,
  HoldpointError,
  type OwnStopReason,
  RunFailure,
} from './errors.ts'

/** How an action failed, where the error tells: an HTTP status, a system code, a timeout. */
export function classOf(error: unknown): ErrorClass | undefined {
  if (error instanceof ActionFailure) return error.errorClass
  if (!(error instanceof Error)) return undefined
  const status = statusOf(error)
  if (status !== undefined) {
    if (status === 409 || status === 410 || status === 412) return 'state_drift'
    return status >= 500 || status === 408 || status === 425 || status === 429
      ? 'transient'
      : undefined
  }
  if (error.name === 'TimeoutError') return 'transient'
  const code = 'code' in error && typeof error.code === 'string' ? error.code : ''
  if (/^(ECONN|ETIMEDOUT|EPIPE|EAI_AGAIN|ENETUNREACH|EHOSTUNREACH|UND_ERR)/.test(code)) {
    return 'transient'
  }
  return error.cause instanceof Error ? classOf(error.cause) : undefined
}

function statusOf(error: Error): number | undefined {
  for (const key of ['status', 'statusCode'] as const) {
    const value: unknown = Reflect.get(error, key)
    if (typeof value === 'number') return value
  }
  return undefined
}

/**
 * Why the run failed, or undefined where the error is none of a tool's: a bug in the agent has no stop reason,
 * its message is kept as the detail.
 */
export function stopReasonOf(error: unknown, fromAction: boolean): OwnStopReason | undefined {
  if (error instanceof RunFailure) return error.reason
  if (error instanceof HoldpointError) return undefined
  if (error instanceof Error && error.name === 'TimeoutError') return 'TIMEOUT'
  return fromAction || error instanceof ActionFailure ? 'TOOL_FAILURE' : undefined
}
