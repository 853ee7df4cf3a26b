/** In their order, at most so many together. */
export function inParts<Item>(items: readonly Item[], most: number): readonly Item[][] {
  const parts: Item[][] = []
  for (let from = 0; from < items.length; from += most) parts.push(items.slice(from, from + most))
  return parts
}
