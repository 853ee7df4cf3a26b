import { activeStatuses } from '@holdpoint/protocol'

import { Acknowledger } from './acknowledge.ts'
import { atMost } from './backoff.ts'
import { Carrier } from './carrier.ts'
import { ControlConnection } from './control.ts'
import { Database } from './database.ts'
import { enqueueRun } from './enqueue.ts'
import { WorkerClosedError } from './errors.ts'
import type { LeaseHost } from './leased-run.ts'
import { Loop, type LoopSpec, skillOf } from './loop.ts'
import type { AgentWork } from './run.ts'
import { type ServeOptions, Serving, type Skill, type Skills } from './serve.ts'
import type { CarryOptions, Memory, RunSpec } from './spec.ts'
import { settled, type WorkerOptions } from './worker-options.ts'

/** Milliseconds that what is under way gets to be recorded when the worker closes. */
const GRACE_MS = 5000
const HANG_UP_MS = 1000

/** One process's hold on its runs: a pool for work, one connection for control, one heartbeat for all. */
export class Worker {
  readonly name: string
  readonly #database: Database
  readonly #control: ControlConnection
  readonly #carrier: Carrier
  readonly #host: LeaseHost
  readonly #servings = new Set<Serving>()
  readonly #loops = new Map<string, Loop>()
  readonly #tracked = new Set<Promise<unknown>>()
  readonly #stop = new AbortController()
  readonly #hardStop = new AbortController()
  #closing: Promise<void> | undefined

