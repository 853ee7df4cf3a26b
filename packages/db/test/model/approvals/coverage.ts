/** How often each kind of act was accepted and how often refused, over all scenes. */
const seen = new Map<string, { accepted: number; refused: number }>()

export function noteOutcome(kind: string, accepted: boolean): void {
  const counts = seen.get(kind) ?? { accepted: 0, refused: 0 }
  counts[accepted ? 'accepted' : 'refused'] += 1
  seen.set(kind, counts)
}

/** Kinds of acts of which only one outcome is possible. */
const oneWay = new Set(['kill', 'revoke the token'])

/** Those of these kinds that were never accepted, or never refused: of them the scenes have proved nothing yet. */
export const oneSided = (kinds: readonly string[]): string[] =>
  kinds.filter((kind) => {
    const counts = seen.get(kind)
    return counts === undefined || counts.accepted === 0 || counts.refused === 0
  })

/** Every kind that was seen, but those. */
export const kindsSeen = (): string[] =>
  [...seen.keys()].filter((kind) => !oneWay.has(kind)).toSorted()
