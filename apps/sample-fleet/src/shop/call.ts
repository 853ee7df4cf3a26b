/** One request to the shop, as its departments see it. */
export interface Call {
  readonly method: string
  /** The path's parts behind the department's name. */
  readonly parts: readonly string[]
  readonly query: URLSearchParams
  readonly body: Readonly<Record<string, unknown>>
  /** What the caller calls this very request, however often it sends it. */
  readonly key: string | undefined
  /** Takes its time: milliseconds, made shorter by the fleet's pace. */
  readonly takes: (ms: number) => Promise<void>
}

export interface Answer {
  readonly status: number
  readonly body: object
}

/** `silent`: the caller waits in vain, as with a line that is cut. */
export type Department = (call: Call) => Promise<Answer | 'silent'>

export const ok = (body: object): Answer => ({ status: 200, body })
export const made = (body: object): Answer => ({ status: 201, body })
export const notFound = (what: string): Answer => ({
  status: 404,
  body: { error: `nothing at ${what}` },
})
