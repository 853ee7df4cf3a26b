import { request as requestHttp, type IncomingMessage } from 'node:http'
import { request as requestHttps } from 'node:https'

import { lookupAllowed, refuseForbidden } from './addresses.ts'
import { DeliveryFailure, failureFrom } from './failure.ts'

export interface Post {
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
  readonly signal: AbortSignal
}

/** A day: who asks for more has gone. */
const longestWaitMs = 24 * 3_600_000

/**
 * Sends once. An answer 2xx is success; a redirect is not followed, and what the receiver writes is not read.
 * @throws DeliveryFailure
 */
export async function post({ url, headers, body, signal }: Post): Promise<void> {
  const to = new URL(url)
  refuseForbidden(to.hostname)
  try {
    judge(await answerOf(to, headers, body, signal))
  } catch (error) {
    throw failureFrom(error)
  }
}

async function answerOf(
  to: URL,
  headers: Post['headers'],
  body: string,
  signal: AbortSignal,
): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const request = (to.protocol === 'https:' ? requestHttps : requestHttp)(to, {
      method: 'POST',
      // One message, one connection: nothing of one receiver waits for another.
      agent: false,
      lookup: lookupAllowed,
      signal,
      headers: {
        ...headers,
        'content-type': 'application/json',
        'content-length': Buffer.byteLength(body),
        'user-agent': 'Holdpoint',
      },
    })
    request.on('error', (error) => reject(signal.aborted ? (signal.reason as Error) : error))
    request.on('response', (answer) => {
      // Its head says all; an endless body must not keep us.
      answer.destroy()
      resolve(answer)
    })
    request.end(body)
  })
}

function judge({ statusCode: status = 0, headers }: IncomingMessage): void {
  if (status >= 200 && status < 300) return
  if (status >= 300 && status < 400)
    throw new DeliveryFailure(`answered ${status}, a redirect, which is not followed`)
  throw new DeliveryFailure(`answered ${status}`, {
    // Standard Webhooks: the receiver wants no more of it.
    final: status === 410,
    notBeforeMs: waitOf(headers['retry-after']),
  })
}

function waitOf(retryAfter: string | undefined): number {
  const seconds = Number(retryAfter)
  return Number.isFinite(seconds) && seconds > 0 ? Math.min(seconds * 1000, longestWaitMs) : 0
}
