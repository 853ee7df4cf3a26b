const hits = (text: string, query: string) => text.toLowerCase().includes(query)

/** The objects and arrays that hold a match somewhere inside, so that a viewer opens exactly those. */
export function branchesWith(root: unknown, query: string): ReadonlySet<object> {
  const found = new Set<object>()
  const visit = (value: unknown): boolean => {
    if (typeof value !== 'object' || value === null) return hits(String(value), query)
    let any = false
    for (const [key, child] of Object.entries(value)) {
      const inside = visit(child)
      any = any || inside || hits(key, query)
    }
    if (any) found.add(value)
    return any
  }
  if (query !== '') visit(root)
  return found
}

/** Text cut into parts, every second of which is a match. */
export function parted(text: string, query: string): readonly string[] {
  if (query === '') return [text]
  const parts: string[] = []
  const low = text.toLowerCase()
  let from = 0
  for (let at = low.indexOf(query); at >= 0; at = low.indexOf(query, from)) {
    parts.push(text.slice(from, at), text.slice(at, at + query.length))
    from = at + query.length
  }
  return [...parts, text.slice(from)]
}
