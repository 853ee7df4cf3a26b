import type {
  FinalStatus,
  FleetHistory,
  FleetSample,
  HistoryWindow,
  RunState,
} from '@holdpoint/protocol'

/** States of runs that have not ended, from the bottom: trouble lies at the base, where its thickness can be read. */
export const stackOrder = [
  'lost',
  'needs_approval',
  'paused',
  'queued',
  'approved',
  'waiting',
  'running',
] as const satisfies readonly RunState[]
export type StackedState = (typeof stackOrder)[number]

const endings = ['failed', 'killed', 'complete'] as const satisfies readonly FinalStatus[]

export const windowMs: Record<HistoryWindow, number> = {
  '1h': 3_600_000,
  '24h': 86_400_000,
  '7d': 7 * 86_400_000,
}

interface Gap {
  readonly from: number
  readonly to: number
}

/** One instant: how many were in each state. Null in all of them: nobody looked, which is not zero. */
type Point = Readonly<Record<StackedState, number | null>> & { readonly at: number }

/** What ended between the instant before and this one. */
type EndedPoint = Readonly<Record<FinalStatus, number>> & { readonly at: number }

export interface Shaped {
  readonly from: number
  readonly to: number
  readonly points: readonly Point[]
  readonly ended: readonly EndedPoint[]
  readonly gaps: readonly Gap[]
  /** States that some run was in, from the bottom of the stack. */
  readonly states: readonly StackedState[]
  readonly endings: Readonly<Record<FinalStatus, number>>
  /** Of the last sample: what ended later is not counted yet. Null without one. */
  readonly countedTo: number | null
}

const atOf = (sample: FleetSample): number => Date.parse(sample.at)

const stacked = (at: number, of: (state: StackedState) => number | null): Point =>
  ({ at, ...Object.fromEntries(stackOrder.map((state) => [state, of(state)])) }) as Point

/** Two samples may be a little further apart than they say; beyond this nobody looked in between. */
const slack = 1.5

/** Samples as they are drawn in a window that ends now (ms): gaps stay gaps. */
export function shaped(history: FleetHistory, window: HistoryWindow, now: number): Shaped {
  const from = now - windowMs[window]
  const samples = history.samples.filter((sample) => atOf(sample) >= from)
  const points: Point[] = []
  const gaps: Gap[] = []
  let before = from
  for (const sample of samples) {
    const at = atOf(sample)
    if (at - before > history.everyMs * slack) {
      gaps.push({ from: before, to: at })
      points.push(stacked((before + at) / 2, () => null))
    }
    points.push(stacked(at, (state) => sample.counts[state] ?? 0))
    before = at
  }
  if (samples.length > 0 && now - before > history.everyMs * slack + 15_000)
    gaps.push({ from: before, to: now })
  return {
    from,
    to: now,
    points,
    gaps,
    ended: samples.map((sample) => ({ at: atOf(sample), ...sample.ended })),
    states: stackOrder.filter((state) => samples.some(({ counts }) => (counts[state] ?? 0) > 0)),
    countedTo: samples.length === 0 ? null : before,
    endings: Object.fromEntries(
      endings.map((status) => [
        status,
        samples.reduce((sum, sample) => sum + sample.ended[status], 0),
      ]),
    ) as Record<FinalStatus, number>,
  }
}

/** All that had not ended, instant by instant; null in a gap. */
export const totals = ({ points }: Shaped): readonly (number | null)[] =>
  points.map((point) =>
    stackOrder.reduce<number | null>((sum, state) => {
      const n = point[state]
      return sum === null || n === null ? null : sum + n
    }, 0),
  )

/** At most so many points, evenly chosen, the last among them: what a table can say of a chart. */
export function evenly<T>(all: readonly T[], most: number): readonly T[] {
  if (all.length <= most) return all
  const step = (all.length - 1) / (most - 1)
  return Array.from({ length: most }, (_, nth) => all[Math.round(nth * step)]).flatMap(
    (each) => each ?? [],
  )
}
