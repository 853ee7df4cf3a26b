/** Stands for all that is volatile: of which kind it was would depend on its digits. */
export const VOLATILE = '<volatile>'

/**
 * Parts of a text that differ between two askings of the same thing: ids, times, hashes, tokens.
 * Every pattern is linear: no repeat stands inside another one, and what looks ahead is bounded.
 */
const patterns: readonly (readonly [RegExp, string])[] = [
  [/\beyJ[\w-]{4,512}\.[\w-]{1,2048}\.[\w-]{0,2048}/g, VOLATILE],
  [/\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b/gi, VOLATILE],
  [/\b\d{4}-\d\d-\d\d[T ]\d\d:\d\d(?::\d\d)?(?:[.,]\d+)?(?:Z|[+-]\d\d:?\d\d)?(?!\d)/g, VOLATILE],
  [/\b\d{1,2}:\d\d:\d\d(?:[.,]\d+)?\b/g, VOLATILE],
  // The prefixed ids and keys that model and payment APIs hand out.
  [
    /\b(?:sk|pk|ghp|gho|xox[abp]|call|req|msg|run|job|thread|trace|span|sess|resp|chatcmpl|evt|tok)[-_](?=[\w-]{0,64}\d)[\w-]{8,}/gi,
    VOLATILE,
  ],
  [/\b0x[0-9a-f]+\b/gi, VOLATILE],
  [/\b(?=[a-f]*\d)[0-9a-f]{12,}\b/gi, VOLATILE],
  [/\b[0-9A-HJKMNP-TV-Z]{26}\b/g, VOLATILE],
  // Base64 and the like. Without / and -, or the path of a page would be one.
  [/\b(?=[A-Za-z_]{0,64}\d)(?=[a-z0-9_]{0,64}[A-Z])[A-Za-z0-9_]{32,}={0,2}/g, VOLATILE],
  [/\b[12]\d{9}(?:\d{3})?(?:\d{3})?(?:\.\d+)?\b/g, VOLATILE],
  [/\b\d+(?:\.\d+)?\s?(?:ns|us|µs|ms|s|secs?|seconds?|mins?|minutes?|h|hours?)\b/gi, VOLATILE],
  [/\b(localhost|\d{1,3}\.\d{1,3}\.\d{1,3}\.\d{1,3}):\d{2,5}\b/gi, `$1:${VOLATILE}`],
  [
    /\b(port|pid|attempt|retry|try|request|iteration|page|offset|cursor|counter|seq|sequence)(\s?(?:no\.?|number|[:=#])?\s?)\d+\b/gi,
    `$1$2${VOLATILE}`,
  ],
  [/([?&](?:page|cursor|offset|token|nonce|ts|t|_)=)[^&#\s]+/gi, `$1${VOLATILE}`],
  [/\b\d{9,}\b/g, VOLATILE],
]

/** @param text bounded by the caller; time is linear in its length */
export function withoutVolatile(text: string): string {
  return patterns.reduce((left, [pattern, name]) => left.replace(pattern, name), text)
}

const volatileKeys = new Set(
  `requestid reqid traceid traceparent spanid correlationid nonce idempotencykey sessionid toolcallid callid messageid
   eventid timestamp ts now time duration elapsed latency took uptime port pid cursor nextcursor pagetoken nextpagetoken
   continuationtoken page offset attempt attempts retry retries retrycount iteration counter seq sequence etag token
   accesstoken refreshtoken hash sha sha1 sha256 md5 digest checksum signature expires`.split(
    /\s+/,
  ),
)

/** Whether a value under this key differs between two askings of the same thing, whatever it is. */
export function isVolatileKey(key: string): boolean {
  if (key.length > 40) return false
  return (
    volatileKeys.has(key.toLowerCase().replace(/[_\-\s]/g, '')) ||
    /(?:[a-z]At|_at|Ms|_ms|_seconds|Seconds)$/.test(key)
  )
}

/** Whether what stands under this key says what is asked about: another ticket is another question. */
export const isSubjectKey = (key: string): boolean =>
  key.length <= 40 &&
  (/(?:^|[_-])(?:id|ids|uuid|key|number|no|ref)$/i.test(key) || /[a-z](?:Id|Ids|Key)$/.test(key))

/** Whether an id stands under this key: in an answer it may be as new as the answer. */
export const isIdKey = (key: string): boolean =>
  key.length <= 40 && (/(?:^|[_-])(?:id|ids|uuid)$/i.test(key) || /[a-z]Ids?$/.test(key))

/** A number that is an instant of 2001 to 2096: seconds, milliseconds or microseconds since 1970. */
export function isInstant(value: number): boolean {
  return [1, 1e3, 1e6].some((unit) => value >= 1e9 * unit && value < 4e9 * unit)
}
