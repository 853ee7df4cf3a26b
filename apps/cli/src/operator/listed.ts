/** The words of a list by comma; null where there are none. */
export function listed(text: string | undefined): string[] | null {
  const words = (text ?? '')
    .split(',')
    .map((word) => word.trim())
    .filter((word) => word !== '')
  return words.length === 0 ? null : words
}
