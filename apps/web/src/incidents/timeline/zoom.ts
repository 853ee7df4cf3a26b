import { lengthOf, narrowest, within, type Span } from './span.ts'

/** What part of a window is shown: its last ms, following what happens, or a stretch that stays where it is. */
export type Zoom =
  | { readonly kind: 'last'; readonly ms: number }
  | { readonly kind: 'at'; readonly from: number; readonly ms: number }

const unitMs = { s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const

const lengthIn = (text: string): number => {
  const [, amount, unit] = /^(\d{1,9}(?:\.\d{1,3})?)([smhd])$/.exec(text) ?? []
  return Number(amount) * unitMs[unit as keyof typeof unitMs]
}

/** `10m`: the last of it; `2026-11-20T03:12:07.000Z~30s`: from an instant on, so long. Null: all of it. */
export function parseZoom(value: unknown): Zoom | null {
  if (typeof value !== 'string') return null
  const [first = '', second] = value.split('~')
  const ms = lengthIn(second ?? first)
  if (!(ms >= narrowest)) return null
  if (second === undefined) return { kind: 'last', ms }
  const from = Date.parse(first)
  return Number.isNaN(from) ? null : { kind: 'at', from, ms }
}

function lengthWords(ms: number): string {
  for (const unit of ['h', 'm'] as const)
    if (ms % unitMs[unit] === 0) return `${ms / unitMs[unit]}${unit}`
  return `${ms / 1000}s`
}

export function writeZoom(zoom: Zoom | null): string | undefined {
  if (zoom === null) return undefined
  const length = lengthWords(Math.max(narrowest, Math.round(zoom.ms)))
  return zoom.kind === 'last'
    ? length
    : `${new Date(Math.round(zoom.from)).toISOString()}~${length}`
}

export function spanOf(zoom: Zoom | null, whole: Span): Span {
  if (zoom === null) return whole
  const from = zoom.kind === 'last' ? whole.to - zoom.ms : zoom.from
  return within({ from, to: from + zoom.ms }, whole)
}

/** The zoom that shows a span. Where it reaches the end of a window that goes on, it goes on with it. */
export function zoomTo(span: Span, whole: Span, follows: boolean): Zoom | null {
  const { from, to } = within(span, whole)
  const slack = lengthOf(whole) / 2000
  if (from <= whole.from + slack && to >= whole.to - slack) return null
  if (follows && to >= whole.to - (to - from) / 2000) return { kind: 'last', ms: to - from }
  return { kind: 'at', from, ms: to - from }
}
