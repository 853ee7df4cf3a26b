import {
  eventKinds,
  standingOf,
  standings,
  type EventIndex,
  type EventKind,
  type RunEvent,
  type Standing,
} from '@holdpoint/protocol'

const firstRoom = 1024
const kindCode = new Map(eventKinds.map((kind, index) => [kind, index + 1]))
const letters = Object.keys(standings) as Standing[]
const letterCode = new Map(letters.map((letter, index) => [letter, index + 1]))
const began = 128

/** A stretch of sequences that is not known yet: `after` < seq <= `after` + `limit`. */
export interface Gap {
  readonly after: number
  readonly limit: number
}

/**
 * All events of a run in columns of numbers: 10 bytes each and nothing for a garbage collector to walk.
 * Sequences are dense from 1, so a run's last one says how many there are before any is known.
 */
export class EventColumns {
  /** Events of the run, known here or not. */
  count = 0
  /** Grows with each change. */
  version = 0
  /** 0: not known yet. */
  #kinds = new Uint8Array(firstRoom)
  #standings = new Uint8Array(firstRoom)
  #micros = new Float64Array(firstRoom)
  /** The newest sequence that may be unknown; everything after it is known. */
  #unknownUpTo = 0
  #lastStep: { readonly seq: number; readonly step: string | null } | null = null

  /** Takes events of the stream, ascending. Whether the first of them began a step shows only beside the one before. */
  add(events: readonly RunEvent[]): void {
    for (const { seq, kind, at, state } of events) {
      const before = this.#lastStep
      this.#lastStep = { seq, step: state.step }
      if (seq > 1 && before?.seq !== seq - 1) {
        this.#reach(seq)
        continue
      }
      const changed = kind.startsWith('run.') && state.step !== (before?.step ?? null)
      this.#put(seq, kind, standingOf(state), kind === 'run.step' || changed, microsOf(at))
    }
    this.version += 1
  }

  /** The same events up to one of them: what is read of either is known to both. */
  upTo(seq: number): EventColumns {
    if (seq > this.count) {
      this.#reach(seq)
      this.#unknownUpTo = seq
    }
    const part = new EventColumns()
    part.count = seq
    part.version = 1
    part.#kinds = this.#kinds
    part.#standings = this.#standings
    part.#micros = this.#micros
    part.#unknownUpTo = Math.min(seq, this.#unknownUpTo)
    return part
  }

  clear(): void {
    this.count = 0
    this.version += 1
    this.#kinds.fill(0)
    this.#standings.fill(0)
    this.#unknownUpTo = 0
    this.#lastStep = null
  }

  load({ first, at, gaps, kinds, names, standing }: EventIndex): void {
    if (at === null) return
    const steps = JSON.parse(`[${gaps}]`) as number[]
    let micros = at
    for (let n = 0; n < standing.length; n += 1) {
      const letter = standing.charAt(n)
      micros += steps[n] ?? 0
      const small = letter.toLowerCase() as Standing
      const kind = names[kinds.charCodeAt(n) - 35] ?? 'run.progress'
      this.#put(first + n, kind, small, small !== letter, micros)
    }
    this.version += 1
  }

  kind(seq: number): EventKind | null {
    return eventKinds[(this.#kinds[seq] ?? 0) - 1] ?? null
  }

  /** How the run stood after the event; null: not known yet. */
  standing(seq: number): Standing | null {
    return letters[((this.#standings[seq] ?? 0) & ~began) - 1] ?? null
  }

  beganStep(seq: number): boolean {
    return ((this.#standings[seq] ?? 0) & began) !== 0
  }

  /** Microseconds since 1970; null: not known yet. */
  micros(seq: number): number | null {
    return this.#kinds[seq] === 0 ? null : (this.#micros[seq] ?? null)
  }

  /** The first event after one that is not known; null: all are. */
  unknownAfter(seq: number): number | null {
    if (seq >= this.#unknownUpTo) return null
    const next = this.#kinds.indexOf(0, seq + 1)
    return next === -1 || next > this.count ? null : next
  }

  /** The newest stretch that is not known, at most so long. */
  gap(most: number): Gap | null {
    let last = this.#unknownUpTo
    while (last > 0 && this.#kinds[last] !== 0) last -= 1
    this.#unknownUpTo = last
    if (last === 0) return null
    let after = last - 1
    while (after > 0 && last - after < most && this.#kinds[after] === 0) after -= 1
    return { after, limit: last - after }
  }

  /** The part of the history that is known, from 0 to 1. */
  get known(): number {
    if (this.gap(1) === null) return 1
    return this.count === 0 ? 0 : (this.count - this.#unknownUpTo) / this.count
  }

  #put(seq: number, kind: EventKind, letter: Standing, begins: boolean, micros: number): void {
    this.#reach(seq)
    this.#kinds[seq] = kindCode.get(kind) ?? 0
    this.#standings[seq] = (letterCode.get(letter) ?? 0) | (begins ? began : 0)
    this.#micros[seq] = micros
  }

  #reach(seq: number): void {
    if (seq <= this.count) return
    // A stream that skips some leaves a gap that is read like the rest.
    if (seq > this.count + 1 || this.#unknownUpTo === this.count) this.#unknownUpTo = seq
    this.count = seq
    if (seq < this.#kinds.length) return
    const room = Math.max(seq + 1, this.#kinds.length * 2)
    this.#kinds = grown(new Uint8Array(room), this.#kinds)
    this.#standings = grown(new Uint8Array(room), this.#standings)
    this.#micros = grown(new Float64Array(room), this.#micros)
  }
}

function grown<T extends Uint8Array | Float64Array>(to: T, from: T): T {
  to.set(from)
  return to
}

/** Microseconds since 1970 of an instant; `Date` keeps only milliseconds. */
export function microsOf(at: string): number {
  const fraction = /\.(\d+)/.exec(at)?.[1] ?? ''
  return Math.floor(Date.parse(at) / 1000) * 1e6 + Number(fraction.slice(0, 6).padEnd(6, '0'))
}

/** The instant in UTC with its microseconds. */
export function instantOf(micros: number): string {
  const second = new Date(Math.floor(micros / 1e6) * 1000).toISOString().slice(0, 19)
  return `${second}.${String(micros % 1e6).padStart(6, '0')}+00:00`
}
