import type { ErrorBody, ErrorCode } from '@holdpoint/protocol'

import { type Connection, readConnection } from './connection-file.ts'
import { codeOf } from './error-words.ts'
import { CliFailure } from './failure.ts'

const TIMEOUT_MS = 30_000

/** With these nothing was sent. */
const notReached: readonly string[] = ['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH']

const unsure = 'It may have been done all the same: look before you try again.'

/** What the server said no with; `message` is ready to print. */
export class RefusedError extends CliFailure {
  override name = 'RefusedError'
  readonly body: ErrorBody

  constructor(body: ErrorBody) {
    super(body.code === 'UNAVAILABLE' ? 3 : 1, sentence(body))
    this.body = body
  }
}

/** The server cannot be reached. */
class ServerDownError extends CliFailure {
  override name = 'ServerDownError'

  constructor(message: string, cause?: unknown) {
    super(3, message, { cause })
  }
}

/** The server's HTTP API. Results are what the server's router says; it is of the same version. */
export interface ServerApi {
  readonly url: string
  query<T>(path: string, input?: unknown): Promise<T>
  /** A question whose input is too long for a URL. */
  ask<T>(path: string, input: unknown): Promise<T>
  mutate<T>(path: string, input: unknown): Promise<T>
  /** A plain POST outside tRPC that answers JSON. */
  post<T>(path: string): Promise<T>
}

/** @throws ServerDownError when nothing runs on this data folder */
export function openServer(dataDir: string, undone: string): ServerApi {
  const connection = readConnection(dataDir)
  if (connection === undefined) {
    throw new ServerDownError(
      `No Holdpoint runs on ${dataDir}. ${undone} Start it with "holdpoint start", or name another folder with --data.`,
    )
  }
  return serverApi(connection, undone)
}

function serverApi({ consoleUrl, localUrl, apiToken }: Connection, undone: string): ServerApi {
  const url = localUrl ?? consoleUrl
  const send = async (path: string, init: RequestInit, sent = undone): Promise<Response> => {
    const headers = {
      authorization: `Bearer ${apiToken}`,
      'x-holdpoint': '1',
      'content-type': 'application/json',
    }
    const signal = AbortSignal.timeout(TIMEOUT_MS)
    try {
      return await fetch(new URL(path, url), { ...init, headers, signal })
    } catch (error) {
      const reason = reasonOf(error)
      const advice = notReached.includes(reason)
        ? `${undone} Start it with "holdpoint start".`
        : sent
      throw new ServerDownError(
        `The server at ${url} does not answer (${reason}). ${advice}`,
        error,
      )
    }
  }
  const post = async <T>(path: string, input: unknown, sent: string): Promise<T> =>
    readResult<T>(
      await send(`/trpc/${path}`, { method: 'POST', body: JSON.stringify(input) }, sent),
      sent,
    )
  return {
    url,
    ask: async <T>(path: string, input: unknown) => post<T>(path, input, undone),
    mutate: async <T>(path: string, input: unknown) => post<T>(path, input, unsure),
    async query<T>(path: string, input?: unknown) {
      const search =
        input === undefined ? '' : `?input=${encodeURIComponent(JSON.stringify(input))}`
      return readResult<T>(await send(`/trpc/${path}${search}`, { method: 'GET' }), undone)
    },
    async post<T>(path: string) {
      const response = await send(path, { method: 'POST', body: '{}' })
      const answer = await readJson(response, undone)
      if (response.ok) return answer as T
      throw new RefusedError(bodyOf(answer, response.status))
    },
  }
}

async function readResult<T>(response: Response, undone: string): Promise<T> {
  const answer = await readJson(response, undone)
  if (typeof answer === 'object' && answer !== null && 'result' in answer) {
    return (answer.result as { data: T }).data
  }
  throw new RefusedError(bodyOf(answer, response.status))
}

async function readJson(response: Response, undone: string): Promise<unknown> {
  try {
    return await response.json()
  } catch (error) {
    throw new ServerDownError(
      `${response.url} answered ${response.status} without JSON: that is no Holdpoint of this version. ${undone}`,
      error,
    )
  }
}

/** Our error body, wherever the answer carries it. */
function bodyOf(answer: unknown, status: number): ErrorBody {
  const found = [at(answer, 'error', 'data', 'holdpoint'), at(answer, 'error'), answer].find(isBody)
  return (
    found ?? { code: 'INTERNAL', message: `The server answered ${status} and did not say why.` }
  )
}

function at(value: unknown, ...path: string[]): unknown {
  return path.reduce<unknown>(
    (inner, key) =>
      typeof inner === 'object' && inner !== null
        ? (inner as Record<string, unknown>)[key]
        : undefined,
    value,
  )
}

function isBody(value: unknown): value is ErrorBody {
  return typeof at(value, 'code') === 'string' && typeof at(value, 'message') === 'string'
}

/** The database gives these hints to the agent that writes; whoever types a command is told what fits a person. */
const hintsForPeople: Partial<Record<ErrorCode, string>> = {
  RUN_ENDED: 'Start a new run if the work is still wanted.',
}

function sentence({ code, message, hint: given, blockers }: ErrorBody): string {
  const hint = hintsForPeople[code] ?? given

  const waits = (blockers ?? []).map(
    ({ pid, login, transactionAge }) =>
      `In the way: session ${pid} of ${login}, open for ${Math.round(transactionAge)} s.`,
  )
  return [message.replace(/([^.!?])$/, '$1.'), ...waits, hint ?? ''].filter(Boolean).join(' ')
}

function reasonOf(error: unknown): string {
  const cause = error instanceof Error && error.cause !== undefined ? error.cause : error
  return error instanceof Error && error.name === 'TimeoutError' ? 'timeout' : codeOf(cause)
}
