const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const

/** Thrown out of a start that was told to stop before it was done. */
class StoppedEarly extends Error {
  override name = 'StoppedEarly'
}

/**
 * Waits for the first reason to stop: a signal, or an error that nothing caught. Later ones are
 * ignored, since stopping in order is what keeps the database whole.
 */
export class StopSignal {
  /** Settles when stopping is wanted; never rejects. */
  readonly wanted: Promise<void>
  #why: string | undefined
  #exitCode = 0
  #settle: () => void = () => undefined
  readonly #say: (line: string) => void
  readonly #debug: boolean

  constructor(say: (line: string) => void, debug: boolean) {
    this.#say = say
    this.#debug = debug
    this.wanted = new Promise((resolve) => {
      this.#settle = resolve
    })
    for (const name of SIGNALS) process.on(name, this.#onSignal)
    process.on('uncaughtException', this.#onError)
  }

  get why(): string | undefined {
    return this.#why
  }

  get exitCode(): number {
    return this.#exitCode
  }

  /** @throws StoppedEarly when stopping is wanted */
  check(): void {
    if (this.#why !== undefined) throw new StoppedEarly(this.#why)
  }

  /** Gives the signals back to whoever listens next. */
  close(): void {
    for (const name of SIGNALS) process.off(name, this.#onSignal)
    process.off('uncaughtException', this.#onError)
  }

  readonly #onSignal = (name: NodeJS.Signals): void => {
    // Others send SIGTERM more than once: npm, and the guard that notices that npm is gone.
    if (this.#why !== undefined && name === 'SIGINT')
      this.#say('Still stopping: the database is being closed cleanly ...')
    this.#want(name, 0)
  }

  readonly #onError = (error: Error): void => {
    // Whoever read our output is gone. Saying so would fail in the same way, again and again.
    if ('code' in error && error.code === 'EPIPE') {
      this.#want('nobody reading its output', 1)
      return
    }
    this.#say(`holdpoint: ${error.message} (HOLDPOINT_DEBUG=1 shows where)`)
    if (this.#debug) this.#say(error.stack ?? '')
    this.#want('an error', 1)
  }

  #want(why: string, exitCode: number): void {
    if (this.#why !== undefined) return
    this.#why = why
    this.#exitCode = exitCode
    this.#settle()
  }
}
