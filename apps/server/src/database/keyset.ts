import type { Page } from '@holdpoint/protocol'

import { problem } from './problem.ts'

/** A page's end as an opaque word: the sort values of its last row, as the database wrote them. */
export const encodeCursor = (values: readonly string[]): string =>
  Buffer.from(JSON.stringify(values)).toString('base64url')

/** @throws Problem BAD_REQUEST */
export function decodeCursor(cursor: string): [string, string] {
  try {
    const values: unknown = JSON.parse(Buffer.from(cursor, 'base64url').toString())
    if (Array.isArray(values) && values.length === 2) {
      const [first, second] = values as unknown[]
      if (typeof first === 'string' && typeof second === 'string') return [first, second]
    }
  } catch {
    // Said below.
  }
  throw problem('BAD_REQUEST', 'This page marker cannot be read.', 'Start from the first page.')
}

/** A page of at most `limit` from `limit + 1` rows that were asked for. */
export function pageOf<Row>(
  found: readonly { readonly row: Row; readonly key: readonly string[] }[],
  limit: number,
): Page<Row> {
  const rows = found.slice(0, limit)
  const last = rows.at(-1)
  return {
    rows: rows.map(({ row }) => row),
    nextCursor: found.length > limit && last !== undefined ? encodeCursor(last.key) : null,
  }
}
