import type {
  EventIndex,
  EventLine,
  Instant,
  Run,
  RunEvent,
  RunSnapshot,
  RunSpan,
} from '@holdpoint/protocol'

import { coalesce } from '../../live/coalesce.ts'
import { isFleetFrame, isFleetSnapshot, type StreamMessage } from '../../live/topic.ts'
import { BySequence } from './bySequence.ts'
import { EventColumns, microsOf } from './eventColumns.ts'
import { SpanBook } from './spanBook.ts'

/** Where a history is read from beside its stream. */
export interface HistorySource {
  index: (after: number, limit: number) => Promise<EventIndex>
  lines: (seqs: readonly number[]) => Promise<readonly EventLine[]>
  spans: (seqs: readonly number[]) => Promise<readonly RunSpan[]>
}

/** What changed when this changed is for the reader to find out: it reads only what is on screen. */
export interface RunView {
  readonly run: Run | null
  readonly asOf: Instant | null
  /** Grows with each drawing. */
  readonly drawing: number
}

/** Ms between two drawings in a burst; the first event after a quiet time is drawn at once. */
const drawEveryMs = 50
/** Events of one question for the index. */
const stretch = 16_384
const retryMs = 3000

/**
 * A run's whole history outside React. The stream brings the newest events and what happens; the index
 * brings a line of numbers for each older one; words are read for what is on screen.
 */
export class RunHistory {
  readonly columns: EventColumns
  readonly lines: BySequence<EventLine>
  readonly spans: SpanBook
  /** Why the index could not be read; asked again by itself. */
  problem: unknown = null
  readonly #source: HistorySource
  readonly #listeners = new Set<() => void>()
  readonly #changed: () => void
  #run: Run | null = null
  #asOf: Instant | null = null
  #view: RunView = { run: null, asOf: null, drawing: 0 }
  #filling = false
  #closed = false
  /** Grows when everything is forgotten: what was asked for before is an answer about something else. */
  #era = 0

  constructor(source: HistorySource, drawEvery = drawEveryMs, columns = new EventColumns()) {
    this.#source = source
    this.columns = columns
    this.#changed = coalesce(
      () => this.#draw(),
      () => drawEvery,
    )
    this.lines = new BySequence<EventLine>(async (seqs) => source.lines(seqs), this.#changed)
    this.spans = new SpanBook(async (seqs) => source.spans(seqs), this.#changed)
  }

  /** The run as of an instant, to the last of the events in the columns: nothing comes after it. */
  standAt(run: Run, asOf: Instant): void {
    this.#run = run
    this.#asOf = asOf
    this.#draw()
  }

  apply(message: StreamMessage): void {
    if (message.kind === 'snapshot' && !isFleetSnapshot(message.data)) this.#start(message.data)
    else if (message.kind === 'frame' && !isFleetFrame(message.data)) {
      const events = message.data.events.filter(({ seq }) => seq > this.columns.count)
      this.#hear(events)
      this.#set(events.at(-1)?.state ?? this.#run, message.data.asOf)
    } else return
    void this.#fill()
  }

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#closed = false
    this.#listeners.add(listener)
    void this.#fill()
    return () => {
      this.#listeners.delete(listener)
      this.#closed = this.#listeners.size === 0
    }
  }

  readonly view = (): RunView => this.#view

  #start({ run, events, asOf }: RunSnapshot): void {
    // Of a database that was restored to before what is held: nothing of that is true.
    if (run.seq < this.columns.count || events.some((event) => this.#differs(event))) this.#clear()
    const gap = (events[0]?.seq ?? 1) > this.columns.count + 1
    if (gap) this.spans.doubt()
    this.#hear(gap ? events : events.filter(({ seq }) => seq > this.columns.count))
    this.#set(run, asOf)
  }

  /** Another event is held under its number: the run went on differently after a restore. */
  #differs({ seq, at }: RunEvent): boolean {
    const held = seq > this.columns.count ? null : this.columns.micros(seq)
    return held !== null && held !== microsOf(at)
  }

  #clear(): void {
    this.#era += 1
    this.columns.clear()
    this.lines.clear()
    this.spans.clear()
  }

  #hear(events: readonly RunEvent[]): void {
    this.columns.add(events)
    for (const event of events) this.lines.put(lineOf(event))
    this.spans.hear(events, (seq) => this.columns.beganStep(seq))
  }

  #set(run: Run | null, asOf: Instant | null): void {
    this.#run = run
    this.#asOf = asOf
    this.#changed()
  }

  /** Reads what the index lacks, newest first: that is where people are. */
  async #fill(): Promise<void> {
    if (this.#filling) return
    this.#filling = true
    for (;;) {
      const gap = this.columns.gap(stretch)
      if (gap === null || this.#closed) break
      const era = this.#era
      try {
        const index = await this.#source.index(gap.after, gap.limit)
        if (era !== this.#era) continue
        this.columns.load(index)
        if (this.columns.gap(stretch)?.after === gap.after) throw new Error('the index has a hole')
        this.problem = null
        this.#changed()
      } catch (error) {
        this.problem = error
        this.#changed()
        await new Promise((resolve) => setTimeout(resolve, retryMs))
      }
    }
    this.#filling = false
  }

  #draw(): void {
    this.#view = { run: this.#run, asOf: this.#asOf, drawing: this.#view.drawing + 1 }
    for (const listener of this.#listeners) listener()
  }
}

/** Of the state only what the line may say: the rest would be most of the memory. */
function lineOf({ seq, kind, actor, at, detail, state }: RunEvent): EventLine {
  const { goal, step, worker, waitingOn, stopDetail } = state
  return { seq, kind, actor, at, detail, state: { goal, step, worker, waitingOn, stopDetail } }
}
