/** How an action ended. `unknown`: nobody knows whether it landed. */
export type Outcome = 'ok' | 'failed' | 'unknown'

/** One thing a run did, in the order in which it ended: a tool call, or a step that called none. */
export interface Observation {
  /** How the caller finds it again: an action's id, an event's number. Kept up to 64 characters. */
  readonly ref: string
  /** When it ended: milliseconds since 1970, by the database's clock. */
  readonly at: number
  readonly step: string | null
  /** Null for a step without an external action; it is then known by its step name. */
  readonly tool: string | null
  /** Any JSON; what the tool was asked. */
  readonly arguments: unknown
  readonly outcome: Outcome
  /** Any JSON; what the tool answered, or its error. */
  readonly result: unknown
  /** Items of the run's checklist closed so far, by the agent's own count. Left out: it has none. */
  readonly closed?: number | null | undefined
}
