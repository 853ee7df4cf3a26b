import { toJson } from './json.ts'
import { limitsJson } from './limits.ts'
import { shortText } from './payload.ts'
import { redactSecrets } from './redact.ts'

export type Memory = Record<string, unknown>

/** What a run is, as people will see it. `M` is the type of its memory. */
export interface RunSpec<M extends object = Memory> {
  /** Who works: the name that its login may act as. A child has its parent's unless given. */
  readonly agent?: string
  /** What it is for, one sentence. */
  readonly goal?: string
  /** A named kind of run: what the worker that takes it must be able to do. */
  readonly skill?: string
  /** The run is pinned to it: a worker of another version goes on with it only where it says that it can. */
  readonly skillVersion?: string
  readonly labels?: Readonly<Record<string, string>>
  readonly limits?: RunLimits
  /** A UUID: the same one twice is one run. */
  readonly runId?: string
  /** The run that this one belongs to: killed with it. */
  readonly parentId?: string
  /** Name of a child within its parent: the same child is found again after a restart. */
  readonly childKey?: string
  /** The memory to begin with: its input. A run that is claimed again has its own. */
  readonly memory?: M
  /** The loop whose firing it is, as declared by this agent. */
  readonly loop?: string
  /** When that firing was due; one that no schedule asked for has none. */
  readonly dueAt?: Date
}

/** How a run is carried by this process, beside what it is. */
export interface CarryOptions {
  /** Other versions of the skill whose runs this code can go on with. */
  readonly resumes?: readonly string[] | undefined
  /**
   * What to do while the run is held: wait in this process (the default), or let go of it after so many milliseconds,
   * so that any worker goes on once nothing holds it. A run with children in this process waits with them.
   */
  readonly onHold?: OnHold | undefined
}

export type OnHold = 'wait' | { readonly exitAfterMs: number }

/** What the run is allowed to use. */
export interface RunLimits {
  readonly tokens?: number
  readonly costUsd?: number
  readonly steps?: number
  readonly deadline?: Date
}

/** The version a worker has, and those that it can go on with, as `claim_run` and `claim_next` take it. */
export interface Can {
  readonly version?: string | undefined
  readonly resumes?: readonly string[] | undefined
}

export const canOf = (spec: RunSpec<object> & CarryOptions): Can | null =>
  spec.skillVersion === undefined && spec.resumes === undefined
    ? null
    : { version: spec.skillVersion, resumes: spec.resumes }

/** The run as `start_run` and `enqueue_run` take it. @throws RangeError for limits that limit nothing */
export const specJson = (
  spec: RunSpec<object>,
  of: { readonly id: string; readonly agent: string; readonly parentId?: string | undefined },
): object => ({
  runId: of.id,
  agentId: of.agent,
  goal: spec.goal === undefined ? undefined : shortText(spec.goal, 4000),
  skill: spec.skill,
  skillVersion: spec.skillVersion,
  parentId: spec.parentId ?? of.parentId,
  labels: spec.labels && redactSecrets(toJson(spec.labels)),
  limits: limitsJson(spec.limits),
  loop: spec.loop,
  dueAt: spec.dueAt?.toISOString(),
  engine: 'sdk',
})
