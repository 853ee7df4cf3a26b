export type Json = string | number | boolean | null | Json[] | { [key: string]: Json }

/** What a reviewer has made of the arguments so far. */
export type Draft =
  | { readonly kind: 'same' }
  | { readonly kind: 'broken'; readonly why: string }
  | { readonly kind: 'edited'; readonly value: Json }

/** Reads what was typed. What is no JSON, or would not arrive as it was typed, is broken. */
export function readDraft(text: string, asked: unknown): Draft {
  let value: Json
  try {
    value = JSON.parse(text) as Json
  } catch (error) {
    return { kind: 'broken', why: error instanceof Error ? error.message : 'This is not JSON.' }
  }
  const [place] = longNumbers(value)
  if (place !== undefined)
    return { kind: 'broken', why: `${place} is too long a number to be kept exactly.` }
  return JSON.stringify(value) === JSON.stringify(asked)
    ? { kind: 'same' }
    : { kind: 'edited', value }
}

/** How the arguments stand in the editor. */
export const draftText = (value: unknown): string => JSON.stringify(value, null, 2) ?? 'null'

/**
 * Where whole numbers stand that a browser cannot keep exactly: what is shown may differ from what will run. At most
 * three places.
 */
export function longNumbers(value: unknown): readonly string[] {
  const places: string[] = []
  // A list of what is still to be looked at, not recursion: agents nest deeply.
  const left: [place: string, value: unknown][] = [['', value]]
  while (left.length > 0 && places.length < 3) {
    const [place, next] = left.pop() ?? ['', null]
    if (typeof next === 'number' && Number.isInteger(next) && !Number.isSafeInteger(next))
      places.push(place === '' ? 'The whole' : place)
    if (typeof next !== 'object' || next === null) continue
    for (const [key, below] of Object.entries(next).toReversed())
      left.push([place === '' ? key : `${place}.${key}`, below])
  }
  return places
}
