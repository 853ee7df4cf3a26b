/** What the score is made of. */
export const signalNames = ['repeats', 'cycles', 'novelty', 'errors', 'states', 'progress'] as const
export type SignalName = (typeof signalNames)[number]

export interface Signal {
  readonly name: SignalName
  /** 0: nothing of the kind. 1: as bad as it gets. */
  readonly value: number
  /** The `ref` of each observation it stands on, oldest first; at most 12. */
  readonly evidence: readonly string[]
  /** One sentence for people. */
  readonly why: string
}

/** The two stop reasons that a verdict can ask for. */
export type Finding = 'LOOP_DETECTED' | 'DRIFT_DETECTED'

export interface Verdict {
  /** 0: the run goes somewhere. 1: it does not. */
  readonly score: number
  /** Every signal, in the order of `signalNames`. */
  readonly signals: readonly Signal[]
  /** What the thresholds say. It repeats with each observation while it is so. */
  readonly found: Finding | null
}
