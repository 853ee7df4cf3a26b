export type Json = string | number | boolean | null | Json[] | { [key: string]: Json }

/**
 * The value as JSON keeps it, made fit for Postgres: no undefined, no NUL, no lone surrogates.
 * @throws TypeError for what JSON cannot hold (cycles, BigInt)
 */
export function toJson(value: unknown): Json {
  const text = JSON.stringify(value) as string | undefined
  return text === undefined ? null : clean(JSON.parse(text) as Json)
}

function clean(value: Json): Json {
  if (typeof value === 'string') return storable(value)
  if (Array.isArray(value)) return value.map(clean)
  if (value === null || typeof value !== 'object') return value
  return Object.fromEntries(
    Object.entries(value).map(([key, member]) => [storable(key), clean(member)]),
  )
}

const NUL = String.fromCodePoint(0)

/** Text that Postgres can store. */
export const storable = (text: string): string =>
  text.includes(NUL) ? text.replaceAll(NUL, '\uFFFD').toWellFormed() : text.toWellFormed()
