/** A tool that is asked again and again until its answer changes: the state of a job, a queue, a build. */
export interface PollSettings {
  /** Milliseconds for which the same answer may be asked for again. */
  readonly windowMs: number
  /** How many times in a row the same answer may come back, within that window. */
  readonly bound: number
}

export interface ToolSettings {
  readonly poll: PollSettings | null
  /** Keys of arguments and results that never count, at any depth; case does not matter. */
  readonly ignore: readonly string[]
  /** Keys whose values always count as they are, ids and all. */
  readonly subjects: readonly string[]
  /**
   * A "success" whose result holds one of these texts counts as a failure. They are looked for in the
   * result as compact JSON, without its volatile parts: `"status":"rejected"`.
   */
  readonly failsWhen: readonly string[]
}

/** Thresholds of one agent. What is left out has the default of `defaultSettings`. */
export interface Settings {
  /** LOOP_DETECTED once repeats or cycles reach this, 0 to 1. Null: never. */
  readonly loopAt: number | null
  /** DRIFT_DETECTED once the score reaches this, 0 to 1. Null: never. */
  readonly driftAt: number | null
  /** No DRIFT_DETECTED before so many observations since the last progress. */
  readonly driftAfter: number
  /** The same arguments with the same outcome, so many times: `repeats` is 1. */
  readonly repeats: number
  /** A cycle of two to five actions, so many times around: `cycles` is 1. */
  readonly cycles: number
  /** So many failures in a row: `errors` is 1. */
  readonly errors: number
  /** `novelty` looks at so many last results. */
  readonly noveltyOver: number
  /** `states` looks at so many last actions. */
  readonly statesOver: number
  /** So many observations without an item of the checklist closed: `progress` is 1. */
  readonly patience: number
  /** How much of the score one signal alone can make, 0 to 1. */
  readonly weights: Weights
  /** By the tool's name. */
  readonly tools: Readonly<Record<string, ToolSettings>>
}

export interface Weights {
  readonly repeats: number
  readonly cycles: number
  readonly novelty: number
  readonly errors: number
  readonly states: number
  readonly progress: number
}

/** The window that a state keeps: no bound can reach beyond it. */
export const WINDOW = 64

export const defaultTool: ToolSettings = { poll: null, ignore: [], subjects: [], failsWhen: [] }

export const defaultPoll: PollSettings = { windowMs: 15 * 60_000, bound: 200 }

export const defaultSettings: Settings = {
  loopAt: 1,
  driftAt: 0.8,
  driftAfter: 8,
  repeats: 5,
  cycles: 4,
  errors: 5,
  noveltyOver: 12,
  statesOver: 16,
  patience: 40,
  weights: { repeats: 0.7, cycles: 0.9, novelty: 0.5, errors: 0.5, states: 0.4, progress: 0.4 },
  tools: {},
}
