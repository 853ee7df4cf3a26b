import { setTimeout as sleep } from 'node:timers/promises'

import type { RunEvent } from '@holdpoint/db'
import type { RunId } from '@holdpoint/protocol'

import type { Database } from '../database/database.ts'
import { type LoadedRunPage, loadRun, runEventsSince } from './catch-up.ts'
import { decodePosition, encodePosition, type Place } from './position.ts'
import { encodeEvent } from './sse.ts'
import { type Sink, Viewer } from './viewer.ts'

/** The events of one run between two flushes, written once for all who watch it. */
interface Frame {
  readonly first: number
  readonly last: number
  readonly bytes: Buffer
}

interface Watching {
  readonly viewer: Viewer
  /** The sequence up to which it has been sent everything; null until it has a start. */
  seq: number | null
  /** What came while its start was made. */
  queue: Frame[]
}

interface Channel {
  readonly watching: Set<Watching>
  pending: RunEvent[]
}

/** Frames that may wait for a start. A start takes milliseconds, a frame covers many events. */
const mostQueued = 200
const retryMs = 500

/** The streams of single runs: every event, the same bytes to all who watch the same run. */
export class RunStreams {
  readonly #database: Database
  readonly #channels = new Map<RunId, Channel>()
  #place: Place | undefined

  constructor(database: Database) {
    this.#database = database
  }

  *viewers(): Iterable<Viewer> {
    for (const { watching } of this.#channels.values()) {
      for (const { viewer } of watching) yield viewer
    }
  }

  /** Starts from another instant, perhaps of another database: nobody can go on from what they hold. */
  load(place: Place): void {
    this.#place = place
    for (const channel of this.#channels.values()) {
      channel.pending = []
      for (const { viewer } of channel.watching) viewer.resync()
    }
  }

  apply(events: readonly RunEvent[], place: Place): void {
    this.#place = place
    if (this.#channels.size === 0) return
    for (const event of events) this.#channels.get(event.workflow_id as RunId)?.pending.push(event)
  }

  /** Sends what came since the last call. */
  flush(): void {
    for (const channel of this.#channels.values()) {
      const frame = this.#frame(channel.pending)
      channel.pending = []
      if (frame === undefined) continue
      for (const watching of channel.watching) deliver(watching, frame)
    }
  }

  /** @returns what to call when the viewer leaves */
  watch(
    sink: Sink,
    run: RunId,
    position: string | undefined,
  ): { viewer: Viewer; leave: () => void } {
    const channel = this.#channels.get(run) ?? { watching: new Set(), pending: [] }
    this.#channels.set(run, channel)
    const watching: Watching = {
      viewer: new Viewer(sink, (attempt) => void this.#start(run, watching, attempt)),
      seq: null,
      queue: [],
    }
    // Before its start is read, so that nothing falls between the two.
    channel.watching.add(watching)
    void (position === undefined
      ? this.#start(run, watching, 0)
      : this.#resume(run, watching, position))
    const leave = (): void => {
      watching.viewer.left()
      channel.watching.delete(watching)
      if (channel.watching.size === 0) this.#channels.delete(run)
    }
    return { viewer: watching.viewer, leave }
  }

  /** Tries until the database answers; health says meanwhile that it does not. */
  async #start(run: RunId, watching: Watching, attempt: number): Promise<void> {
    watching.seq = null
    watching.queue = []
    const { viewer } = watching
    while (viewer.state === 'starting' && viewer.attempt === attempt) {
      try {
        const page = await loadRun(this.#database, run)
        if (page === undefined) return viewer.close()
        if (this.#place?.history.cluster === page.history.cluster) {
          return begin(watching, attempt, page.seq, [snapshot(page)])
        }
      } catch {
        // Asked again below.
      }
      await sleep(retryMs, undefined, { ref: false })
    }
  }

  async #resume(run: RunId, watching: Watching, position: string): Promise<void> {
    const from = decodePosition(position)
    const place = this.#place
    if (place === undefined || from === undefined || from.cluster !== place.history.cluster) {
      return watching.viewer.resync()
    }
    const missed = await runEventsSince(this.#database, run, from).catch(() => undefined)
    if (missed === undefined) return watching.viewer.resync()
    const frame = this.#frame(missed.events)
    begin(watching, 0, missed.lastSeq, frame === undefined ? [] : [frame.bytes])
  }

  #frame(events: readonly RunEvent[]): Frame | undefined {
    const first = events[0]
    const last = events.at(-1)
    const place = this.#place
    if (first === undefined || last === undefined || place === undefined) return undefined
    const json = `{"position":"${place.position}","asOf":"${place.asOf}","events":[${events.map(({ json }) => json).join(',')}]}`
    return {
      first: first.seq,
      last: last.seq,
      bytes: encodeEvent('frame', json, place.position),
    }
  }
}

function begin(watching: Watching, attempt: number, seq: number, start: readonly Buffer[]): void {
  const { viewer } = watching
  if (viewer.attempt !== attempt || viewer.state !== 'starting') return
  viewer.begin(attempt, start)
  watching.seq = seq
  const { queue } = watching
  watching.queue = []
  for (const frame of queue) deliver(watching, frame)
}

/** Invariant 4: what was sent before is not sent again, and what does not follow on leads to a resync. */
function deliver(watching: Watching, frame: Frame): void {
  const { viewer } = watching
  if (watching.seq === null) {
    watching.queue.push(frame)
    if (watching.queue.length > mostQueued) viewer.resync()
  } else if (frame.first > watching.seq + 1) {
    viewer.resync()
  } else if (frame.last > watching.seq && viewer.send(frame.bytes)) {
    watching.seq = frame.last
  }
}

function snapshot(page: LoadedRunPage): Buffer {
  const position = encodePosition(page.history)
  const json = `{"position":"${position}","asOf":"${page.asOf}","run":${page.run},"events":${page.events}}`
  return encodeEvent('snapshot', json, position)
}
