import { isFinal } from '@holdpoint/protocol'

import type { Acknowledger } from './acknowledge.ts'
import { type Claim, claimNext, type Wanted } from './claim.ts'
import type { CallOptions } from './database.ts'
import { FencedError, RunEndedError, RunReleasedError, WorkerClosedError } from './errors.ts'
import { finish, letGo, giveUp } from './finish.ts'
import { type RunRow, viewOf } from './run-view.ts'
import { type AgentWork, Run } from './run.ts'
import { Session, type SessionHost } from './session.ts'
import type { CarryOptions, RunSpec } from './spec.ts'
import { openSession } from './start.ts'

/** The versions a worker can do, and what it does while a run is held. */
export type Terms = Pick<CarryOptions, 'onHold' | 'resumes'> & {
  readonly version?: string | undefined
}

/** The runs that one worker has: takes each to its end, and hands on what was seen of its row. */
export class Carrier {
  readonly #host: SessionHost
  readonly #acknowledger: Acknowledger
  readonly #sessions = new Map<string, Session>()
  #closed = false

  constructor(host: SessionHost, acknowledger: Acknowledger) {
    this.#host = host
    this.#acknowledger = acknowledger
  }

  runs(): string[] {
    return [...this.#sessions.keys()]
  }

  holds(run: string): boolean {
    return this.#sessions.has(run)
  }

  /** Fires the signals of all runs, and of those that are still to come. */
  close(): void {
    this.#closed = true
    for (const session of this.#sessions.values()) session.stop(new WorkerClosedError())
  }

  /** A run by its description: starts it, or claims it where it exists. */
  async supervise<T, M extends object>(
    spec: RunSpec<M> & CarryOptions,
    work: AgentWork<T, M>,
    parent?: Session,
  ): Promise<T> {
    return this.#carry(await openSession(spec, { ...this.#host, parent }), work)
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
    const own = claim && this.#sessions.get(claim.run.id)?.adopt(claim)
    return own === true ? undefined : claim
  }

  /** A run that was claimed from the queue. */
  async claimed<T>(claim: Claim, terms: Terms, work: AgentWork<T, object>): Promise<T> {
    return this.#carry(this.#sessionOf(claim, terms), work)
  }

  /** A run that was claimed when there was no more time for it. */
  async giveBack(claim: Claim, why: string): Promise<void> {
    await letGo(this.#sessionOf(claim, {}), why)
  }

  #sessionOf({ run, memory, steps }: Claim, { version, resumes, onHold }: Terms): Session {
    const versioned = version !== undefined || resumes !== undefined
    return new Session(this.#host, {
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

  async #carry<T, M extends object>(session: Session, work: AgentWork<T, M>): Promise<T> {
    const { parent } = session
    if (this.#closed) session.stop(new WorkerClosedError())
    const run = new Run<M>(session, async (above, child, childWork) =>
      this.supervise(child, childWork, above),
    )
    // Its steps give what they gave before; nothing is left to be done, held or recorded.
    if (session.over) return work(run)
    this.#sessions.get(session.id)?.stop(claimedAgain(session))
    this.#sessions.set(session.id, session)
    const unfollow = followParent(session)
    if (parent) parent.livingChildren += 1
    try {
      session.signal.throwIfAborted()
      const result = await work(run)
      await finish(session)
      return result
    } catch (error) {
      throw await giveUp(session, error)
    } finally {
      await this.#acknowledger.tell(session)
      if (this.#sessions.get(session.id) === session) this.#sessions.delete(session.id)
      if (parent) parent.livingChildren -= 1
      unfollow()
      // What the agent left waiting has nothing to wait for any more.
      session.stop(new RunEndedError(`Run ${session.id} has ended.`))
    }
  }

  /** What a notice or a heartbeat said of the runs that were asked about. A beat does not name runs that simply run. */
  seen(rows: readonly RunRow[], asked: readonly string[], how: 'notice' | 'beat'): void {
    const named = new Map(rows.map((row) => [row.run_id, row]))
    for (const id of asked) {
      const session = this.#sessions.get(id)
      const row = named.get(id)
      if (session === undefined) continue
      if (row !== undefined) observe(session, row)
      else if (how === 'beat') session.observeRunning()
    }
  }
}

function observe(session: Session, row: RunRow): void {
  session.observe(viewOf(row))
  if (session.signal.aborted || session.epoch !== row.run_epoch || isFinal(row.status)) return
  // Lost, or let go of while it was held: it must not look as if nobody had it.
  const leaseGone = row.leased === false || row.status === 'lost' || row.status === 'queued'
  // What it throws has stopped the session; the agent hears it at its next call.
  if (leaseGone) session.reclaim().catch(() => undefined)
}

const claimedAgain = ({ id }: Session): FencedError =>
  new FencedError(`Run ${id} was claimed again in this process: what began later goes on with it.`)

/**
 * A child is claimed by whoever has its parent: it must not look alive in a process whose parent is another's by now.
 * @returns what ends this
 */
function followParent(session: Session): () => void {
  const signal = session.parent?.signal
  const follow = (): void => {
    const why: unknown = signal?.reason
    if (why instanceof FencedError || why instanceof RunReleasedError) {
      session.stop(new FencedError(`The run above ${session.id} is not this worker's any more.`))
    }
  }
  if (signal?.aborted === true) follow()
  signal?.addEventListener('abort', follow)
  return () => signal?.removeEventListener('abort', follow)
}
