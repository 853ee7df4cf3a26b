import {
  databaseTrouble,
  type ErrorBody,
  type ErrorCode,
  errorCodeOf,
  errorCodes,
} from '@holdpoint/protocol'

/** An error that a person may be told about: `body` is what they are told. */
export class Problem extends Error {
  override name = 'Problem'
  readonly body: ErrorBody

  constructor(body: ErrorBody, options?: ErrorOptions) {
    super(body.message, options)
    this.body = body
  }
}

/** A problem in the words of its code, or in better ones. */
export const problem = (code: ErrorCode, message?: string, hint?: string): Problem =>
  new Problem({
    code,
    message: message ?? errorCodes[code].meaning,
    ...(hint === undefined ? {} : { hint }),
  })

interface DatabaseError extends Error {
  code: string
  severity?: string
  hint?: string
}

const hasCode = (error: unknown): error is DatabaseError =>
  error instanceof Error && 'code' in error && typeof error.code === 'string'

/** Text with a NUL, a page marker that someone made up, a deadline in the year 1: what a parser of ours cannot know. */
const malformed = /^(22003|22007|22008|22009|22021|22023|22P02|22P05|23514)$/

/** No database to talk to. */
export function isUnreachable(error: unknown): boolean {
  const trouble = databaseTrouble(error)
  // FATAL ends the connection, whatever the reason.
  return (
    trouble === 'away' || trouble === 'refused' || (hasCode(error) && error.severity === 'FATAL')
  )
}

/** What the database's refusal means to a person; undefined when it is not one that we know. */
export function problemFrom(error: unknown): Problem | undefined {
  if (error instanceof Problem) return error
  if (isUnreachable(error)) {
    return new Problem(
      { code: 'UNAVAILABLE', message: errorCodes.UNAVAILABLE.meaning },
      { cause: error },
    )
  }
  if (!hasCode(error)) return undefined
  if (error.code === '57014') {
    return new Problem(
      {
        code: 'UNAVAILABLE',
        message: 'The database took too long to answer; the question was given up.',
        hint: 'Ask for less, or try again when the database is less busy.',
      },
      { cause: error },
    )
  }
  if (malformed.test(error.code)) {
    return new Problem(
      { code: 'BAD_REQUEST', message: 'A value cannot be read; nothing was done.' },
      { cause: error },
    )
  }
  if (error.code === '42501') {
    return new Problem(
      {
        code: 'FORBIDDEN',
        message: 'The database does not let Holdpoint do this.',
        hint: 'Run `npx holdpoint doctor`: it compares what each role may do with what it should.',
      },
      { cause: error },
    )
  }
  const code = errorCodeOf(error.code)
  if (code === undefined) return undefined
  const message = code === 'RUN_BUSY' ? errorCodes.RUN_BUSY.meaning : sentence(error.message)
  return new Problem(
    { code, message, ...(error.hint === undefined ? {} : { hint: error.hint }) },
    { cause: error },
  )
}

const sentence = (text: string): string =>
  `${text.charAt(0).toUpperCase()}${text.slice(1)}${/[.!?]$/.test(text) ? '' : '.'}`

export const sqlStateOf = (error: unknown): string | undefined =>
  hasCode(error) ? error.code : undefined
