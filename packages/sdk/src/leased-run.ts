import { isFinal } from '@holdpoint/protocol'

import { type Claim, type ClaimedStep, claimRun } from './claim.ts'
import { hasCode } from './database-errors.ts'
import type { Database } from './database.ts'
import { FencedError, RunEndedError, RunReleasedError } from './errors.ts'
import type { Json } from './json.ts'
import { News } from './news.ts'
import { Patience } from './patience.ts'
import type { Redact } from './payload.ts'
import { READ_RUNS, type RunRow, type RunView, endedWords, mayGoOn, viewOf } from './run-view.ts'
import type { Can, OnHold } from './spec.ts'

/** A run that waits looks for itself this often, should every notice and heartbeat have been missed. */
const LOOK_AGAIN_MS = 30_000

/** What a worker lends to each of its runs. */
export interface LeaseHost {
  readonly worker: string
  readonly leaseMs: number
  readonly database: Database
  readonly redact: Redact
  /** Told what people should know, in a sentence. */
  readonly log: (message: string) => void
  /** Fires when the worker gives up on everything: its process is going down. */
  readonly workerSignal: AbortSignal
  /** Told when something changed that a control's stages depend on. */
  readonly changed: (leased: LeasedRun) => void
  /** What a worker that closes waits for a while, also when the agent does not. */
  readonly track: <T>(work: Promise<T>) => Promise<T>
}

export interface LeasedRunOptions {
  readonly id: string
  readonly agent: string
  readonly epoch: number
  readonly memory: object
  readonly steps: readonly ClaimedStep[]
  /** A child that had completed before its parent was claimed again. */
  readonly over: boolean
  readonly can: Can | null
  readonly onHold: OnHold
  readonly parent?: LeasedRun | undefined
}

/** One run as its worker holds it: its epoch, what is known of its row, and who waits for it. */
export class LeasedRun {
  readonly id: string
  readonly agent: string
  readonly host: LeaseHost
  readonly parent: LeasedRun | undefined
  readonly done = new Map<string, Json>()
  /** Keys of actions that are under way in this process. */
  readonly keysInFlight = new Set<string>()
  /** Actions that were begun here and whose end is not recorded yet, as id and attempt: never to be begun again. */
  readonly begun = new Set<string>()
  /** What actions threw, to tell a tool's failure from the agent's own. */
  readonly failedActions = new WeakSet<object>()
  /** It had completed before: its steps are only looked up. */
  readonly over: boolean
  readonly memory: object
  epoch: number
  /** Actions between their "allow" and the record of their end. */
  inFlight = 0
  /** How this worker is ending the run just now: seeing that is no news. */
  ending: 'complete' | 'failed' | undefined
  /** Children begun so far, for those that have no name. */
  children = 0
  /** Children that run in this process now. */
  livingChildren = 0
  /** Calls of the agent that wait inside the SDK: while there are any, its code has been told to wait. */
  waiting = 0
  view: RunView | undefined

  readonly #can: Can | null
  readonly #patience: Patience
  readonly #abort = new AbortController()
  readonly #news = new News()
  #reclaiming: Promise<void> | undefined

