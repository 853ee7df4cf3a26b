/** 1: refused or failed. 2: the command line was wrong. 3: the server or the database cannot be reached. */
export type FailureCode = 1 | 2 | 3

/**
 * Why a command did not do what it was asked, in words for the person who typed it. The message is one
 * line: what happened, what was not done, what to try. `more` are lines to copy, for instance SQL.
 */
export class CliFailure extends Error {
  override name = 'CliFailure'
  readonly exitCode: FailureCode
  readonly more: readonly string[]

  constructor(
    exitCode: FailureCode,
    message: string,
    options: { more?: readonly string[]; cause?: unknown } = {},
  ) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause })
    this.exitCode = exitCode
    this.more = options.more ?? []
  }
}

export const usageFailure = (message: string): CliFailure => new CliFailure(2, message)
