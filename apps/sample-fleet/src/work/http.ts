import { ActionFailure, type ActionOptions, type Step } from '@holdpoint/sdk'

import { pace, shopUrl } from '../settings.ts'

const PATIENCE_MS = 10_000
/** A busy machine is slow at any pace. */
const LEAST_PATIENCE_MS = 5000

/** An answer other than 2xx. `status` tells the SDK how it failed. */
class HttpError extends Error {
  override readonly name = 'HttpError'
  readonly status: number

  constructor(status: number, what: string) {
    super(`${what} answered ${status}`)
    this.status = status
  }
}

export interface HttpRequest<T> extends Omit<ActionOptions<T>, 'request'> {
  readonly method?: 'GET' | 'PUT' | 'POST'
  readonly path: string
  readonly body?: object
  /** What is recorded as asked; method, path and body unless given. */
  readonly request?: object
  /** Called when the answer is there and before it is recorded. */
  readonly answered?: () => Promise<void>
}

/** One HTTP request to the shop as an action; returns the JSON body. */
export async function http<T>(step: Step, tool: string, request: HttpRequest<T>): Promise<T> {
  const { method = 'GET', path, body, answered, ...about } = request
  const asked = { method, path, ...(body && { body }) }
  return step.action<T>(tool, { target: path, request: asked, ...about }, async (signal) => {
    const answer = await ask<T>(request, signal)
    await answered?.()
    return answer
  })
}

/** The same outside any run, for looking only. */
export async function ask<T>(request: HttpRequest<T>, signal: AbortSignal): Promise<T> {
  const { method = 'GET', path, body, key, idempotent } = request
  const response = await fetch(`${shopUrl()}${path}`, {
    method,
    headers: key !== undefined && idempotent === true ? { 'idempotency-key': key } : {},
    ...(body && { body: JSON.stringify(body) }),
    signal: AbortSignal.any([
      signal,
      AbortSignal.timeout(Math.max(LEAST_PATIENCE_MS, PATIENCE_MS / pace())),
    ]),
  }).catch((error: unknown) => {
    // It may have arrived all the same, and nothing at the other end tells two such requests from one.
    const landed = method !== 'GET' && idempotent !== true
    throw landed ? outcomeUnknown(`${method} ${path}`, error) : error
  })
  if (!response.ok) throw new HttpError(response.status, `${method} ${path}`)
  return (await response.json()) as T
}

const outcomeUnknown = (what: string, cause: unknown): ActionFailure =>
  new ActionFailure(`${what} got no answer`, { outcome: 'unknown', cause })
