import type { Json } from './json.ts'

const SECRET_KEY = /authorization|password|secret|token|api[-_]?key|cookie/i
const REDACTED = '[redacted]'

const PATTERNS: readonly (readonly [RegExp, string])[] = [
  // scheme://user:password@host
  [/(\b[a-z][a-z0-9+.-]*:\/\/[^\s/:@]*:)[^\s@/]+@/gi, `$1${REDACTED}@`],
  [/\b(bearer)\s+(?=\S*\d)[a-z0-9._~+/=-]{16,}/gi, `$1 ${REDACTED}`],
  [/\b(authorization:\s*)(?:[a-z]+\s+)?\S+/gi, `$1${REDACTED}`],
  [/([?&][^=&#\s]*(?:password|secret|token|api[-_]?key)[^=&#\s]*=)[^&#\s]+/gi, `$1${REDACTED}`],
]

/** Takes passwords in URLs, bearer tokens and secret query parameters out of free text. */
export const redactText = (text: string): string =>
  PATTERNS.reduce((kept, [pattern, into]) => kept.replaceAll(pattern, into), text)

/**
 * What is written in place of `value`: members whose name tells of a secret become "[redacted]".
 * Numbers and booleans stay, since `max_tokens: 4096` is no secret.
 */
export function redactSecrets(value: Json): Json {
  if (typeof value === 'string') return redactText(value)
  if (Array.isArray(value)) return value.map(redactSecrets)
  if (value === null || typeof value !== 'object') return value
  return Object.fromEntries(
    Object.entries(value).map(([key, member]) => [
      key,
      SECRET_KEY.test(key) && isHideable(member) ? REDACTED : redactSecrets(member),
    ]),
  )
}

const isHideable = (member: Json): boolean =>
  typeof member === 'string' || (typeof member === 'object' && member !== null)
