import { errorCodes, type Blocker, type ErrorBody, type ErrorCode } from '@holdpoint/protocol'
import { TRPCClientError } from '@trpc/client'

import { faultWords } from './fieldNames'

/** What a person is told about a failure. The only form in which the app handles errors. */
export interface Told {
  readonly code: ErrorCode | 'UNREACHABLE'
  readonly happened: string
  readonly notDone: string
  readonly tryThis: string | null
  readonly blockers: readonly Blocker[]
}

type Attempt = 'read' | 'change'

const notDone: Record<Attempt, string> = {
  read: 'Nothing could be shown; nothing was changed.',
  change: 'Nothing was changed.',
}

function bodyOf(error: unknown): ErrorBody | null {
  if (!(error instanceof TRPCClientError)) return null
  const data = error.data as { holdpoint?: ErrorBody } | null | undefined
  const body = data?.holdpoint
  return body !== undefined && body.code in errorCodes ? body : null
}

const hints: Partial<Record<ErrorCode, string>> = {
  RUN_HELD: 'See what holds it on its page.',
  RUN_ENDED: 'Start a new run if the work is still wanted.',
  ALREADY_DECIDED: 'See who decided and what; there is nothing left to do here.',
  APPROVAL_CLOSED: 'The run ended or was killed meanwhile; see its page.',
  NOTHING_TO_DO: 'The screen shows the state as the database has it.',
  RUN_BUSY: 'End the session that is in the way, or wait until its transaction ends.',
  UNAVAILABLE: 'It is tried again by itself; look at the bar above.',
  UNAUTHENTICATED: 'Run `npx holdpoint sign-in` and open the link it prints.',
}

/** The one seam where any failure becomes words. A network failure of a change is said to be uncertain. */
export function told(error: unknown, attempt: Attempt): Told {
  const body = bodyOf(error)
  if (body === null) {
    return {
      code: 'UNREACHABLE',
      happened: 'The server could not be reached.',
      notDone:
        attempt === 'change'
          ? 'It is not known whether the request arrived: the screen shows what the database says.'
          : notDone.read,
      tryThis: 'Check the connection, then try again.',
      blockers: [],
    }
  }
  return {
    code: body.code,
    happened:
      (body.faults && faultWords(body.faults)) || body.message || errorCodes[body.code].meaning,
    notDone: notDone[attempt],
    tryThis: body.hint ?? hints[body.code] ?? null,
    blockers: body.blockers ?? [],
  }
}

/** Of a change that was tried; null while none has failed. */
export const failedChange = (error: unknown): Told | null =>
  error === null ? null : told(error, 'change')

export const isGone = (code: Told['code']): boolean =>
  code === 'RUN_NOT_FOUND' || code === 'APPROVAL_NOT_FOUND' || code === 'NOT_FOUND'