  constructor(options: WorkerOptions = {}) {
    const { url, name, leaseMs, poolSize, databaseWaitMs, redact, log } = settled(options)
    this.name = name
    this.#database = new Database({
      url,
      poolSize,
      applicationName: `holdpoint-sdk ${name}`.slice(0, 63),
      waitMs: databaseWaitMs,
      log,
    })
    const acknowledger = new Acknowledger(async (leased, stage) =>
      this.#control.query('select control_ack($1, $2, $3)', [leased.id, leased.epoch, stage]),
    )
    this.#host = {
      database: this.#database,
      worker: name,
      leaseMs,
      redact,
      log,
      workerSignal: this.#hardStop.signal,
      changed: (leased) => void acknowledger.tell(leased),
      track: async (work) => this.#track(work),
    }
    const carrier = new Carrier(this.#host, acknowledger)
    this.#carrier = carrier
    this.#control = new ControlConnection({
      url,
      applicationName: `holdpoint-control ${name}`.slice(0, 63),
      worker: name,
      leaseMs,
      runs: () => carrier.runs(),
      holds: (run) => carrier.holds(run),
      seen: (rows, asked, how) => carrier.seen(rows, asked, how),
      elsewhere: () => {
        for (const serving of this.#servings) serving.wakeSoon()
      },
    })
    this.#control.start()
  }

  /**
   * Runs one agent loop as a supervised run: starts it (or, where `runId` names one that was left, claims it), ends
   * it complete when `work` returns and failed when it throws, and passes both on.
   * @throws RunEndedError when it was killed, FencedError when another worker took it over, RunReleasedError when it
   * was held for longer than `onHold` says, WrongVersionError, RunBusyError, what `work` threw
   */
  async supervise<T, M extends object = Memory>(
    spec: RunSpec<M> & CarryOptions,
    work: AgentWork<T, M>,
  ): Promise<T> {
    return this.#track(this.#carrier.supervise(spec, work))
  }

  /**
   * Leaves a run for any worker that serves its agent and its skill. The same `runId` twice is one run.
   * @returns the run's id
   */
  async enqueue<M extends object = Memory>(
    spec: RunSpec<M> & { readonly agent: string },
  ): Promise<string> {
    const id = await enqueueRun(this.#host, spec, {
      id: spec.runId ?? crypto.randomUUID(),
      agent: spec.agent,
    })
    this.#wake()
    return id
  }

  /**
   * Takes runs of the agent that wait for a worker, so many at a time: queued, lost, let go of, or decided while nobody
   * had them; only those of these skills, and of versions that it can do. Resolves when the worker closes or `signal`
   * fires, and its runs are over.
   * @throws HoldpointError where the login may not act for the agent
   */
  async serve<S extends Record<string, object>>(
    skills: Skills<S>,
    options: ServeOptions,
  ): Promise<void> {
    const known = new Map(Object.entries(skills) as [string, Skill<object>][])
    const serving = new Serving(known, options, {
      signal: this.#stop.signal,
      claim: async (wanted, call) => this.#carrier.next(options.agent, wanted, call),
      carry: async (claim, { version, resumes, work }) =>
        this.#carrier.claimed(claim, { version, resumes, onHold: options.onHold }, work),
      giveBack: async (claim, why) => this.#carrier.giveBack(claim, why),
      log: this.#host.log,
    })
    this.#servings.add(serving)
    try {
      await this.#track(serving.run())
    } finally {
      this.#servings.delete(serving)
    }
  }

  /**
   * Declares a loop, fires it on time or with `fire`, and does its runs; so may any number of workers, and each time is
   * fired once. Resolves like `serve`.
   * @throws TypeError, RangeError for what is no schedule, HoldpointError where the login may not act for the agent
   */
  async loop<M extends object = Memory>(
    spec: LoopSpec<M>,
    work: AgentWork<unknown, M>,
  ): Promise<void> {
    if (this.#loops.has(spec.name)) throw new TypeError(`This worker has a loop "${spec.name}".`)
    const loop = new Loop(spec, this.#host)
    this.#loops.set(spec.name, loop)
    try {
      await this.#track(loop.declare())
      await this.#runLoop(loop, work)
    } finally {
      this.#loops.delete(spec.name)
    }
  }

  /** Keeps its time and does its runs; where one of both fails, so does the other. */
  async #runLoop<M extends object>(loop: Loop, work: AgentWork<unknown, M>): Promise<void> {
    const { spec } = loop
    const failed = new AbortController()
    const signal = AbortSignal.any([failed.signal, ...(spec.signal ? [spec.signal] : [])])
    const stop = AbortSignal.any([this.#stop.signal, signal])
    const skill = { version: spec.skillVersion, resumes: spec.resumes, work }
    const together = [
      this.#track(loop.keepTime(stop, () => this.#wake())),
      this.serve({ [skillOf(spec)]: skill }, { ...spec, signal }),
    ]
    try {
      await Promise.all(together)
    } finally {
      failed.abort()
      await Promise.allSettled(together)
    }
  }

  /**
   * Fires a loop now, because of its event or because someone wants it.
   * @returns the id of its run @throws TypeError where this worker has no loop of that name
   */
  async fire(name: string, memory?: object): Promise<string> {
    const id = await this.#loops.get(name)?.fire(undefined, memory)
    if (id === undefined) throw new TypeError(`This worker has no loop "${name}".`)
    this.#wake()
    return id
  }

  /** The agent that this login belongs to; null for the trial login, which may act as any that has no login. */
  async ownAgent(): Promise<string | null> {
    const [row] = await this.#database.query<{ agent: string | null }>(
      'select own_agent() as agent',
      [],
      { signal: this.#hardStop.signal, first: true },
    )
    return row?.agent ?? null
  }

  /** The agent's runs that have not ended, for a worker that starts and goes on with what was left. */
  async unfinished(agent: string): Promise<UnfinishedRun[]> {
    return this.#database.query<UnfinishedRun>(UNFINISHED, [agent], {
      signal: this.#hardStop.signal,
      first: true,
    })
  }

  /**
   * Stops working: signals fire with WorkerClosedError, actions under way get a few seconds to be recorded, and the
   * runs are let go of: they wait for another worker, and nobody has to find out that this one is gone.
   */
  async close(): Promise<void> {
    this.#closing ??= this.#close()
    await this.#closing
  }

  #wake(): void {
    for (const serving of this.#servings) serving.wake()
  }

  async #track<T>(work: Promise<T>): Promise<T> {
    this.#tracked.add(work)
    try {
      return await work
    } finally {
      this.#tracked.delete(work)
    }
  }

  async #close(): Promise<void> {
    this.#stop.abort(new WorkerClosedError())
    this.#carrier.close()
    const timer = setTimeout(() => this.#hardStop.abort(new WorkerClosedError()), GRACE_MS)
    const givenUp = new Promise((resolve) => {
      this.#hardStop.signal.addEventListener('abort', resolve)
    })
    // What ends may leave something to be recorded.
    while (this.#tracked.size > 0 && !this.#hardStop.signal.aborted) {
      await Promise.race([Promise.allSettled(this.#tracked), givenUp])
    }
    clearTimeout(timer)
    this.#hardStop.abort(new WorkerClosedError())
    // A statement on a connection that is dead without knowing it may take half a minute to be given up.
    await atMost(HANG_UP_MS, this.#control.stop())
    await atMost(HANG_UP_MS, this.#database.end())
  }
}

export interface UnfinishedRun {
  readonly id: string
  readonly goal: string | null
  readonly skill: string | null
  readonly labels: Readonly<Record<string, string>>
  readonly parentId: string | null
  readonly status: string
}

const UNFINISHED = `select workflow_id as id, goal, skill, labels, parent_id as "parentId", status
  from workflow_checkpoints
  where agent_id = $1 and engine = 'sdk' and status in ('${activeStatuses.join(`', '`)}')
  order by created_at`
