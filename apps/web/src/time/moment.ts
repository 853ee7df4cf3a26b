import { typedInstant } from './instant.ts'

/** A window of time as an address holds it. A part that is missing: from the first, or until now. */
export interface TimeWindow {
  /** An instant, or so long before now: `-15m`. */
  readonly from?: string
  readonly to?: string
}

export const isRelative = (moment: string): boolean => /^-\d{1,6}[smhd]$/.test(moment)
const isInstant = (text: string): boolean =>
  /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:\d\d)$/.test(text) &&
  Number.isFinite(Date.parse(text))

/** People type `2026-11-20T03:00` too, and mean their own zone. Null: that is no moment. */
export function parseMoment(value: unknown): string | null {
  if (typeof value !== 'string' || value === '') return null
  if (isRelative(value) || isInstant(value)) return value
  const ms = Date.parse(value)
  return Number.isFinite(ms) ? new Date(ms).toISOString() : null
}

const units = { s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const

/** The instant in ms that a moment of a filter stands for. */
export function momentMs(value: string, now: number): number {
  const [, amount, unit] = /^-(\d+)([smhd])$/.exec(value) ?? []
  return amount === undefined
    ? Date.parse(value)
    : now - Number(amount) * units[unit as keyof typeof units]
}

/** The view as it is now, for a link that shows the same tomorrow: "the last hour" becomes this hour. */
export function frozen<T extends TimeWindow>(search: T, now: number): T {
  const { from, to } = search
  const relative = [from, to].some((each) => each !== undefined && isRelative(each))
  if (!relative) return search
  const fixed = (value: string) => new Date(momentMs(value, now)).toISOString()
  return {
    ...search,
    ...(from !== undefined && { from: fixed(from) }),
    to: to === undefined ? new Date(now).toISOString() : fixed(to),
  }
}

/** What a person typed as a moment: `-2h` goes on meaning that, anything else is what `typedInstant` makes of it. */
export function typedMoment(text: string, now: number): string | null {
  const typed = text.trim()
  if (isRelative(typed)) return typed
  const at = typedInstant(typed, now)
  return at === null ? null : new Date(at).toISOString()
}
