import { existsSync } from 'node:fs'
import { join } from 'node:path'

import { readRecordings } from '@holdpoint/recordings'

import { type Beside, type Benchmark, CannotMeasure, type Report, type Row } from '../report.ts'
import type { Case } from './case.ts'
import { type Detector, found, length, sameCall, score } from './detector.ts'
import {
  auc,
  aucAtEqualLength,
  bestThreshold,
  byOpinion,
  byRun,
  hits,
  type Sample,
} from './figures.ts'
import { tauBenchCase } from './tau-bench.ts'
import { whoAndWhenCase } from './who-and-when.ts'

const besides = [length, sameCall]
/** What people set who count calls: the third time is one too many. */
const USUAL_N = 3

/** How well the drift score tells failed runs from good ones, beside two detectors that need no rules. */
export const detectors: Benchmark = async ({ corpus }) => {
  const folder = corpus ?? join(import.meta.dirname, '../../../shared/data')
  const tau = await tauBenchCases(join(folder, 'tau-bench'))
  const who = await whoAndWhenCases(join(folder, 'who-and-when'))
  // A folder that is not the right one has no figures, and is not told as one with none to tell.
  if (tau === null && who === null) {
    throw new CannotMeasure(
      `${folder} has no recorded runs: expected a folder tau-bench or who-and-when in it (--corpus FOLDER). Nothing was measured.`,
    )
  }
  const skipped = [
    ...(tau === null ? [`Skipped tau-bench: there is no folder of it in ${folder}.`] : []),
    ...(who === null ? [`Skipped who-and-when: there is no folder of it in ${folder}.`] : []),
  ]
  const report: Report = {
    title: 'Detectors on recorded runs',
    peers: besides.map(({ name }) => name),
    rows: [
      ...(tau === null ? [] : judged('failed runs, tau-bench airline', tau, byRun)),
      ...(who === null ? [] : judged('moments said to be in a loop, who-and-when', who, byOpinion)),
      ...(who === null ? [] : flagged('failed runs flagged, who-and-when', who)),
    ],
    notes: [...skipped, ...notes],
  }
  return report
}

async function tauBenchCases(folder: string): Promise<Case[] | null> {
  return existsSync(folder) ? (await readRecordings(folder)).map(tauBenchCase) : null
}

async function whoAndWhenCases(folder: string): Promise<Case[] | null> {
  if (!existsSync(folder)) return null
  const parts = ['Hand-Crafted', 'Algorithm-Generated'].map((name) => join(folder, name))
  const read = await Promise.all(parts.filter((part) => existsSync(part)).map(readRecordings))
  return read.length === 0 ? null : read.flat().map(whoAndWhenCase)
}

type Sampling = (cases: readonly Case[], detector: Detector) => Sample[]

/** AUC, and precision and recall at two thresholds: the usual one, and the best of the other half. */
function judged(what: string, cases: readonly Case[], sampling: Sampling): Row[] {
  const tuning = cases.filter(({ half }) => half === 'tuning')
  const report = cases.filter(({ half }) => half === 'report')
  const samples = sampling(report, score)
  const bad = samples.filter((each) => each.bad).length
  const areas = (detector: Detector) => auc(sampling(report, detector))
  const apart = (detector: Detector) => aucAtEqualLength(sampling(report, detector))
  const chosen = (detector: Detector) =>
    hits(sampling(report, detector), bestThreshold(sampling(tuning, detector)))
  const usual = hits(sampling(report, found), 1)
  const counted = hits(sampling(report, sameCall), USUAL_N)
  return [
    row(`${what}: ${bad} of ${samples.length}`, '', []),
    row(
      '  AUC (± standard error)',
      shownArea(areas(score)),
      besides.map((detector) => ({
        value: shownArea(areas(detector)),
        ratio: ratio(areas(score).area, areas(detector).area),
      })),
    ),
    row(
      '  AUC among those of equal length (± 1 call)',
      apart(score).toFixed(2),
      besides.map((detector) => ({
        value: apart(detector).toFixed(2),
        ratio: ratio(apart(score), apart(detector)),
      })),
    ),
    row(
      `  good ones called bad, default thresholds; N = ${USUAL_N}`,
      alarms(sampling(report, found), 1),
      [undefined, { value: alarms(sampling(report, sameCall), USUAL_N), ratio: '' }],
    ),
    ...(['precision', 'recall'] as const).flatMap((figure) => [
      row(`  ${figure}, default thresholds; N = ${USUAL_N}`, percent(usual[figure]), [
        undefined,
        beside(usual[figure], counted[figure]),
      ]),
      row(
        `  ${figure}, threshold of best F1 on the other half`,
        percent(chosen(score)[figure]),
        besides.map((detector) => beside(chosen(score)[figure], chosen(detector)[figure])),
      ),
    ]),
  ]
}

/** A corpus of failed runs alone says how many are seen, not how many good ones would be. */
function flagged(what: string, cases: readonly Case[]): Row[] {
  const report = cases.filter(({ half }) => half === 'report')
  const usual = hits(byRun(report, found), 1).recall
  const counted = hits(byRun(report, sameCall), USUAL_N).recall
  return [
    row(`${what}: all of ${report.length}`, '', []),
    row(`  recall, default thresholds; N = ${USUAL_N}`, percent(usual), [
      undefined,
      beside(usual, counted),
    ]),
  ]
}

const row = (what: string, ours: string, others: readonly (Beside | undefined)[]): Row => ({
  what,
  ours,
  beside: others,
})

const beside = (ours: number, theirs: number): Beside => ({
  value: percent(theirs),
  ratio: ratio(ours, theirs),
})

const ratio = (ours: number, theirs: number): string =>
  Number.isFinite(ours / theirs) ? (ours / theirs).toFixed(2) : '-'

const percent = (share: number): string =>
  Number.isFinite(share) ? `${(share * 100).toFixed(0)}%` : 'none called'

function alarms(samples: readonly Sample[], least: number): string {
  const good = samples.filter(({ bad }) => !bad)
  return `${good.filter(({ value }) => value >= least).length} of ${good.length}`
}

const shownArea = ({ area, error }: { area: number; error: number }): string =>
  `${area.toFixed(2)} ± ${error.toFixed(2)}`

const notes = [
  'Higher is better; ratio is Holdpoint against the detector beside it.',
  'Figures are of one half of each corpus; thresholds of best F1 were chosen on the other (tau-bench is halved by task).',
  'A run is judged by its worst moment; length is counted in calls, and known only when a run has ended.',
  'A precision that equals the share of bad ones, with a recall of 100%, is a threshold that calls all bad.',
  'Opinions are those of the orchestrating model itself. What was chosen on which half: docs/drift.md.',
]
