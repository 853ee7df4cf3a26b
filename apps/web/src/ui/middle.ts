/** Shorter text is cut at its end, if at all: nothing is gained by a middle. */
const leastText = 16
/** The end that is kept, in letters as they are seen. */
const shortestEnd = 4
const longestEnd = 14

const letters = new Intl.Segmenter('en', { granularity: 'grapheme' })
const breaks = new Set([' ', '/', '\\', ':', '#', '@', '=', '-', '_', '.', '?', '&', ','])

/**
 * Text in two parts, of which the first may be cut and the second is kept: the end of a path, an id or an order's number
 * tells more than its middle. The end begins where a word does, if one does near it.
 */
export function inMiddle(text: string): readonly [start: string, end: string] {
  const all = Array.from(letters.segment(text), ({ segment }) => segment)
  if (all.length < leastText) return [text, '']
  let end = shortestEnd * 2
  for (let n = longestEnd; n >= shortestEnd; n -= 1) {
    if (!breaks.has(all.at(-n - 1) ?? '')) continue
    end = n
    break
  }
  return [all.slice(0, -end).join(''), all.slice(-end).join('')]
}
