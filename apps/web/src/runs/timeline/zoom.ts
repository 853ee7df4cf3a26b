import type { Span } from './axis.ts'

/** What part of a run is shown: its last ms, following what happens, or a window in ms since it began. */
export type Zoom =
  | { readonly kind: 'last'; readonly ms: number }
  | { readonly kind: 'window'; readonly from: number; readonly to: number }

/** Nobody reads less than this (ms). */
const narrowest = 20

const unitMs = { s: 1000, m: 60_000, h: 3_600_000 } as const

/** `10m`, `90s`: the last of it; `125.25-340`: seconds since the run began. Null: all of it. */
export function parseZoom(text: string | undefined): Zoom | null {
  const last = /^(\d+(?:\.\d+)?)([smh])$/.exec(text ?? '')
  if (last !== null) {
    const ms = Number(last[1]) * unitMs[last[2] as keyof typeof unitMs]
    return ms >= narrowest ? { kind: 'last', ms } : null
  }
  const window = /^(\d+(?:\.\d+)?)-(\d+(?:\.\d+)?)$/.exec(text ?? '')
  if (window === null) return null
  const [from, to] = [Number(window[1]) * 1000, Number(window[2]) * 1000]
  return to - from >= narrowest ? { kind: 'window', from, to } : null
}

const seconds = (ms: number): string => String(Math.max(0, Math.round(ms)) / 1000)

export function writeZoom(zoom: Zoom | null): string | undefined {
  if (zoom === null) return undefined
  if (zoom.kind === 'window') return `${seconds(zoom.from)}-${seconds(zoom.to)}`
  return zoom.ms % 60_000 === 0 ? `${zoom.ms / 60_000}m` : `${seconds(zoom.ms)}s`
}

/** What is shown of a run that began at `whole.from` and is at, or ended at, `whole.to`. */
export function spanOf(zoom: Zoom | null, whole: Span): Span {
  if (zoom === null) return whole
  if (zoom.kind === 'last') return { from: Math.max(whole.from, whole.to - zoom.ms), to: whole.to }
  const from = Math.min(whole.from + zoom.from, whole.to - narrowest)
  return { from, to: Math.max(from + narrowest, Math.min(whole.from + zoom.to, whole.to)) }
}

/** The zoom that shows a span; at the end of the run it goes on following. */
export function zoomTo(span: Span, whole: Span, following: boolean): Zoom | null {
  const from = Math.max(span.from, whole.from)
  const to = Math.min(Math.max(span.to, from + narrowest), whole.to)
  const slack = (whole.to - whole.from) / 1000
  if (from <= whole.from + slack && to >= whole.to - slack) return null
  if (following && to >= whole.to - slack)
    return { kind: 'last', ms: Math.max(narrowest, Math.round(whole.to - from)) }
  return { kind: 'window', from: from - whole.from, to: to - whole.from }
}

/** A span `factor` times as long, in which `about` stays where it is. */
export const scaled = ({ from, to }: Span, factor: number, about: number): Span => ({
  from: about - (about - from) * factor,
  to: about + (to - about) * factor,
})

/** A span of the same length, moved by a part of it, within the run. */
export function moved({ from, to }: Span, part: number, whole: Span): Span {
  const length = to - from
  const start = Math.min(Math.max(from + length * part, whole.from), whole.to - length)
  return { from: start, to: start + length }
}
