import type { DriftPoint, DriftSignal } from '@holdpoint/protocol'

const words: Readonly<Record<string, string>> = {
  repeats: 'repeats',
  cycles: 'cycle',
  novelty: 'nothing new',
  errors: 'errors',
  states: 'known states',
  progress: 'no progress',
}

/** The name of a signal in words; one that is not known yet keeps its own. */
export const signalWord = (name: string): string => words[name] ?? name

/** The signal that is strongest at a point; null at one where nothing is held against the run. */
export const strongest = ({ signals }: DriftPoint): DriftSignal | null =>
  signals.reduce<DriftSignal | null>(
    (most, signal) => (most === null || signal.value > most.value ? signal : most),
    null,
  )

/** The point that is chosen: by its event, else the highest of the newest. */
export function pointAt(points: readonly DriftPoint[], seq: number | undefined): DriftPoint | null {
  if (seq !== undefined) {
    const at = points.findLast((point) => point.seq <= seq)
    if (at !== undefined) return at
  }
  return points.reduce<DriftPoint | null>(
    (most, point) => (most === null || point.score >= most.score ? point : most),
    null,
  )
}

/** Two places of a signal to be laid side by side: the first that it stands on and the last. */
export function sides({ evidence }: DriftSignal): readonly [number, number] | null {
  const [first] = evidence
  const last = evidence.at(-1)
  return first === undefined || last === undefined || first === last ? null : [first, last]
}

export const scoreText = (score: number): string => score.toFixed(2)
