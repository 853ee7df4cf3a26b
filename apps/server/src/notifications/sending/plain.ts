const unseen = /[\p{Cc}\p{Bidi_Control}\u00AD\u200B-\u200F\u2028\u2029\u2060-\u206F\uFEFF]/gu

/**
 * Text from outside on one line of bounded length, with what cannot be seen made visible: no line of a message can be
 * begun by it, and no reading direction turned.
 */
export function plain(text: string, most = 300): string {
  // Cut first by code units: it may be huge.
  const line = text
    .slice(0, most * 4)
    .replaceAll(/[\s\u0085]+/g, ' ')
    .trim()
    .replace(
      unseen,
      (char) => `⟨U+${(char.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}⟩`,
    )
  const short = line.length > most ? `${line.slice(0, most - 1)}…` : line
  // Half of a pair of code units is no text, and some receivers refuse it.
  return short.toWellFormed()
}
