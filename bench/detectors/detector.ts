import { defaultSettings, next, type Observation, startState } from '@holdpoint/rules'

/** Watches one run: after each observation a number, higher where the run looks worse. */
export interface Detector {
  readonly name: string
  readonly watch: () => (seen: Observation) => number
}

/** The score of packages/rules with its default settings; 1 where it found something. */
export const score: Detector = {
  name: 'score',
  watch() {
    let state = startState
    return (seen) => {
      const after = next(state, seen, defaultSettings)
      state = after.state
      return after.verdict.score
    }
  },
}

/** What the default thresholds say: 1 or 0. */
export const found: Detector = {
  name: 'found',
  watch() {
    let state = startState
    return (seen) => {
      const after = next(state, seen, defaultSettings)
      state = after.state
      return after.verdict.found === null ? 0 : 1
    }
  },
}

/** How many calls the run has made. */
export const length: Detector = {
  name: 'length alone',
  watch() {
    let calls = 0
    return () => (calls += 1)
  },
}

/** How often the call just made was made in this run, exactly as it is, whatever it answered. */
export const sameCall: Detector = {
  name: 'same call N times',
  watch() {
    const times = new Map<string, number>()
    return ({ tool, arguments: asked }) => {
      const call = JSON.stringify([tool, asked])
      const count = (times.get(call) ?? 0) + 1
      times.set(call, count)
      return count
    }
  },
}
