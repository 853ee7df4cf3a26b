import type { QuorumGroup } from '@holdpoint/protocol'

/** One person, whoever may decide: what is needed where no policy asks for more. */
const ANYONE: readonly QuorumGroup[] = [{ name: 'anyone', count: 1 }]

/**
 * Do these people fill every group, each of them in one place only? By trying each place with each person, so that it owes
 * nothing to how the database counts.
 */
export function fills(quorum: readonly QuorumGroup[] | null, people: Iterable<string>): boolean {
  const places = (quorum ?? ANYONE).flatMap((group) =>
    Array.from({ length: group.count }, () => group),
  )
  return seats(places, new Set(people))
}

function seats([place, ...others]: readonly QuorumGroup[], people: ReadonlySet<string>): boolean {
  if (place === undefined) return true
  return [...people].some((person) => {
    if (place.members !== undefined && !place.members.includes(person)) return false
    return seats(others, new Set([...people].filter((other) => other !== person)))
  })
}
