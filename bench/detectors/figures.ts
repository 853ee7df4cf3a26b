import type { Case } from './case.ts'
import type { Detector } from './detector.ts'

/** Something to be told apart: how bad it looked, and whether it was. */
export interface Sample {
  readonly value: number
  readonly bad: boolean
  /** Calls that the run had made by then. */
  readonly calls: number
}

/** One sample a run: its worst moment, and whether it failed. */
export const byRun = (cases: readonly Case[], detector: Detector): Sample[] =>
  cases.map(({ happened, failed }) => {
    const see = detector.watch()
    const values = happened.map((each) => ('did' in each ? see(each.did) : 0))
    const calls = happened.filter((each) => 'did' in each).length
    return { value: Math.max(0, ...values), bad: failed, calls }
  })

/** One sample an opinion: how the run looked just before, and whether it was said to be in a loop. */
export const byOpinion = (cases: readonly Case[], detector: Detector): Sample[] =>
  cases.flatMap(({ happened }) => {
    const see = detector.watch()
    let value = 0
    let calls = 0
    return happened.flatMap((each) => {
      if (!('did' in each)) return [{ value, bad: each.inLoop, calls }]
      value = see(each.did)
      calls += 1
      return []
    })
  })

/**
 * Area under the ROC curve: how often something bad has the higher value than something good, ties
 * counting half (Mann-Whitney U). `error` is its standard error after Hanley and McNeil, 1982.
 */
export function auc(samples: readonly Sample[]): { area: number; error: number } {
  const bad = samples.filter((each) => each.bad)
  const good = samples.filter((each) => !each.bad)
  const won = bad.flatMap(({ value }) =>
    good.map((other): number => (value > other.value ? 1 : value === other.value ? 0.5 : 0)),
  )
  const area = won.reduce((sum, each) => sum + each, 0) / won.length
  const spread =
    area * (1 - area) +
    (bad.length - 1) * (area / (2 - area) - area ** 2) +
    (good.length - 1) * ((2 * area ** 2) / (1 + area) - area ** 2)
  return { area, error: Math.sqrt(spread / won.length) }
}

export interface Hits {
  readonly precision: number
  readonly recall: number
}

/** The same among those alone that had made as many calls, or one more or less: what length cannot tell. */
export function aucAtEqualLength(samples: readonly Sample[]): number {
  const won = samples
    .filter(({ bad }) => bad)
    .flatMap(({ value, calls }) =>
      samples
        .filter((other) => !other.bad && Math.abs(other.calls - calls) <= 1)
        .map((other): number => (value > other.value ? 1 : value === other.value ? 0.5 : 0)),
    )
  return won.reduce((sum, each) => sum + each, 0) / won.length
}

/** Of what is called bad from `least` on, how much is; of what is bad, how much is called so. */
export function hits(samples: readonly Sample[], least: number): Hits {
  const called = samples.filter(({ value }) => value >= least)
  const right = called.filter(({ bad }) => bad).length
  return {
    precision: right / called.length,
    recall: right / samples.filter(({ bad }) => bad).length,
  }
}

/** The threshold with the best F1, the harmonic mean of precision and recall, on these samples. */
export function bestThreshold(samples: readonly Sample[]): number {
  const f1 = (least: number): number => {
    const { precision, recall } = hits(samples, least)
    return precision + recall > 0 ? (2 * precision * recall) / (precision + recall) : 0
  }
  const values = [...new Set(samples.map(({ value }) => value))]
  return values.reduce((best, value) => (f1(value) > f1(best) ? value : best), Infinity)
}
