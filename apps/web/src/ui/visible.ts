const hidden = /[\p{Cc}\p{Bidi_Control}\u200B\u2060\uFEFF]/gu
/** Ordinary in prose: line ends and tabs, and the marks that Arabic and Hebrew text carries. */
const ordinary = new Set(['\n', '\r', '\t', '\u200E', '\u200F', '\u061C'])

function sign(char: string): string {
  const code = char.codePointAt(0) ?? 0
  if (ordinary.has(char)) return char
  return code < 0x20
    ? String.fromCodePoint(0x2400 + code)
    : `⟨U+${code.toString(16).toUpperCase().padStart(4, '0')}⟩`
}

/**
 * Text from outside with what cannot be seen made visible. A character that turns the reading direction
 * would otherwise let "elpmaxe" be read, and approved, as "example".
 */
export const visible = (text: string): string => text.replace(hidden, sign)
