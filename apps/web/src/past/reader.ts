import type { Instant, RunId } from '@holdpoint/protocol'

import { isHopeless } from '../app/trpc'
import { api } from '../app/trpc'
import { Newest } from './newest'
import { PastFleet } from './pastFleet'
import { RunBook } from './runBook'
import { past, type Shown } from './state'

export interface Wanted {
  readonly at: Instant
  readonly runId: RunId | null
}

const againMs = 4000

/** Fleets of instants that were shown are kept, so that a step back is at once there; a late commit still comes. */
const kept = 4
const keptMs = 20_000

/** Reads the fleet, and where a run is open that run, as of one instant after another. */
export class PastReader {
  readonly #newest: Newest<Wanted, Shown>
  readonly #runs = new RunBook()
  readonly #fleets = new Map<Instant, { readonly fleet: PastFleet; readonly readAt: number }>()

  constructor() {
    this.#newest = new Newest<Wanted, Shown>({
      ask: async (wanted, signal) => this.#ask(wanted, signal),
      same: (a, b) => a.at === b.at && a.runId === b.runId,
      againMs: (error) => (isHopeless(error) ? null : againMs),
      told: ({ wanted, shown, asking, problem }) =>
        past.set({
          wanted: wanted?.at ?? null,
          never: null,
          shown: shown?.answer ?? null,
          asking,
          problem,
        }),
    })
  }

  want(wanted: Wanted, settled: boolean): void {
    this.#newest.want(wanted, settled)
  }

  readonly retry = (): void => this.#newest.retry()

  stop(): void {
    this.#newest.stop()
  }

  async #ask({ at, runId }: Wanted, signal: AbortSignal): Promise<Shown> {
    const [fleet, run] = await Promise.all([
      this.#fleet(at, signal),
      runId === null ? null : this.#runs.read(runId, at, signal),
    ])
    const now = Date.parse(at)
    return {
      moment: { at, fleet, clock: { subscribe: () => () => {}, now: () => now } },
      run,
    }
  }

  async #fleet(at: Instant, signal: AbortSignal): Promise<PastFleet> {
    const held = this.#fleets.get(at)
    if (held !== undefined && performance.now() - held.readAt < keptMs) return held.fleet
    const fleet = new PastFleet(await api.history.fleetAt.query({ at }, { signal }))
    this.#fleets.delete(at)
    this.#fleets.set(at, { fleet, readAt: performance.now() })
    for (const oldest of this.#fleets.keys()) {
      if (this.#fleets.size <= kept) break
      this.#fleets.delete(oldest)
    }
    return fleet
  }
}