  constructor(host: LeaseHost, options: LeasedRunOptions) {
    this.host = host
    this.id = options.id
    this.agent = options.agent
    this.epoch = options.epoch
    this.memory = options.memory
    this.over = options.over
    this.parent = options.parent
    this.#can = options.can
    this.#patience = new Patience({
      exitAfterMs: options.onHold === 'wait' ? undefined : options.onHold.exitAfterMs,
      // An action of another branch, a child: neither is cut off for it.
      quiet: () => this.inFlight === 0 && this.livingChildren === 0,
      leave: () => this.stop(new RunReleasedError(`Run ${this.id} is held: it was let go of.`)),
    })
    this.#keep(options.steps)
  }

  get database(): Database {
    return this.host.database
  }

  get redact(): Redact {
    return this.host.redact
  }

  /** Fires when the run was killed, ended or taken over, and when its worker closes; the reason says which. */
  get signal(): AbortSignal {
    return this.#abort.signal
  }

  /** Counts what was seen of the row; compare before and after to know whether something was missed. */
  get version(): number {
    return this.#news.count
  }

  stop(reason: Error): void {
    if (this.#abort.signal.aborted) return
    this.#abort.abort(reason)
    this.#news.tell()
  }

  /** Takes in what a notice, a heartbeat or an answer said of the row. */
  observe(view: RunView): void {
    // What was read before this worker claimed again says nothing about now.
    if (view.epoch < this.epoch) return
    this.view = view
    this.#news.counted()
    if (view.status === 'running') this.wentOn()
    if (isFinal(view.status) && view.status !== this.ending)
      this.stop(new RunEndedError(endedWords(view)))
    else if (view.epoch > this.epoch && this.#reclaiming === undefined) this.stop(takenOver(this))
    this.#news.tell()
    this.host.changed(this)
  }

  /** A heartbeat did not name this run: it runs, and nothing holds it. */
  observeRunning(): void {
    if (this.view === undefined || this.view.status === 'running') return
    this.observe({
      ...this.view,
      status: 'running',
      heldBy: [],
      stopReason: null,
      stopDetail: null,
    })
  }

  /** Something that a control's stages depend on changed: an action ended, a call waits. */
  note(): void {
    this.host.changed(this)
  }

  /** Resolves when no action is under way: one that the agent did not wait for must not be cut off. */
  async idle(): Promise<void> {
    while (this.inFlight > 0) {
      this.signal.throwIfAborted()
      await this.seen(100)
    }
  }

  /** The run goes on: however long it was held, the next hold is a new one. */
  wentOn(): void {
    this.#patience.wentOn()
  }

  /**
   * Waits on behalf of the agent while the run is held.
   * @throws the signal's reason: RunReleasedError where it was held for longer than this process wants to wait
   */
  async whileHeld<T>(wait: () => Promise<T>): Promise<T> {
    this.waiting += 1
    this.note()
    this.#patience.begin()
    try {
      return await wait()
    } finally {
      this.waiting -= 1
      if (this.waiting === 0) this.#patience.end()
    }
  }

  /** Resolves when the run may go on, or something new was seen since `version`. @throws the signal's reason */
  async untilMayGo(version: number): Promise<void> {
    await this.whileHeld(async () => {
      while (!(this.version !== version && this.view !== undefined && mayGoOn(this.view))) {
        if (!(await this.seen(LOOK_AGAIN_MS))) return
      }
    })
  }

  /** Resolves true at the next thing seen of the row, false after `ms`. @throws the signal's reason */
  async seen(ms: number): Promise<boolean> {
    this.signal.throwIfAborted()
    const news = await this.#news.next(ms)
    this.signal.throwIfAborted()
    return news
  }

  /** Reads the row now. */
  async look(): Promise<RunView> {
    const [row] = await this.database.query<RunRow>(READ_RUNS, [[this.id]], { signal: this.signal })
    if (row === undefined) throw new RunEndedError(`There is no run ${this.id}.`)
    const view = viewOf(row)
    this.observe(view)
    this.signal.throwIfAborted()
    return view
  }

  /**
   * The lease is gone: claims the run again if nobody else did in between. One claim at a time.
   * @throws FencedError, RunEndedError
   */
  async reclaim(): Promise<void> {
    this.#reclaiming ??= this.#claimAgain().finally(() => {
      this.#reclaiming = undefined
    })
    await this.#reclaiming
  }

  /** Its own worker was given the run: nobody had it in between, so it goes on. @returns false where it cannot */
  adopt({ run, steps }: Claim): boolean {
    if (this.signal.aborted || run.epoch !== this.epoch + 1) return false
    this.epoch = run.epoch
    this.#keep(steps)
    return true
  }

  async #claimAgain(): Promise<void> {
    try {
      const before = await this.look()
      if (before.epoch !== this.epoch) {
        await this.#recognise()
        return
      }
      const { run, steps } = await claimRun(this.host, this.id, this.#can, { signal: this.signal })
      // Someone had it in between: what this process remembers of the run is no longer true.
      if (run.epoch !== this.epoch + 1) throw takenOver(this)
      this.epoch = run.epoch
      this.#keep(steps)
    } catch (error) {
      if (hasCode(error, 'RUN_EXISTS')) {
        await this.#recognise()
        return
      }
      // Its own end, whose answer was not heard yet, is what this worker asked for: `look` throws at any other.
      if (error instanceof RunEndedError && this.ending !== undefined) {
        await this.look()
        return
      }
      if (error instanceof FencedError || error instanceof RunEndedError) this.stop(error)
      throw error
    }
  }

  /** Someone has the lease. It is this worker where the heartbeat was quicker, or the claim's answer was lost. */
  async #recognise(): Promise<void> {
    const [row] = await this.database.query<{ worker: string | null; epoch: number }>(
      'select worker, epoch from workflow_checkpoints where workflow_id = $1',
      [this.id],
      { signal: this.signal },
    )
    const ours = row?.worker === this.host.worker && row.epoch - this.epoch <= 1
    if (row === undefined || !ours) throw takenOver(this)
    this.epoch = row.epoch
  }

  #keep(steps: readonly ClaimedStep[]): void {
    for (const step of steps) this.done.set(stepKey(step.name, step.occurrence), step.result)
  }
}

export const stepKey = (name: string, occurrence: number): string => `${occurrence} ${name}`

function takenOver(leased: LeasedRun): FencedError {
  const error = new FencedError(
    `Another worker holds run ${leased.id} now: nothing was done. Stop working on it.`,
  )
  leased.stop(error)
  return error
}
