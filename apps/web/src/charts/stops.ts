import type { StoppedFor, StopReason } from '@holdpoint/protocol'

/** How often runs stopped for one reason in a part of the window (ms). */
export interface StopPart {
  readonly from: number
  readonly to: number
  readonly stops: number
}

interface StopRow {
  readonly reason: StopReason
  readonly stops: number
  readonly parts: readonly StopPart[]
}

export interface Stops {
  /** The most frequent first. */
  readonly rows: readonly StopRow[]
  /** For other reasons: how often in all, and in each part. */
  readonly others: { readonly stops: number; readonly over: readonly number[] }
  /** Of the rows the highest of all parts; at least 1. */
  readonly most: number
}

const sum = (numbers: readonly number[]): number => numbers.reduce((all, each) => all + each, 0)

/** Why runs stopped, reason by reason in equal parts of a window (ms); at most `rows` reasons, the others together. */
export function stopsOf(
  reasons: readonly StoppedFor[],
  { from, to }: { readonly from: number; readonly to: number },
  rows: number,
): Stops {
  const shown = reasons.slice(0, rows)
  const rest = reasons.slice(rows)
  const parts = Math.max(0, ...reasons.map(({ over }) => over.length))
  const each = (to - from) / Math.max(1, parts)
  return {
    rows: shown.map(({ reason, stops, over }) => ({
      reason,
      stops,
      parts: over.map((n, nth) => ({
        from: from + nth * each,
        to: from + (nth + 1) * each,
        stops: n,
      })),
    })),
    others: {
      stops: sum(rest.map(({ stops }) => stops)),
      over: Array.from({ length: parts }, (_, nth) => sum(rest.map(({ over }) => over[nth] ?? 0))),
    },
    most: Math.max(1, ...shown.flatMap(({ over }) => over)),
  }
}
