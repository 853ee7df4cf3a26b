import { isFinal } from '@holdpoint/protocol'

import type { Acknowledger } from './acknowledge.ts'
import { type Claim, claimNext, type Wanted } from './claim.ts'
import type { CallOptions } from './database.ts'
import { FencedError, RunEndedError, RunReleasedError, WorkerClosedError } from './errors.ts'
import { finish, letGo, giveUp } from './finish.ts'
import { LeasedRun, type LeaseHost } from './leased-run.ts'
import { type RunRow, viewOf } from './run-view.ts'
import { type AgentWork, Run } from './run.ts'
import type { CarryOptions, RunSpec } from './spec.ts'
import { openLeasedRun } from './start.ts'

/** The versions a worker can do, and what it does while a run is held. */
export type Terms = Pick<CarryOptions, 'onHold' | 'resumes'> & {
  readonly version?: string | undefined
}

/** The runs that one worker has: takes each to its end, and hands on what was seen of its row. */
export class Carrier {
  readonly #host: LeaseHost
  readonly #acknowledger: Acknowledger
  readonly #runs = new Map<string, LeasedRun>()
  #closed = false

  constructor(host: LeaseHost, acknowledger: Acknowledger) {
    this.#host = host
    this.#acknowledger = acknowledger
  }

  runs(): string[] {
    return [...this.#runs.keys()]
  }

  holds(run: string): boolean {
    return this.#runs.has(run)
  }

  /** Fires the signals of all runs, and of those that are still to come. */
  close(): void {
    this.#closed = true
    for (const leased of this.#runs.values()) leased.stop(new WorkerClosedError())
  }

  /** A run by its description: starts it, or claims it where it exists. */
  async supervise<T, M extends object>(
    spec: RunSpec<M> & CarryOptions,
    work: AgentWork<T, M>,
    parent?: LeasedRun,
  ): Promise<T> {
    return this.#carry(await openLeasedRun(spec, { ...this.#host, parent }), work)
  }

  /**
   * The next run from the queue. One of its own is none: after a silence longer than its lease, a worker may be given
   * what it is still working on, and goes on with it where it is.
   */
  async next(
    agent: string,
    wanted: readonly Wanted[],
    call: CallOptions,
  ): Promise<Claim | undefined> {
    const claim = await claimNext(this.#host, agent, wanted, call)
    const own = claim && this.#runs.get(claim.run.id)?.adopt(claim)
    return own === true ? undefined : claim
  }

  /** A run that was claimed from the queue. */
  async claimed<T>(claim: Claim, terms: Terms, work: AgentWork<T, object>): Promise<T> {
    return this.#carry(this.#leasedRunOf(claim, terms), work)
  }

  /** A run that was claimed when there was no more time for it. */
  async giveBack(claim: Claim, why: string): Promise<void> {
    await letGo(this.#leasedRunOf(claim, {}), why)
  }

  #leasedRunOf({ run, memory, steps }: Claim, { version, resumes, onHold }: Terms): LeasedRun {
    const versioned = version !== undefined || resumes !== undefined
    return new LeasedRun(this.#host, {
      id: run.id,
      agent: run.agentId,
      epoch: run.epoch,
      memory: memory ?? {},
      steps,
      over: false,
      can: versioned ? { version, resumes } : null,
      onHold: onHold ?? 'wait',
    })
  }

  async #carry<T, M extends object>(leased: LeasedRun, work: AgentWork<T, M>): Promise<T> {
    const { parent } = leased
    if (this.#closed) leased.stop(new WorkerClosedError())
    const run = new Run<M>(leased, async (above, child, childWork) =>
      this.supervise(child, childWork, above),
    )
    // Its steps give what they gave before; nothing is left to be done, held or recorded.
    if (leased.over) return work(run)
    this.#runs.get(leased.id)?.stop(claimedAgain(leased))
    this.#runs.set(leased.id, leased)
    const unfollow = followParent(leased)
    if (parent) parent.livingChildren += 1
    try {
      leased.signal.throwIfAborted()
      const result = await work(run)
      await finish(leased)
      return result
    } catch (error) {
      throw await giveUp(leased, error)
    } finally {
      await this.#acknowledger.tell(leased)
      if (this.#runs.get(leased.id) === leased) this.#runs.delete(leased.id)
      if (parent) parent.livingChildren -= 1
      unfollow()
      // What the agent left waiting has nothing to wait for any more.
      leased.stop(new RunEndedError(`Run ${leased.id} has ended.`))
    }
  }

  /** What a notice or a heartbeat said of the runs that were asked about. A beat does not name runs that simply run. */
  seen(rows: readonly RunRow[], asked: readonly string[], how: 'notice' | 'beat'): void {
    const named = new Map(rows.map((row) => [row.run_id, row]))
    for (const id of asked) {
      const leased = this.#runs.get(id)
      const row = named.get(id)
      if (leased === undefined) continue
      if (row !== undefined) observe(leased, row)
      else if (how === 'beat') leased.observeRunning()
    }
  }
}

function observe(leased: LeasedRun, row: RunRow): void {
  leased.observe(viewOf(row))
  if (leased.signal.aborted || leased.epoch !== row.run_epoch || isFinal(row.status)) return
  // Lost, or let go of while it was held: it must not look as if nobody had it.
  const leaseGone = row.leased === false || row.status === 'lost' || row.status === 'queued'
  // What it throws has stopped the run here; the agent hears it at its next call.
  if (leaseGone) leased.reclaim().catch(() => undefined)
}

const claimedAgain = ({ id }: LeasedRun): FencedError =>
  new FencedError(`Run ${id} was claimed again in this process: what began later goes on with it.`)

/**
 * A child is claimed by whoever has its parent: it must not look alive in a process whose parent is another's by now.
 * @returns what ends this
 */
function followParent(leased: LeasedRun): () => void {
  const signal = leased.parent?.signal
  const follow = (): void => {
    const why: unknown = signal?.reason
    if (why instanceof FencedError || why instanceof RunReleasedError) {
      leased.stop(new FencedError(`The run above ${leased.id} is not this worker's any more.`))
    }
  }
  if (signal?.aborted === true) follow()
  signal?.addEventListener('abort', follow)
  return () => signal?.removeEventListener('abort', follow)
}
