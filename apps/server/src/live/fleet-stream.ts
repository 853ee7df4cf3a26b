import type { RunEvent } from '@holdpoint/db'

import type { Database } from '../database/database.ts'
import { runsChangedSince } from './catch-up.ts'
import { Fleet } from './fleet.ts'
import type { FleetLoad } from './load-fleet.ts'
import { decodePosition, type Place } from './position.ts'
import { encodeEvent } from './sse.ts'
import { type Sink, Viewer } from './viewer.ts'

/** The stream of the whole fleet: the latest state of each run that changed, the same bytes to everyone. */
export class FleetStream {
  readonly viewers = new Set<Viewer>()
  readonly #database: Database
  #fleet: Fleet | undefined
  #place: Place | undefined
  /** The latest state of each run that changed since the last frame, as JSON text. */
  readonly #changed = new Map<string, string>()
  #snapshot: Buffer | undefined

  constructor(database: Database) {
    this.#database = database
  }

  /** Starts from another instant, perhaps of another database: nobody can go on from what they hold. */
  load(load: FleetLoad, place: Place): void {
    this.#fleet = new Fleet(load)
    this.#changed.clear()
    this.#snapshot = undefined
    const first = this.#place === undefined
    this.#place = place
    for (const viewer of this.viewers) {
      if (first) this.#start(viewer, viewer.attempt)
      else viewer.resync()
    }
  }

  apply(events: readonly RunEvent[], place: Place): void {
    for (const event of events) {
      if (this.#fleet?.apply(event) === true) this.#changed.set(event.workflow_id, event.state)
    }
    this.#place = place
    this.#snapshot = undefined
  }

  /** Sends what changed since the last call. */
  flush(): void {
    if (this.#changed.size === 0) return
    const frame = this.#frame([...this.#changed.values()])
    this.#changed.clear()
    if (frame === undefined) return
    for (const viewer of this.viewers) viewer.send(frame)
  }

  /** Adds a viewer; it is started at once, or as soon as the fleet is known. */
  watch(sink: Sink, position: string | undefined): Viewer {
    const viewer = new Viewer(sink, (attempt) => this.#start(viewer, attempt))
    // What it has not been sent yet is in its start.
    this.flush()
    this.viewers.add(viewer)
    if (position === undefined) this.#start(viewer, 0)
    else void this.#resume(viewer, position)
    return viewer
  }

  leave(viewer: Viewer): void {
    this.viewers.delete(viewer)
    viewer.left()
  }

  #start(viewer: Viewer, attempt: number): void {
    const fleet = this.#fleet
    const place = this.#place
    if (fleet === undefined || place === undefined) return
    this.#snapshot ??= encodeEvent(
      'snapshot',
      `{${head(fleet, place)},"runs":[${fleet.states().join(',')}],"truncated":${fleet.truncated}}`,
      place.position,
    )
    viewer.begin(attempt, [this.#snapshot])
  }

  async #resume(viewer: Viewer, position: string): Promise<void> {
    const from = decodePosition(position)
    if (
      this.#place === undefined ||
      from === undefined ||
      from.cluster !== this.#place.history.cluster
    ) {
      return viewer.resync()
    }
    const runs = await runsChangedSince(this.#database, from).catch(() => undefined)
    const states = runs?.map((id) => this.#fleet?.state(id))
    const frame = states?.every((state) => state !== undefined) ? this.#frame(states) : undefined
    if (frame === undefined) viewer.resync()
    else viewer.begin(0, [frame])
  }

  #frame(states: readonly string[]): Buffer | undefined {
    if (this.#fleet === undefined || this.#place === undefined) return undefined
    return encodeEvent(
      'frame',
      `{${head(this.#fleet, this.#place)},"runs":[${states.join(',')}]}`,
      this.#place.position,
    )
  }
}

const head = (fleet: Fleet, { position, asOf }: Place): string =>
  `"position":"${position}","asOf":"${asOf}","counts":${JSON.stringify(fleet.counts)},"approvalsWaiting":${fleet.approvalsWaiting}`
