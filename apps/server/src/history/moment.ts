import { z } from 'zod'

import { problem } from '../database/problem.ts'

/** An instant with zone; microseconds are kept. What lies ahead of the database's clock is read as its present. */
export const instant = z.iso.datetime({ offset: true })

/** `from` is before `to`. */
export const windowOf = { from: instant, to: instant }

/** The present, or the past: a parameter as SQL. */
export const past = (parameter: string): string => `least(${parameter}::timestamptz, now())`

/** An instant as the wire has it. */
export const wireTime = (time: string): string => `to_json(${time}) #>> '{}'`

/** @throws Problem BAD_REQUEST */
export function requireWindow({ from, to }: { readonly from: string; readonly to: string }): void {
  if (Date.parse(from) < Date.parse(to)) return
  throw problem('BAD_REQUEST', 'A window ends after it begins.')
}
