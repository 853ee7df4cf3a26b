const HEALS_AFTER_MS = 600_000
const MOST_ERRORS = 50
/** So many must fail before a restart helps: whoever met the trouble fails with it, however fast the triage was. */
const LEAST_FAILURES = 3

export interface GatewayError {
  readonly at: string
  readonly what: string
}

export interface Alert {
  /** The same for as long as the trouble lasts. */
  readonly id: string
  readonly what: string
  readonly since: string
  readonly times: number
}

interface Trouble {
  readonly day: number
  readonly began: number
  failures: number
}

/** The supplier's gateway in the south: on every fourth day it answers 502 until someone restarts it. */
export class Gateway {
  readonly #pace: number
  readonly #errors: GatewayError[] = []
  #trouble: Trouble | undefined
  #mended = 0

  constructor(pace: number) {
    this.#pace = pace
  }

  /** @returns whether this request fails */
  fails(day: number, file: string): boolean {
    if (file !== 'south' || day % 4 !== 1 || day <= this.#mended) return false
    if (this.#trouble?.day !== day) this.#trouble = { day, began: Date.now(), failures: 0 }
    this.#trouble.failures += 1
    this.#errors.push({
      at: new Date().toISOString(),
      what: `PUT /warehouse/${day}/${file} answered 502`,
    })
    if (this.#errors.length > MOST_ERRORS) this.#errors.shift()
    if (Date.now() - this.#trouble.began > HEALS_AFTER_MS / this.#pace) this.restart()
    return true
  }

  restart(): void {
    if (this.#trouble === undefined || this.#trouble.failures < LEAST_FAILURES) return
    this.#mended = this.#trouble.day
    this.#trouble = undefined
  }

  get alert(): Alert | undefined {
    const trouble = this.#trouble
    return (
      trouble && {
        id: `gateway-south-${trouble.day}`,
        what: 'the gateway in the south answers 502',
        since: new Date(trouble.began).toISOString(),
        times: trouble.failures,
      }
    )
  }

  get errors(): readonly GatewayError[] {
    return this.#errors.slice(-5)
  }
}
