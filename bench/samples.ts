/** Durations in milliseconds, with their order statistics. */
export class Samples {
  readonly #values: number[] = []

  add(ms: number): void {
    this.#values.push(ms)
  }

  get count(): number {
    return this.#values.length
  }

  /** The value below which the share `q` (0 to 1) of all lies; NaN without samples. */
  quantile(q: number): number {
    const sorted = this.#values.toSorted((a, b) => a - b)
    return sorted[Math.min(sorted.length - 1, Math.floor(q * sorted.length))] ?? Number.NaN
  }
}

export const ms = (value: number): string => `${value.toFixed(2)} ms`
export const microseconds = (value: number): string => `${Math.round(value)} µs`
export const perSecond = (value: number): string => `${Math.round(value)}/s`
/** Nothing against nothing has no ratio. */
export const times = (value: number): string =>
  Number.isFinite(value) ? `${value.toFixed(2)}x` : '-'
export const percent = (share: number): string => `${(share * 100).toFixed(1)}%`
export const mb = (value: number): string => `${value.toFixed(1)} MB`
