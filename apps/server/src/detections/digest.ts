import type { ParsedPolicy } from './drift-policies.ts'
import type { Memory, Point } from './memory.ts'
import { observe, type Told } from './observe.ts'

/** What goes to the database after some events of a run were taken in: the argument of `record_drift`. */
export interface Fed {
  readonly fromSeq: number
  readonly toSeq: number
  readonly memory: Memory | null
  readonly score: number | null
  readonly points: readonly StoredPoint[]
  /** Nothing is found at present. */
  readonly calm: boolean
  readonly found: Found | null
}

interface StoredPoint {
  readonly seq: number
  readonly at: string
  readonly score: number
  readonly signals: readonly object[]
}

interface Found {
  readonly finding: string
  readonly rule: string
  readonly seq: number
  readonly at: string
  readonly score: number
  readonly why: string
  readonly evidence: readonly string[]
  readonly version: number
}

const instant = (ms: number): string => new Date(ms).toISOString()

const stored = ({ seq, at, score, signals }: Point): StoredPoint => ({
  seq,
  at: instant(at),
  score,
  signals: signals
    .filter(({ value }) => value > 0)
    .map((signal) => ({ ...signal, evidence: signal.evidence.map(Number) })),
})

/**
 * Takes the next events of a run in. What is found is told with the last of them only, where `more` says that no more
 * are known: what a run did an hour ago, while nobody looked, does not hold it now.
 */
export function digest(
  before: Memory,
  fromSeq: number,
  events: readonly Told[],
  { settings, version }: ParsedPolicy,
  more: boolean,
): Fed {
  let memory = before
  const points: StoredPoint[] = []
  for (const event of events) {
    const taken = observe(memory, event, settings)
    memory = taken.memory
    if (taken.point !== null) points.push(stored(taken.point))
  }
  const last = events.at(-1)
  const over = last?.over ?? false
  const { standing } = memory
  const isFound = (standing?.found ?? null) !== null
  const tells = isFound && !more && !over && !memory.held && memory.reported !== version
  if (tells) memory = { ...memory, reported: version }
  return {
    fromSeq,
    toSeq: last?.seq ?? fromSeq,
    // Nothing more comes of a run that is over.
    memory: over ? null : memory,
    // Once a person resumed a run nothing is held against it, until it does something again.
    score: standing?.score ?? (before.standing === null ? null : 0),
    points,
    calm: !isFound || over,
    found: tells && standing !== null ? finding(standing, version) : null,
  }
}

function finding(point: Point, version: number): Found {
  const loops = ['repeats', 'cycles']
  const told = point.signals
    .filter(({ name }) => point.found === 'DRIFT_DETECTED' || loops.includes(name))
    .toSorted((a, b) => b.value - a.value)
  return {
    finding: point.found ?? '',
    rule: point.found === 'DRIFT_DETECTED' ? 'score' : (told[0]?.name ?? ''),
    seq: point.seq,
    at: instant(point.at),
    score: point.score,
    why:
      point.found === 'DRIFT_DETECTED'
        ? `drift ${point.score.toFixed(2)}: ${told
            .slice(0, 2)
            .map(({ why }) => why)
            .join(' ')}`
        : (told[0]?.why ?? ''),
    evidence: [...new Set(told.slice(0, 2).flatMap(({ evidence }) => evidence))].toSorted(
      (a, b) => Number(a) - Number(b),
    ),
    version,
  }
}
