import type { AgentId, DetectionId, RunId } from './ids.ts'
import type { Instant } from './run.ts'

/** What a score is made of: one thing that the rules look at, from 0 to 1. */
export interface DriftSignal {
  readonly name: string
  readonly value: number
  /** Events of the run that it stands on, oldest first. */
  readonly evidence: readonly number[]
  readonly why: string
}

/** The score after one action of a run, 0 (it goes somewhere) to 1 (it does not); signals of value 0 are left out. */
export interface DriftPoint {
  /** The event that it was computed after. */
  readonly seq: number
  readonly at: Instant
  readonly score: number
  readonly signals: readonly DriftSignal[]
}

export type DriftFinding = 'LOOP_DETECTED' | 'DRIFT_DETECTED'

/** What a rule found in a run, where its agent's policy asked for it. */
export interface Detection {
  readonly id: DetectionId
  readonly runId: RunId
  readonly agentId: AgentId
  readonly finding: DriftFinding
  /** The signal that weighed most. */
  readonly rule: string
  readonly seq: number
  readonly score: number
  readonly why: string
  readonly evidence: readonly number[]
  readonly policyVersion: number
  readonly foundAt: Instant
  /** Whether it held the run, and whether that hold is still open. */
  readonly held: boolean
  readonly open: boolean
  readonly verdict: 'right' | 'wrong' | null
  readonly verdictBy: string | null
  readonly verdictWhy: string | null
  readonly verdictAt: Instant | null
}

/** One version of what an agent's runs are judged by. Version 0 is what an agent has that nobody gave one. */
export interface DriftPolicy {
  readonly agentId: AgentId
  readonly version: number
  /** As it was written; what is left out has its default, and a threshold that is left out is never reached. */
  readonly settings: Readonly<Record<string, unknown>>
  /** False: what is found is shown, and the run goes on. */
  readonly holds: boolean
  readonly author: string | null
  readonly why: string | null
  readonly madeAt: Instant | null
}

/** Of an agent that nobody gave a policy for drift: its runs are scored, and nothing is found. */
export const noDriftPolicy = (agentId: string): DriftPolicy => ({
  agentId: agentId as AgentId,
  version: 0,
  settings: {},
  holds: false,
  author: null,
  why: null,
  madeAt: null,
})

/** What a run did at one event that a score stands on; arguments and result are the agent's words. */
export interface DriftStep {
  readonly seq: number
  readonly at: Instant
  readonly step: string | null
  /** Null for a step that called no tool. */
  readonly tool: string | null
  readonly actionId: string | null
  readonly arguments: unknown
  readonly outcome: 'ok' | 'failed' | 'unknown'
  readonly result: unknown
}

/** What a policy would have met in the runs of the last days. */
export interface DriftPreview {
  /** Why these settings cannot be used; nothing was replayed then. */
  readonly refused: string | null
  readonly runs: number
  readonly actions: number
  /** There were more runs or events than were replayed; the newest were. */
  readonly cut: boolean
  readonly found: readonly DriftPreviewRun[]
}

export interface DriftPreviewRun {
  readonly runId: RunId
  readonly goal: string | null
  readonly status: string
  readonly finding: DriftFinding
  readonly seq: number
  readonly at: Instant
  readonly score: number
  readonly why: string
  /** Actions of the run up to there, and of all. */
  readonly after: number
  readonly of: number
}
