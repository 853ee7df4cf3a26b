import type { Run } from './run.ts'

/** So many characters are looked for as the beginning of an id; fewer begin too many. */
export const shortestIdPart = 6

const anId = '00000000-0000-0000-0000-000000000000'

/** What is looked for: each word once. Text that is only blanks asks for nothing. */
export const wordsOf = (text: string): readonly string[] => [
  // No text of the database holds a zero.
  ...new Set(text.split(/[\s\0]+/).filter((word) => word !== '')),
]

/** The least and the greatest id that begin so; undefined where the word can begin none. */
export function idsThatBegin(word: string): readonly [string, string] | undefined {
  const start = word.toLowerCase()
  if (start.length < shortestIdPart || start.length > anId.length) return undefined
  if (start.replaceAll(/[0-9a-f]/g, '0') !== anId.slice(0, start.length)) return undefined
  const rest = anId.slice(start.length)
  return [start + rest, start + rest.replaceAll('0', 'f')]
}

/** All that a search looks in, beside the id; `words_of` in the database says the same. */
const textOf = (run: Run): string =>
  [run.agentId, run.skill, run.goal, run.step, run.tool, run.toolTarget, run.stopDetail]
    .filter((part) => part !== null)
    .join(' ')
    .toLowerCase()

/** Does the run have every word, in whatever case: in what it says of itself, or as the beginning of its id? */
export function hasWords(run: Run, words: readonly string[]): boolean {
  const text = textOf(run)
  return words.every((word) => {
    const wanted = word.toLowerCase()
    return text.includes(wanted) || (wanted.length >= shortestIdPart && run.id.startsWith(wanted))
  })
}
