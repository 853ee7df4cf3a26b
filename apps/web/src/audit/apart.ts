import { span } from '../time/format.ts'

/** Clocks of two machines agree no better than this, in ms. */
const sameMs = 1000

/** How far the writer's clock is from the database's, in words. */
export function apart(claimed: string, seen: string): string {
  const ms = Date.parse(claimed) - Date.parse(seen)
  if (!Number.isFinite(ms)) return 'no time that can be read'
  if (Math.abs(ms) < sameMs) return 'as the database saw it'
  return `${span(Math.abs(ms))} ${ms < 0 ? 'before' : 'after'} the database saw it`
}
