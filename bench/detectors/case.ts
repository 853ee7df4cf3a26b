import type { Observation } from '@holdpoint/rules'

/** A recorded run as the detectors see it: what it did, and in between what someone said of it. */
export interface Case {
  readonly happened: readonly (Did | Said)[]
  readonly failed: boolean
  /** Runs of one task stay together: the half that thresholds are chosen on never holds a task of the other. */
  readonly half: 'tuning' | 'report'
}

export interface Did {
  readonly did: Observation
}

/** Somebody's opinion at this moment: is the run going round in circles? */
export interface Said {
  readonly inLoop: boolean
}

/** An observation of a corpus without times: one second after the other. */
export const observation = (
  nth: number,
  given: Pick<Observation, 'tool' | 'arguments' | 'result'>,
): Did => ({
  did: { ref: String(nth), at: nth * 1000, step: null, outcome: 'ok', ...given },
})
