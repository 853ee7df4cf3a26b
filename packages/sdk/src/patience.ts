const QUIET_MS = 100

export interface PatienceOptions {
  /** Undefined: for ever. */
  readonly exitAfterMs: number | undefined
  /** Nothing is under way that leaving would cut off. */
  readonly quiet: () => boolean
  readonly leave: () => void
}

/** How long one process waits while its run is held, whatever waits meanwhile and however often. */
export class Patience {
  readonly #options: PatienceOptions
  #since: number | undefined
  #timer: ReturnType<typeof setTimeout> | undefined

  constructor(options: PatienceOptions) {
    this.#options = options
  }

  /** Someone waits. */
  begin(): void {
    this.#since ??= performance.now()
    if (this.#timer === undefined) this.#look()
  }

  /** Nobody waits any more; the run may be held all the same. */
  end(): void {
    clearTimeout(this.#timer)
    this.#timer = undefined
  }

  /** The run goes on: the next hold is a new one. */
  wentOn(): void {
    this.#since = undefined
  }

  #look(): void {
    const { exitAfterMs, quiet, leave } = this.#options
    if (exitAfterMs === undefined) return
    this.#since ??= performance.now()
    const left = this.#since + exitAfterMs - performance.now()
    if (left <= 0 && quiet()) leave()
    else this.#timer = setTimeout(() => this.#look(), Math.max(left, QUIET_MS))
  }
}
