import type { Claim, Wanted } from './claim.ts'
import { isRefusal } from './database-errors.ts'
import type { CallOptions } from './database.ts'
import { DatabaseAwayError } from './errors.ts'
import { errorText } from './payload.ts'
import type { AgentWork } from './run.ts'
import type { CarryOptions, Memory } from './spec.ts'

/** How a worker does one kind of run. `M` is the type of its memory. */
export interface Skill<M extends object = Memory> {
  /** What runs are pinned to. Without it the worker takes only runs that name no version. */
  readonly version?: string | undefined
  /** Other versions whose runs this code can go on with. */
  readonly resumes?: readonly string[] | undefined
  readonly work: AgentWork<unknown, M>
}

/** Skills by name, each with a memory of its own type. */
export type Skills<S extends Record<string, object>> = { readonly [K in keyof S]: Skill<S[K]> }

/** The memory that a skill works with: what is enqueued for it begins with one. */
export type MemoryOf<S> = S extends Skill<infer M> ? M : never

export interface ServeOptions extends Pick<CarryOptions, 'onHold'> {
  /** Whose runs are taken. */
  readonly agent: string
  /** Runs at a time; 1 unless given. */
  readonly atATime?: number
  /** The most milliseconds between two looks while there is nothing to do; 2000 unless given. */
  readonly pollMs?: number
  /** Takes no more runs once it fires, and lets those that it has run to their end. */
  readonly signal?: AbortSignal
  /**
   * Told of each run that ended, was let go of or was taken over, with the error where there was one. What it throws
   * ends the serving, once the runs at hand are over.
   */
  readonly ended?: (run: { readonly id: string; readonly skill: string }, error?: unknown) => void
}

export interface Desk {
  /** Fires when the worker closes. */
  readonly signal: AbortSignal
  readonly claim: (wanted: readonly Wanted[], call: CallOptions) => Promise<Claim | undefined>
  /** Runs it to its end. */
  readonly carry: (claim: Claim, skill: Skill<object>) => Promise<unknown>
  readonly giveBack: (claim: Claim, why: string) => Promise<void>
  readonly log: (message: string) => void
}

const FIRST_LOOK_MS = 50
const POLL_MS = 2000
/** A control wakes every idle worker: not all of them in the same instant. */
const STAGGER_MS = 200

/** Takes runs from the queue and does them, so many at a time, until it is told to stop. */
export class Serving {
  readonly #skills: ReadonlyMap<string, Skill<object>>
  readonly #options: ServeOptions
  readonly #desk: Desk
  readonly #running = new Set<Promise<void>>()
  readonly #stop: AbortSignal
  readonly #broken = new AbortController()
  #nudge: () => void = () => undefined
  #nudged = false
  /** What was said of a look that failed; undefined since one did not. */
  #told: string | undefined
  #soon: ReturnType<typeof setTimeout> | undefined

  constructor(skills: ReadonlyMap<string, Skill<object>>, options: ServeOptions, desk: Desk) {
    this.#skills = skills
    this.#options = options
    this.#desk = desk
    const { signal } = options
    this.#stop = AbortSignal.any([desk.signal, this.#broken.signal, ...(signal ? [signal] : [])])
  }

  /**
   * Resolves when it was told to stop and the runs that it had are over.
   * @throws what claiming was refused for, what `ended` threw; any other trouble is logged and waited out
   */
  async run(): Promise<void> {
    const wake = (): void => this.wake()
    this.#stop.addEventListener('abort', wake)
    try {
      await this.#takeRuns()
    } finally {
      this.#stop.removeEventListener('abort', wake)
      await Promise.all(this.#running)
    }
    this.#broken.signal.throwIfAborted()
  }

  /** There may be work: look now, not when the rest is over. */
  wake(): void {
    this.#nudged = true
    this.#nudge()
  }

  /** The same, somewhen soon; of many at a time, the first counts. */
  wakeSoon(): void {
    if (this.#soon !== undefined) return
    this.#soon = setTimeout(() => {
      this.#soon = undefined
      this.wake()
    }, Math.random() * STAGGER_MS).unref()
  }

  async #takeRuns(): Promise<void> {
    const atATime = this.#options.atATime ?? 1
    for (let idle = 0, first = true; !this.#stop.aborted;) {
      if (this.#running.size >= atATime) {
        await Promise.race(this.#running)
        continue
      }
      this.#nudged = false
      const claim = await this.#look(first)
      if (claim === undefined) {
        await this.#rest(idle)
        idle += 1
      } else if (this.#stop.aborted) {
        await this.#desk.giveBack(claim, this.#whyNot())
      } else {
        idle = 0
        this.#begin(claim)
      }
      first = false
    }
  }

  async #look(first: boolean): Promise<Claim | undefined> {
    const wanted = [...this.#skills].map(([skill, { version, resumes }]) => ({
      skill,
      ...(version !== undefined && { version }),
      ...(resumes !== undefined && { resumes }),
    }))
    try {
      const claim = await this.#desk.claim(wanted, { signal: this.#stop, first })
      this.#told = undefined
      return claim
    } catch (error) {
      if (this.#stop.aborted || error instanceof DatabaseAwayError) return undefined
      if (isRefusal(error)) throw error
      this.#tell(errorText(error))
      return undefined
    }
  }

  /** Once for each trouble, not at each look. */
  #tell(why: string): void {
    if (why === this.#told) return
    this.#told = why
    const { agent } = this.#options
    this.#desk.log(`The queue of agent "${agent}" could not be read (${why}); trying again.`)
  }

  /** Why a run that was just taken is not begun. */
  #whyNot(): string {
    if (this.#desk.signal.aborted) return 'its worker went down'
    if (this.#broken.signal.aborted) return 'what heard of its worker’s runs failed'
    return 'its worker was told to take no more'
  }

  #begin(claim: Claim): void {
    const name = claim.run.skill ?? ''
    const skill = this.#skills.get(name)
    if (skill === undefined)
      throw new Error(`claimed a run of skill "${name}", which is not served`)
    const run = { id: claim.run.id, skill: name }
    const { ended } = this.#options
    const over = this.#desk
      .carry(claim, skill)
      .then(
        () => ended?.(run),
        (error: unknown) => ended?.(run, error),
      )
      .catch((thrown: unknown) => this.#broken.abort(thrown))
      .finally(() => this.#running.delete(over))
    this.#running.add(over)
  }

  /** Twice as long each time that there was nothing, and never in step with other workers. */
  async #rest(idle: number): Promise<void> {
    if (this.#nudged || this.#stop.aborted) return
    const most = Math.min(this.#options.pollMs ?? POLL_MS, FIRST_LOOK_MS * 2 ** Math.min(idle, 12))
    const { promise, resolve } = Promise.withResolvers<void>()
    this.#nudge = resolve
    const timer = setTimeout(resolve, most / 2 + Math.random() * (most / 2))
    await promise
    clearTimeout(timer)
  }
}
