const two = (n: number) => String(n).padStart(2, '0')

/** 03:12:07 in the reader's zone. */
export function clockTime(ms: number): string {
  const d = new Date(ms)
  return `${two(d.getHours())}:${two(d.getMinutes())}:${two(d.getSeconds())}`
}

/** 03:12:07.482 */
export const preciseTime = (ms: number): string =>
  `${clockTime(ms)}.${String(new Date(ms).getMilliseconds()).padStart(3, '0')}`

/** 20 Nov 03:12:07 */
export function dateTime(ms: number): string {
  const at = new Date(ms)
  const date = at.toLocaleDateString('en-GB', {
    day: 'numeric',
    month: 'short',
    // A year goes without saying only while it is this one.
    ...(at.getFullYear() !== new Date().getFullYear() && { year: 'numeric' }),
  })
  return `${date} ${clockTime(ms)}`
}

/** How long: 3s, 4m 12s, 2h 05m, 3d 4h. Negative is taken as nothing. */
export function duration(ms: number): string {
  const s = Math.max(0, Math.floor(ms / 1000))
  if (s < 60) return `${s}s`
  if (s < 3600) return `${Math.floor(s / 60)}m ${two(s % 60)}s`
  if (s < 86_400) return `${Math.floor(s / 3600)}h ${two(Math.floor((s % 3600) / 60))}m`
  return `${Math.floor(s / 86_400)}d ${Math.floor((s % 86_400) / 3600)}h`
}

/** A measured span: 84ms, 3.2s, 4m 12s. */
export const span = (ms: number): string =>
  ms < 1000 ? `${Math.round(ms)}ms` : ms < 60_000 ? `${(ms / 1000).toFixed(1)}s` : duration(ms)

/** How long ago, coarse: now, 42s, 4m, 2h, 3d. */
export function ago(ms: number): string {
  const s = Math.max(0, Math.floor(ms / 1000))
  if (s < 1) return 'now'
  if (s < 60) return `${s}s`
  if (s < 3600) return `${Math.floor(s / 60)}m`
  if (s < 86_400) return `${Math.floor(s / 3600)}h`
  return `${Math.floor(s / 86_400)}d`
}

/** $0.41; a sum under a cent is said to be one. */
export const usd = (amount: number): string =>
  amount > 0 && amount < 0.005 ? '<$0.01' : `$${amount.toFixed(2)}`

/** 812, 4.1k, 1.2M */
export function compact(n: number): string {
  if (n < 1000) return String(n)
  return n < 1_000_000
    ? `${(n / 1000).toFixed(n < 10_000 ? 1 : 0)}k`
    : `${(n / 1_000_000).toFixed(1)}M`
}
