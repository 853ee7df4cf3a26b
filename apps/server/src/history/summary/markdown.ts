/**
 * Words of agents and people in Markdown: as code, in which nothing is read as a link, a mention, a heading or HTML by
 * any reader of Markdown (CommonMark 0.31, "Code spans"). Line breaks become spaces. A bar would end a cell of a table,
 * in ways on which readers differ, so a broken one stands for it; the export as JSON has the words as they were.
 */
export function quoted(text: string, most = 300): string {
  const line = cut(
    text.replaceAll(/[\p{Cc}\p{Zl}\p{Zp}\p{Bidi_Control}]+/gu, ' ').trim(),
    most,
  ).replaceAll('|', '¦')
  if (line === '') return ''
  const longest = Math.max(0, ...[...line.matchAll(/`+/g)].map(([run]) => run.length))
  const fence = '`'.repeat(longest + 1)
  const room = longest === 0 ? '' : ' '
  return `${fence}${room}${line}${room}${fence}`
}

/** The beginning of a text, with a sign that there is more. No character is cut in two. */
const cut = (text: string, most: number): string =>
  text.length <= most ? text : `${text.slice(0, most - 1).replace(/[\uD800-\uDBFF]$/, '')}…`

const row = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`

export const table = (head: readonly string[], rows: readonly (readonly string[])[]): string[] => [
  row(head),
  row(head.map(() => '---')),
  ...rows.map(row),
]
