import type { FinalStatus } from '@holdpoint/protocol'

import { enqueueChild, untilEnded } from './child-run.ts'
import { hasCode } from './database-errors.ts'
import { RunEndedError } from './errors.ts'
import { heard } from './heard.ts'
import type { LeasedRun } from './leased-run.ts'
import { shortText } from './payload.ts'
import type { CarryOptions, Memory, RunSpec } from './spec.ts'
import { billed, type Spent } from './spent.ts'
import { runStep, type Step, type StepOptions } from './step.ts'

export interface Waiting {
  readonly kind: 'child' | 'job' | 'timer' | 'backoff'
  readonly what?: string
  /** Not stalled before this. */
  readonly until?: Date
}

/** What an agent does with its run. `M` is the type of its memory, given by the memory it begins with. */
export type AgentWork<T, M extends object = Memory> = (run: Run<M>) => T | Promise<T>

/** Starts a run below this one, on the same worker. */
export type StartChild = <T, M extends object>(
  parent: LeasedRun,
  spec: RunSpec<M> & CarryOptions,
  work: AgentWork<T, M>,
) => Promise<T>

/** What an agent's function works with. */
export class Run<M extends object = Memory> {
  readonly #leased: LeasedRun
  readonly #startChild: StartChild
  readonly #occurrences = new Map<string, number>()

  constructor(leased: LeasedRun, startChild: StartChild) {
    this.#leased = leased
    this.#startChild = startChild
  }

  get id(): string {
    return this.#leased.id
  }

  /** 1 for the first worker; higher when the run was claimed again. */
  get epoch(): number {
    return this.#leased.epoch
  }

  /** Fires at once when the run is killed, ended or taken over; its reason is the error that says which. */
  get signal(): AbortSignal {
    return this.#leased.signal
  }

  /**
   * The agent's working memory, as JSON, at most 1 MiB. Stored with each step that ends and given back when the
   * run is claimed again; change it inside steps, so that a step that is not repeated does not change it twice.
   */
  get memory(): M {
    return this.#leased.memory as M
  }

  /**
   * A step: a named piece of work with a checkpoint at its end. The n-th call with a name is that step's n-th
   * occurrence; one that is done is never run again, its stored result is returned.
   */
  step<T>(name: string, work: (step: Step) => T | Promise<T>): Promise<T>
  step<T>(name: string, options: StepOptions, work: (step: Step) => T | Promise<T>): Promise<T>
  step<T>(
    name: string,
    optionsOrWork: StepOptions | ((step: Step) => T | Promise<T>),
    work?: (step: Step) => T | Promise<T>,
  ): Promise<T> {
    // As it is stored: two names that are cut or redacted to the same are two occurrences of it.
    const stored = shortText(name, 500)
    const occurrence = (this.#occurrences.get(stored) ?? 0) + 1
    this.#occurrences.set(stored, occurrence)
    const [options, perform] =
      typeof optionsOrWork === 'function' ? [{}, optionsOrWork] : [optionsOrWork, work]
    if (perform === undefined) throw new TypeError('A step needs a function to run.')
    return heard(runStep(this.#leased, { name: stored, occurrence }, options, perform))
  }

  /** Says that the run waits on purpose, so that it does not look stalled; null when it goes on. */
  async waitingOn(waiting: Waiting | null): Promise<void> {
    const waitingOn =
      waiting === null
        ? null
        : {
            kind: waiting.kind,
            what: waiting.what === undefined ? null : shortText(waiting.what, 500),
            until: waiting.until?.toISOString() ?? null,
          }
    await this.#report({ waitingOn })
  }

  /**
   * Says how many items of its checklist are closed, of how many. Closing one more than ever before is progress: the
   * rules for drift begin anew with it. @throws RangeError for less than nothing
   */
  async progress({ closed, of }: { readonly closed: number; readonly of?: number }): Promise<void> {
    for (const count of [closed, of ?? 0]) {
      if (!Number.isInteger(count) || count < 0 || count > 1_000_000) {
        throw new RangeError(`A checklist has 0 to 1,000,000 items, not ${count}.`)
      }
    }
    await this.#report({ closed, ...(of !== undefined && { of }) })
  }

  /** Adds to what the run has used. @throws RangeError for less than nothing */
  async spend(spent: Spent): Promise<void> {
    await this.#report(billed(spent))
  }

  /**
   * A run below this one: killed with it, and never begun while it is held. It ends before this returns.
   * @throws RunEndedError that names the child when it was killed, or what `work` threw
   */
  async child<T, C extends object = Memory>(
    spec: RunSpec<C> & Pick<CarryOptions, 'resumes'>,
    work: AgentWork<T, C>,
  ): Promise<T> {
    try {
      return await this.#startChild(this.#leased, spec, work)
    } catch (error) {
      // Unless this run has ended itself, its end must not be told in words that are its child's.
      if (!(error instanceof RunEndedError) || this.#leased.signal.aborted) throw error
      const child = spec.goal === undefined ? 'A child run' : `The child run "${spec.goal}"`
      throw new RunEndedError(`${child} ended: ${error.message}`, { cause: error })
    }
  }

  /**
   * Leaves a run below this one for any worker that serves its skill: killed with this one. A place of its own at
   * such a worker is needed while this one waits for it.
   * @returns its id, the same when this run is claimed again
   */
  async enqueueChild<C extends object = Memory>(spec: RunSpec<C>): Promise<string> {
    return enqueueChild(this.#leased, spec)
  }

  /** Waits until a run that was enqueued has ended, and says how. What it came to, it has written where both can read. */
  async waitFor(childRun: string): Promise<FinalStatus> {
    await this.waitingOn({ kind: 'child', what: childRun })
    const ended = await untilEnded(this.#leased, childRun)
    await this.waitingOn(null)
    return ended
  }

  async #report(patch: object): Promise<void> {
    const leased = this.#leased
    if (leased.over) return
    for (;;) {
      try {
        await leased.database.query(
          'select report_progress($1, $2, $3::jsonb)',
          () => [leased.id, leased.epoch, JSON.stringify(patch)],
          { signal: leased.signal },
        )
        return
      } catch (error) {
        if (!hasCode(error, 'FENCED')) throw error
        await leased.reclaim()
      }
    }
  }
}
