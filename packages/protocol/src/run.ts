import type { AskedOfPerson } from './asked.ts'
import type { RunVerb } from './can.ts'
import type { EventKind } from './events.ts'
import type { HoldKind } from './holds.ts'
import type { AgentId, RunId } from './ids.ts'
import type { RunStatus } from './run-state.ts'
import type { StopReason } from './stop-reasons.ts'

/** An ISO 8601 instant with zone, microseconds kept: what Postgres' to_json writes. */
export type Instant = string

/** Declared waiting: not stalled before `until`. */
export interface WaitingOn {
  readonly kind: 'child' | 'job' | 'timer' | 'backoff'
  readonly what: string | null
  readonly until: Instant | null
}

/** A person's request and how far it got. A stage that has not been seen is null. */
export interface Control {
  readonly verb: RunVerb
  readonly by: string
  readonly why: string | null
  readonly requestedAt: Instant
  readonly deliveredAt: Instant | null
  readonly acknowledgedAt: Instant | null
  readonly quiescedAt: Instant | null
}

/** Money in USD, tokens as counts. */
export interface Spend {
  readonly tokensIn: number
  readonly tokensOut: number
  readonly costUsd: number
}

/** Null means: no limit was declared. */
export interface Limits {
  readonly tokens: number | null
  readonly costUsd: number | null
  readonly steps: number | null
  readonly deadline: Instant | null
}

/**
 * A run's small state, as each event carries it and as the fleet shows it. Made by the SQL function
 * `run_state`, sent to the browser unchanged. `goal`, `step`, `stopDetail` are the agent's words.
 */
export interface Run {
  readonly id: RunId
  readonly agentId: AgentId
  readonly parentId: RunId | null
  readonly rootId: RunId
  readonly goal: string | null
  readonly skill: string | null
  readonly skillVersion: string | null
  /** The scheduled loop whose firing it is. */
  readonly loop: string | null
  readonly labels: Readonly<Record<string, string>>
  readonly engine: string
  readonly worker: string | null
  readonly status: RunStatus
  readonly statusSince: Instant
  readonly heldBy: readonly HoldKind[]
  readonly stopReason: StopReason | null
  readonly stopDetail: string | null
  /** What it waits for a person to allow. Absent from events that were written before it was recorded. */
  readonly asks?: AskedOfPerson | null
  readonly step: string | null
  readonly stepSince: Instant | null
  readonly steps: number
  readonly tool: string | null
  readonly toolTarget: string | null
  readonly toolSince: Instant | null
  readonly waitingOn: WaitingOn | null
  readonly spend: Spend
  readonly limits: Limits
  readonly drift: number | null
  readonly control: Control | null
  readonly epoch: number
  readonly seq: number
  readonly lastEvent: { readonly kind: EventKind; readonly actor: string; readonly at: Instant }
  readonly createdAt: Instant
}
