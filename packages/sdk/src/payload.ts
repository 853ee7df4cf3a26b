import { createHash } from 'node:crypto'

import canonicalize from 'canonicalize'

import { HoldpointError, PayloadTooLargeError } from './errors.ts'
import { type Json, storable, toJson } from './json.ts'
import { redactText } from './redact.ts'

/** Bytes of JSON that one payload may have; the database holds the same limit. */
export const PAYLOAD_LIMIT = 262_144
const MEMORY_LIMIT = 1_048_576
const ERROR_LIMIT = 4000

/** What is about to be written: a redaction may treat each kind in its own way. */
export type PayloadKind =
  | 'request'
  | 'response'
  | 'step input'
  | 'step result'
  | 'memory'
  | 'arguments'

/** Called with everything before it is written; what it returns is what is stored. */
export type Redact = (value: Json, kind: PayloadKind) => Json

/** What is stored instead of a response that cannot be kept. */
interface NotKept {
  readonly holdpoint: 'not kept'
  readonly why: string
}

/** The value as it will be stored. @throws PayloadTooLargeError, HoldpointError (INVALID_INPUT) */
export function payload(value: unknown, kind: PayloadKind, redact: Redact): Json {
  let json: Json
  try {
    json = redact(toJson(value), kind)
  } catch (error) {
    throw new HoldpointError('INVALID_INPUT', `The ${kind} cannot be written as JSON.`, {
      cause: error,
    })
  }
  const limit = kind === 'memory' ? MEMORY_LIMIT : PAYLOAD_LIMIT
  const bytes = Buffer.byteLength(JSON.stringify(json))
  if (bytes > limit) throw tooLarge(kind, bytes, limit)
  return json
}

/** As `payload`, but never throws: the action has happened, so its record must be written. */
export function responsePayload(value: unknown, redact: Redact): Json {
  try {
    return payload(value, 'response', redact)
  } catch (error) {
    return notKept(error)
  }
}

export function notKept(error: unknown): Json {
  const why = error instanceof Error ? error.message : 'it cannot be written as JSON'
  const marker: NotKept = { holdpoint: 'not kept', why: why.slice(0, 500) }
  return { ...marker }
}

export const isNotKept = (value: unknown): boolean =>
  typeof value === 'object' &&
  value !== null &&
  'holdpoint' in value &&
  value.holdpoint === 'not kept'

function tooLarge(kind: PayloadKind, bytes: number, limit: number): PayloadTooLargeError {
  return new PayloadTooLargeError(
    `The ${kind} is ${bytes} bytes as JSON, the limit is ${limit}: nothing was written.`,
    { hint: 'Store large data elsewhere and write a reference to it.' },
  )
}

/** SHA-256, hex, of the RFC 8785 form of what is stored. */
export const digestOf = (json: Json): string =>
  createHash('sha256')
    .update(canonicalize(json) ?? 'null')
    .digest('hex')

/** An error's text as it may be written: secrets out, short enough. */
export function errorText(error: unknown): string {
  const text = error instanceof Error ? error.message || error.name : String(error)
  return storable(redactText(text)).slice(0, ERROR_LIMIT)
}

/** A free text of ours or the agent's, cut to what its column takes. */
export function shortText(text: string, most: number): string {
  const clean = storable(redactText(text))
  return clean.length <= most ? clean : `${clean.slice(0, most - 1).toWellFormed()}…`
}
