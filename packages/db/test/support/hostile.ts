/** Turned, hidden, alarming, and harmless as text. */
export const strange =
  'pay \u202Eelpmaxe\u202C \u2066now\u2069 \u0007 \u001B[31m \u200B \u{1F4A9} <script>'
/** JSON so many levels deep. */
export const nested = (levels: number): string => `${'{"a":'.repeat(levels)}1${'}'.repeat(levels)}`
/** One character too long. */
export const long = (length: number): string => 'x'.repeat(length + 1)
/** A list of Postgres. */
export const list = (of: string, count: number): string => `{${Array(count).fill(of).join()}}`

/** JSON that no field of a request takes: too large, too deep, no number, no text, or none at all. */
export const hostileJson: readonly string[] = [
  `"${long(300_000)}"`,
  `[${'{},'.repeat(150_000)}{}]`,
  nested(101),
  nested(20_000),
  '{"eur": 1e131071}',
  '{"eur": -1e131071}',
  '{"eur": 1e999999}',
  '{"text": "a\\u0000b"}',
  '{"half": "\\ud800"}',
  '{"open": ',
]
