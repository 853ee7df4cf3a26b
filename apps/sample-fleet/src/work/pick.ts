/** The member at `n`, counting round. */
export function pick<T>(from: readonly T[], n: number): T {
  const found = from[Math.abs(Math.trunc(n)) % from.length]
  if (found === undefined) throw new Error('Nothing to pick from.')
  return found
}
