import type { Instant } from './run.ts'

/** `unread`: it could not be told; that is no verdict on what it is about. */
export const healthVerdicts = ['ok', 'look', 'bad', 'unread'] as const
export type HealthVerdict = (typeof healthVerdicts)[number]

/** One cheap fact about how Holdpoint itself does. */
export interface HealthFact {
  /** Stays the same from version to version: for monitors. */
  readonly id: string
  readonly title: string
  readonly verdict: HealthVerdict
  /** What is so, in a sentence. */
  readonly says: string
  /** What to do about it; null where there is nothing to do. */
  readonly toDo: string | null
}

export interface SystemHealth {
  /** By the database's clock where it answers, else by the server's. */
  readonly at: Instant
  readonly version: string
  readonly startedAt: Instant
  readonly facts: readonly HealthFact[]
}
