const browsers: readonly (readonly [RegExp, string])[] = [
  [/Edg\//, 'Edge'],
  [/Firefox\//, 'Firefox'],
  [/HeadlessChrome\/|Chrome\//, 'Chrome'],
  [/Safari\//, 'Safari'],
]
const systems: readonly (readonly [RegExp, string])[] = [
  [/iPhone|iPad/, 'iOS'],
  [/Android/, 'Android'],
  [/Mac OS X/, 'macOS'],
  [/Windows/, 'Windows'],
  [/Linux/, 'Linux'],
]

/** "Firefox on Linux": what a browser says of itself, in few words. It is a claim. */
export function browserOf(userAgent: string | null): string {
  const named = (names: typeof browsers) => names.find(([is]) => is.test(userAgent ?? ''))?.[1]
  const browser = named(browsers) ?? 'another program'
  const system = named(systems)
  return system === undefined ? browser : `${browser} on ${system}`
}
