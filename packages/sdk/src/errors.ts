import type { ErrorCode, StopReason } from '@holdpoint/protocol'

/** Base of every error the SDK throws by itself; `code` is one of the product's error codes. */
export class HoldpointError extends Error {
  override readonly name: string = 'HoldpointError'
  readonly code: ErrorCode
  /** What to try, one sentence. */
  readonly hint: string | undefined

  constructor(code: ErrorCode, message: string, options: { hint?: string; cause?: unknown } = {}) {
    super(message, { cause: options.cause })
    this.code = code
    this.hint = options.hint
  }
}

/** The run is complete, failed or killed: nothing may begin any more. */
export class RunEndedError extends HoldpointError {
  override readonly name = 'RunEndedError'

  constructor(message: string, options: { hint?: string; cause?: unknown } = {}) {
    super('RUN_ENDED', message, options)
  }
}

/** Another worker holds the run now: stop working on it. */
export class FencedError extends HoldpointError {
  override readonly name = 'FencedError'

  constructor(message: string, options: { hint?: string; cause?: unknown } = {}) {
    super('FENCED', message, options)
  }
}

/** A live worker holds the run that was to be claimed. */
export class RunBusyError extends HoldpointError {
  override readonly name = 'RunBusyError'

  constructor(message: string, options: { hint?: string; cause?: unknown } = {}) {
    super('RUN_EXISTS', message, options)
  }
}

/** The gate refused this one action; the run itself may go on. */
export class ActionRefusedError extends HoldpointError {
  override readonly name: string = 'ActionRefusedError'
}

/** A person said no to exactly this call, and why. */
export class ApprovalRejectedError extends ActionRefusedError {
  override readonly name = 'ApprovalRejectedError'
}

/** What the action read has changed since: nothing was started. Look again, and decide anew; do not just try again. */
export class RecheckRealityError extends ActionRefusedError {
  override readonly name = 'RecheckRealityError'
  readonly errorClass: ErrorClass = 'state_drift'
}

/** Nobody decided in time: that is not a no, and nothing was approved. */
export class ApprovalExpiredError extends ActionRefusedError {
  override readonly name = 'ApprovalExpiredError'

  constructor(message: string) {
    super('APPROVAL_EXPIRED', message, { hint: 'Ask again, if it is still wanted.' })
  }
}

/** A payload is over its limit, which the message names. */
export class PayloadTooLargeError extends HoldpointError {
  override readonly name = 'PayloadTooLargeError'

  constructor(message: string, options: { hint?: string; cause?: unknown } = {}) {
    super('TOO_LARGE', message, options)
  }
}

/** The action was done before, but what it returned was too large to be kept. */
export class ResponseNotKeptError extends HoldpointError {
  override readonly name = 'ResponseNotKeptError'

  constructor(message: string) {
    super('TOO_LARGE', message, {
      hint: 'Store large data elsewhere and let the action return a reference to it.',
    })
  }
}

/** The database stayed away longer than `databaseWaitMs`. */
export class DatabaseAwayError extends HoldpointError {
  override readonly name = 'DatabaseAwayError'

  constructor(message: string, options: { cause?: unknown } = {}) {
    super('UNAVAILABLE', message, options)
  }
}

/** The worker is shutting down; its runs are left for another worker to claim. */
export class WorkerClosedError extends HoldpointError {
  override readonly name = 'WorkerClosedError'

  constructor() {
    super('UNAVAILABLE', 'This worker is shutting down; the run is left for another to claim.')
  }
}

/**
 * The run was held for longer than `onHold` lets this process wait: it was let go of and waits for a worker. It did not
 * fail; once nothing holds it, whichever worker serves it goes on.
 */
export class RunReleasedError extends HoldpointError {
  override readonly name = 'RunReleasedError'

  constructor(message: string) {
    super('RUN_HELD', message)
  }
}

/** The run is pinned to a version of its skill that this worker neither has nor says it can go on with. */
export class WrongVersionError extends HoldpointError {
  override readonly name = 'WrongVersionError'

  constructor(message: string, options: { hint?: string; cause?: unknown } = {}) {
    super('WRONG_VERSION', message, options)
  }
}

export type ErrorClass = 'transient' | 'state_drift' | 'partial'

/**
 * Thrown by an action to say more than "it failed": how it failed, or that nobody knows whether it landed
 * (`outcome: 'unknown'`).
 */
export class ActionFailure extends Error {
  override readonly name = 'ActionFailure'
  readonly outcome: 'failed' | 'unknown'
  readonly errorClass: ErrorClass | undefined
  readonly externalRef: string | undefined

  constructor(
    message: string,
    options: {
      outcome?: 'failed' | 'unknown'
      errorClass?: ErrorClass
      externalRef?: string
      cause?: unknown
    } = {},
  ) {
    super(message, { cause: options.cause })
    this.outcome = options.outcome ?? 'failed'
    this.errorClass = options.errorClass
    this.externalRef = options.externalRef
  }
}

/** The stop reasons that an agent may give for its own end. */
export type OwnStopReason = Extract<
  StopReason,
  'TOOL_FAILURE' | 'TIMEOUT' | 'RETRY_LIMIT_REACHED' | 'BUDGET_EXCEEDED'
>

/** Thrown by an agent to end its run as failed with a reason of its own. */
export class RunFailure extends Error {
  override readonly name = 'RunFailure'
  readonly reason: OwnStopReason

  constructor(reason: OwnStopReason, message: string, options: { cause?: unknown } = {}) {
    super(message, options)
    this.reason = reason
  }
}
