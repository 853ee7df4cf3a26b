import type { Step } from '@holdpoint/sdk'

import { shopUrl } from '../settings.ts'

/** An answer other than 2xx. `status` tells the SDK how it failed. */
class HttpError extends Error {
  override readonly name = 'HttpError'
  readonly status: number

  constructor(status: number, what: string) {
    super(`${what} answered ${status}`)
    this.status = status
  }
}

export interface HttpRequest {
  readonly method?: 'GET' | 'PUT' | 'POST'
  readonly path: string
  readonly reversible?: boolean
  readonly idempotent?: boolean
  readonly key?: string
  /** What is recorded as asked; method and path unless given. */
  readonly request?: object
  readonly target?: string
}

/** One HTTP request to the shop as an action; returns the JSON body. */
export async function http<T>(step: Step, tool: string, request: HttpRequest): Promise<T> {
  const { method = 'GET', path, ...about } = request
  const url = `${shopUrl()}${path}`
  return step.action<T>(
    tool,
    { target: path, request: { method, path }, ...about },
    async (signal) => {
      const response = await fetch(url, { method, signal })
      if (!response.ok) throw new HttpError(response.status, `${method} ${path}`)
      return (await response.json()) as T
    },
  )
}
