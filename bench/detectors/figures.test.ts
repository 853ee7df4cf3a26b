import { describe, expect, test } from 'vitest'

import {
  auc,
  aucAtEqualLength,
  bestThreshold,
  byOpinion,
  byRun,
  hits,
  type Sample,
} from './figures.ts'

const sample = (value: number, bad: boolean, calls = 1): Sample => ({ value, bad, calls })

const f1 = ({ precision, recall }: { precision: number; recall: number }): number =>
  (2 * precision * recall) / (precision + recall)

describe('the area under the ROC curve', () => {
  test('is 1 where all that is bad looks worse, 0 the other way round, a half where nothing tells them apart', () => {
    const apart = [sample(0.9, true), sample(0.8, true), sample(0.2, false), sample(0.1, false)]
    expect(auc(apart).area).toBe(1)
    expect(auc(apart.map(({ bad, ...rest }) => ({ ...rest, bad: !bad }))).area).toBe(0)
    expect(auc([sample(1, true), sample(1, false)]).area).toBe(0.5)
  })

  test('counts pairs, ties by half; its error is that of Hanley and McNeil', () => {
    // Of six pairs four are won and one is a tie.
    const samples = [
      sample(0.9, true),
      sample(0.5, true),
      sample(0.9, false),
      sample(0.4, false),
      sample(0.1, false),
    ]
    const { area, error } = auc(samples)
    expect(area).toBeCloseTo((4 + 0.5) / 6, 10)
    const q1 = area / (2 - area)
    const q2 = (2 * area ** 2) / (1 + area)
    const spread = (area * (1 - area) + (q1 - area ** 2) + 2 * (q2 - area ** 2)) / 6
    expect(error).toBeCloseTo(Math.sqrt(spread), 10)
  })

  test('among those of equal length compares no others', () => {
    const samples = [
      sample(0.9, true, 50),
      sample(0.2, true, 3),
      sample(0.1, false, 4),
      sample(0.5, false, 10),
    ]
    expect(auc(samples).area).toBe(0.75)
    expect(aucAtEqualLength(samples)).toBe(1)
  })
})

describe('precision and recall', () => {
  const samples = [
    sample(0.9, true),
    sample(0.6, true),
    sample(0.7, false),
    sample(0.1, true),
    sample(0.2, false),
  ]

  test('are shares of what is called, and of what is bad', () => {
    expect(hits(samples, 0.6)).toEqual({ precision: 2 / 3, recall: 2 / 3 })
    expect(hits(samples, 0)).toEqual({ precision: 3 / 5, recall: 1 })
    expect(hits(samples, 2)).toEqual({ precision: Number.NaN, recall: 0 })
  })

  test('are best together at the threshold of the best F1', () => {
    const best = f1(hits(samples, bestThreshold(samples)))
    for (const { value } of samples) expect(best).toBeGreaterThanOrEqual(f1(hits(samples, value)))
    expect(bestThreshold(samples)).toBe(0.1)
  })
})

test('a run is judged by its worst moment, an opinion by what had happened before it', () => {
  const counting = {
    name: 'calls',
    watch: () => {
      let n = 0
      return () => (n += 1)
    },
  }
  const did = {
    did: { ref: '1', at: 0, step: null, tool: 't', arguments: 1, outcome: 'ok', result: 2 },
  } as const
  const happened = [did, { inLoop: false }, did, did, { inLoop: true }]
  const cases = [{ happened, failed: true, half: 'report' as const }]
  expect(byRun(cases, counting)).toEqual([sample(3, true, 3)])
  expect(byOpinion(cases, counting)).toEqual([sample(1, false, 1), sample(3, true, 3)])
})
