import { type ErrorBody, errorCodes } from '@holdpoint/protocol'
import type { Context } from 'hono'
import { HTTPException } from 'hono/http-exception'
import type { ContentfulStatusCode } from 'hono/utils/http-status'

import { type Problem, problem, problemFrom } from '../database/problem.ts'
import { brokenOnOurSide } from '../trpc/procedure.ts'

/** The answer to anything that was thrown below; tRPC answers its own. */
export function answerError(log: (line: string) => void) {
  return (error: Error, c: Context): Response => {
    const known =
      problemFrom(error) ??
      (error instanceof HTTPException && error.status < 500 ? problem('BAD_REQUEST') : undefined) ??
      brokenOnOurSide(error, `${c.req.method} ${c.req.path}`, log)
    return answer(c, known)
  }
}

/** In the shape of a tRPC error too, so that a client reads every refusal in one way. */
export function answer(c: Context, { body }: Problem): Response {
  const status = errorCodes[body.code].http satisfies ContentfulStatusCode
  c.header('cache-control', 'no-store')
  return c.json(
    { error: { message: body.message, code: -32000, data: dataOf(body, status) } },
    status,
  )
}

const dataOf = (body: ErrorBody, httpStatus: number) => ({
  code: body.code,
  httpStatus,
  holdpoint: body,
})
