import { randomBytes } from 'node:crypto'
import { hostname } from 'node:os'

import { activeStatuses } from '@holdpoint/protocol'

import { Acknowledger } from './acknowledge.ts'
import { ControlConnection } from './control.ts'
import { Database } from './database.ts'
import { RunEndedError, WorkerClosedError } from './errors.ts'
import { finish, giveUp } from './finish.ts'
import type { Redact } from './payload.ts'
import { redactSecrets } from './redact.ts'
import { type RunRow, viewOf } from './run-view.ts'
import { type AgentWork, Run } from './run.ts'
import type { Session } from './session.ts'
import { type Memory, openSession, type RunSpec } from './start.ts'

export interface WorkerOptions {
  /** Connection string of the agent's login; HOLDPOINT_AGENT_URL of the environment unless given. */
  readonly url?: string | undefined
  /** Milliseconds after which a silent worker's runs may be claimed by another; a beat each third. */
  readonly leaseMs?: number
  /** Connections for work, beside the one for control. */
  readonly poolSize?: number
  /** Milliseconds that a call waits for a database that is away; for ever unless given. */
  readonly databaseWaitMs?: number
  /** Changes everything before it is written; takes secrets out unless given. */
  readonly redact?: Redact
  /** Told in a sentence when the database goes away and comes back; standard error unless given. */
  readonly log?: (message: string) => void
  /** This worker's name, unique among those alive. */
  readonly name?: string
}

const LEASE_MS = 15_000
/** Milliseconds that confirmations of actions get when the worker closes. */
const GRACE_MS = 5000

/** One process's hold on its runs: a pool for work, one connection for control, one heartbeat for all. */
export class Worker {
  readonly name: string
  readonly #options: Required<Omit<WorkerOptions, 'name'>> & { readonly url: string }
  readonly #database: Database
  readonly #control: ControlConnection
  readonly #acknowledger: Acknowledger
  readonly #sessions = new Map<string, Session>()
  readonly #ended = new Set<Promise<unknown>>()
  readonly #hardStop = new AbortController()
  #closing: Promise<void> | undefined

  constructor(options: WorkerOptions = {}) {
    const url = options.url ?? process.env['HOLDPOINT_AGENT_URL']
    if (url === undefined || url === '') {
      throw new TypeError(
        "No connection string: pass url, or set HOLDPOINT_AGENT_URL to the one of the agent's login.",
      )
    }
    this.name = options.name ?? `${hostname()}:${process.pid}:${randomBytes(3).toString('hex')}`
    this.#options = {
      url,
      leaseMs: options.leaseMs ?? LEASE_MS,
      poolSize: options.poolSize ?? 4,
      databaseWaitMs: options.databaseWaitMs ?? Number.POSITIVE_INFINITY,
      redact: options.redact ?? redactSecrets,
      log: options.log ?? ((message) => process.stderr.write(`holdpoint: ${message}\n`)),
    }
    this.#database = new Database({
      url,
      poolSize: this.#options.poolSize,
      applicationName: `holdpoint-sdk ${this.name}`.slice(0, 63),
      waitMs: this.#options.databaseWaitMs,
      log: this.#options.log,
    })
    this.#control = new ControlConnection({
      url,
      applicationName: `holdpoint-control ${this.name}`.slice(0, 63),
      worker: this.name,
      leaseMs: this.#options.leaseMs,
      runs: () => [...this.#sessions.keys()],
      holds: (run) => this.#sessions.has(run),
      seen: (rows, asked, how) => this.#seen(rows, asked, how),
    })
    this.#acknowledger = new Acknowledger(async (session, stage) =>
      this.#control.query('select control_ack($1, $2, $3)', [session.id, session.epoch, stage]),
    )
    this.#control.start()
  }

  /**
   * Runs one agent loop as a supervised run: starts it (or, where `runId` names one that was left, claims it), ends
   * it complete when `work` returns and failed when it throws, and passes both on.
   * @throws RunEndedError when it was killed, FencedError when another worker took it over, what `work` threw
   */
  async supervise<T, M extends object = Memory>(
    spec: RunSpec<M>,
    work: AgentWork<T, M>,
  ): Promise<T> {
    return this.#track(this.#supervise(spec, work))
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
   * runs are left as they are for another worker to claim.
   */
  async close(): Promise<void> {
    this.#closing ??= this.#close()
    await this.#closing
  }

  async #supervise<T, M extends object>(
    spec: RunSpec<M>,
    work: AgentWork<T, M>,
    parent?: Session,
  ): Promise<T> {
    const session = await openSession(spec, {
      database: this.#database,
      worker: this.name,
      leaseMs: this.#options.leaseMs,
      redact: this.#options.redact,
      workerSignal: this.#hardStop.signal,
      parent,
      changed: (changed) => void this.#acknowledger.tell(changed),
    })
    if (this.#closing !== undefined) session.stop(new WorkerClosedError())
    const run = new Run<M>(session, async (above, child, childWork) =>
      this.#supervise(child, childWork, above),
    )
    // Its steps give what they gave before; nothing is left to be done, held or recorded.
    if (session.over) return work(run)
    this.#sessions.set(session.id, session)
    try {
      const result = await work(run)
      await finish(session)
      return result
    } catch (error) {
      throw await giveUp(session, error)
    } finally {
      await this.#acknowledger.tell(session)
      this.#sessions.delete(session.id)
      // What the agent left waiting has nothing to wait for any more.
      session.stop(new RunEndedError(`Run ${session.id} has ended.`))
    }
  }

  #seen(rows: RunRow[], asked: readonly string[], how: 'notice' | 'beat'): void {
    const named = new Map(rows.map((row) => [row.run_id, row]))
    for (const id of asked) {
      const session = this.#sessions.get(id)
      const row = named.get(id)
      if (session === undefined) continue
      if (row !== undefined) this.#observe(session, row, how)
      // A beat does not name runs that simply run.
      else if (how === 'beat') session.observeRunning()
    }
  }

  #observe(session: Session, row: RunRow, how: 'notice' | 'beat'): void {
    session.observe(viewOf(row))
    if (session.signal.aborted || session.epoch !== row.run_epoch) return
    const leaseGone =
      row.status === 'lost' ||
      // The beat names a running run with nothing to acknowledge only when its lease is not ours.
      (how === 'beat' &&
        row.status === 'running' &&
        (row.control === null || row.control.acknowledgedAt !== null))
    // What it throws has stopped the session; the agent hears it at its next call.
    if (leaseGone) session.reclaim().catch(() => undefined)
  }

  async #track<T>(work: Promise<T>): Promise<T> {
    this.#ended.add(work)
    try {
      return await work
    } finally {
      this.#ended.delete(work)
    }
  }

  async #close(): Promise<void> {
    for (const session of this.#sessions.values()) session.stop(new WorkerClosedError())
    const timer = setTimeout(() => this.#hardStop.abort(new WorkerClosedError()), GRACE_MS)
    await Promise.race([
      Promise.allSettled(this.#ended),
      new Promise((resolve) => this.#hardStop.signal.addEventListener('abort', resolve)),
    ])
    clearTimeout(timer)
    this.#hardStop.abort(new WorkerClosedError())
    await this.#control.stop()
    await this.#database.end()
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
