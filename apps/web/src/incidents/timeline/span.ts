/** Ms since 1970. */
export interface Span {
  readonly from: number
  readonly to: number
}

export const lengthOf = ({ from, to }: Span): number => to - from

/** Nobody reads less than this (ms). */
export const narrowest = 100

/** A span of the same length that lies within another one; one that is longer is cut. */
export function within(span: Span, whole: Span): Span {
  const length = Math.min(Math.max(lengthOf(span), narrowest), lengthOf(whole))
  const from = Math.min(Math.max(span.from, whole.from), whole.to - length)
  return { from, to: from + length }
}

/** A span `factor` times as long, in which `about` stays where it is. */
export function scaled(span: Span, factor: number, about: number): Span {
  const real = Math.max(lengthOf(span) * factor, narrowest) / lengthOf(span)
  return { from: about - (about - span.from) * real, to: about + (span.to - about) * real }
}

export const shifted = ({ from, to }: Span, ms: number): Span => ({ from: from + ms, to: to + ms })

/** Where an instant lies on `width` px. */
export const xOf = (span: Span, at: number, width: number): number =>
  ((at - span.from) / lengthOf(span)) * width

export const timeAt = (span: Span, x: number, width: number): number =>
  span.from + (x / width) * lengthOf(span)
