import type { Entry } from '../state.ts'
import type { Signal, SignalName } from '../verdict.ts'

const MOST_EVIDENCE = 12

/** 0 up to `from`, 1 from `to` on, straight in between. Four decimals, so that it is stored as it is. */
export function ramp(value: number, from: number, to: number): number {
  return rounded(Math.min(1, Math.max(0, (value - from) / (to - from))))
}

export const rounded = (value: number): number => Math.round(value * 10_000) / 10_000

export const quiet = (name: SignalName, why: string): Signal => ({
  name,
  value: 0,
  evidence: [],
  why,
})

export const refs = (entries: readonly Entry[]): string[] =>
  entries.slice(-MOST_EVIDENCE).map(({ ref }) => ref)

/** Same call, same outcome. */
export const isSame = (a: Entry, b: Entry): boolean =>
  a.action === b.action && a.outcome === b.outcome
