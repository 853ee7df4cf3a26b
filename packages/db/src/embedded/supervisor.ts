import { EmbeddedPostgresError } from './errors.ts'
import { logTail, trimLog } from './log-file.ts'
import { type ExitInfo, type PostmasterProcess, stopPostmaster } from './postmaster-process.ts'

const LOG_CHECK_MS = 60_000

/** A server that takes connections. */
export interface Running {
  postmaster: PostmasterProcess
  port: number
  adopted: boolean
}

/** Told to `onExit`: the server ended although nobody had called `stop`. */
export interface UnexpectedExit extends ExitInfo {
  logTail: string
}

export interface EmbeddedPostgres {
  /** Connection string of the superuser to the database `postgres`. Holds the password: never log it. */
  readonly superUrl: string
  readonly port: number
  /** Process id of the postmaster; another one after `ensureRunning` had to start it again. */
  readonly pid: number
  /** True when the server was found running, left by a crash of an earlier process. */
  readonly adopted: boolean
  readonly logFile: string
  /** Calls the listener when the server ends by itself. @returns a function that stops listening. */
  onExit(listener: (exit: UnexpectedExit) => void): () => void
  /**
   * Resolves when the server takes connections: at once, after its recovery, or after a start on the
   * same port if it died. Concurrent calls share one start. @throws EmbeddedPostgresError
   */
  ensureRunning(): Promise<void>
  /** Ends the server and gives the data folder free. May be called again. */
  stop(): Promise<void>
}

export interface Supervision {
  superUrl: string
  logFile: string
  /** Starts the server on the same port, or adopts one that runs. */
  startAgain(): Promise<Running>
  /** Resolves when the server takes connections, rejects when it ended. */
  ready(postmaster: PostmasterProcess): Promise<void>
  /** Gives the data folder free. */
  release(): void
}

export class Supervisor implements EmbeddedPostgres {
  readonly superUrl: string
  readonly port: number
  readonly adopted: boolean
  readonly logFile: string
  readonly #supervision: Supervision
  readonly #listeners = new Set<(exit: UnexpectedExit) => void>()
  readonly #logTimer: NodeJS.Timeout
  #current: PostmasterProcess
  #reviving: Promise<void> | undefined
  #stopping: Promise<void> | undefined

  constructor(first: Running, supervision: Supervision) {
    this.superUrl = supervision.superUrl
    this.port = first.port
    this.adopted = first.adopted
    this.logFile = supervision.logFile
    this.#supervision = supervision
    this.#current = first.postmaster
    this.#logTimer = setInterval(() => trimLog(supervision.logFile), LOG_CHECK_MS)
    this.#logTimer.unref()
    void this.#watch(first.postmaster)
  }

  get pid(): number {
    return this.#current.pid
  }

  onExit(listener: (exit: UnexpectedExit) => void): () => void {
    this.#listeners.add(listener)
    return () => {
      this.#listeners.delete(listener)
    }
  }

  async ensureRunning(): Promise<void> {
    if (this.#stopping !== undefined) {
      throw new EmbeddedPostgresError('The embedded Postgres has been stopped.')
    }
    this.#reviving ??= this.#revive().finally(() => {
      this.#reviving = undefined
    })
    await this.#reviving
  }

  async stop(): Promise<void> {
    this.#stopping ??= this.#end()
    await this.#stopping
  }

  async #revive(): Promise<void> {
    if (this.#current.alive()) {
      // It may be about to die, or be recovering: only a connection tells.
      try {
        await this.#supervision.ready(this.#current)
        return
      } catch (error) {
        if (this.#current.alive()) throw error
      }
    }
    const next = await this.#supervision.startAgain()
    this.#current = next.postmaster
    void this.#watch(next.postmaster)
  }

  async #watch(postmaster: PostmasterProcess): Promise<void> {
    const exit = await postmaster.exited
    if (this.#stopping !== undefined) return
    for (const listener of this.#listeners) listener({ ...exit, logTail: logTail(this.logFile) })
  }

  async #end(): Promise<void> {
    clearInterval(this.#logTimer)
    await this.#reviving?.catch(() => undefined)
    await stopPostmaster(this.#current)
    this.#supervision.release()
  }
}
