import type { OpenRequest } from '@holdpoint/protocol'

/** A request where it stands in the list; `gone`: it is open no more, and keeps its place while someone points there. */
export interface Placed {
  readonly request: OpenRequest
  readonly gone: boolean
}

export interface InPlace {
  readonly placed: readonly Placed[]
  /** New ones that wait to be let in above. */
  readonly pending: number
}

/**
 * The list as it is now in the places of a moment ago: nothing moves up or down. What is new and belongs below the last
 * place is added there; what belongs above waits.
 */
export function inPlace(held: readonly OpenRequest[], now: readonly OpenRequest[]): InPlace {
  const fresh = new Map(now.map((request) => [request.id, request]))
  const places = new Set(held.map(({ id }) => id))
  const end = now.findLastIndex(({ id }) => places.has(id))
  const below = now.slice(end + 1)
  return {
    placed: [
      ...held.map((was) => {
        const request = fresh.get(was.id)
        return { request: request ?? was, gone: request === undefined }
      }),
      ...below.map((request) => ({ request, gone: false })),
    ],
    pending: now.length - below.length - held.filter(({ id }) => fresh.has(id)).length,
  }
}
