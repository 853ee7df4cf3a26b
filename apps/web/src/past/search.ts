/** The part of an address that says when: `?at=` an instant of the past, and since when changes are told. */
export interface PastSearch {
  readonly at?: string | undefined
  readonly since?: string | undefined
}

const text = (value: unknown): string | undefined =>
  typeof value === 'string' && value.trim() !== '' ? value.trim() : undefined

/** What is no instant is kept: the page says so, instead of showing now as if it were then. */
export function parsePastSearch(raw: Record<string, unknown>): PastSearch {
  const at = text(raw['at'])
  const since = text(raw['since'])
  return {
    ...(at !== undefined && { at }),
    ...(at !== undefined && since !== undefined && { since }),
  }
}

interface Kept {
  readonly search: PastSearch
  readonly next: (search: PastSearch) => PastSearch
}

/** From a page of the past links lead to the past: `at` stays unless a link says another, or none. */
export function keepAt({ search, next }: Kept): PastSearch {
  const result = next(search)
  return 'at' in result || search.at === undefined ? result : { ...result, at: search.at }
}

/** The same, and what changed stays open beside it. */
export function keepPast(kept: Kept): PastSearch {
  const result = keepAt(kept)
  const { since } = kept.search
  return 'since' in result || since === undefined ? result : { ...result, since }
}
