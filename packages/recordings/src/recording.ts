/** One recorded run, whatever file it came from. */
export interface Recording {
  /** Agent id without its `replay-`. */
  readonly agent: string
  readonly goal: string
  readonly labels: Readonly<Record<string, string>>
  readonly turns: readonly Turn[]
}

/** Someone said something, and may have called tools. */
export interface Turn {
  readonly speaker: string
  readonly text: string
  /** A model wrote it: its length counts as tokens out, what others wrote as tokens in. */
  readonly byModel: boolean
  readonly calls: readonly ToolCall[]
}

export interface ToolCall {
  readonly tool: string
  readonly request: unknown
  readonly response: unknown
}

/** A format of recordings, recognised by what is in the file. */
export interface Format {
  /** What such a file holds, for people. */
  readonly looksLike: string
  readonly recognises: (json: unknown) => boolean
  /** @throws FormatError */
  readonly read: (json: unknown, file: string) => Recording[]
}

/** A file that holds no recorded runs; the message names the file and what was expected. */
export class FormatError extends Error {
  override readonly name = 'FormatError'
}

export type JsonObject = Readonly<Record<string, unknown>>

export const isObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

export const textOf = (value: unknown): string => (typeof value === 'string' ? value : '')

/** A recorded scalar as a label. */
export const labelOf = (value: unknown): string =>
  typeof value === 'string' || typeof value === 'number' ? String(value).slice(0, 200) : 'unknown'

const LONGEST = 100_000

/** Recorded text, cut to what a payload may hold. */
export const within = (text: string): string =>
  text.length <= LONGEST ? text : `${text.slice(0, LONGEST).toWellFormed()}…`
