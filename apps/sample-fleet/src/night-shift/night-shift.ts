import { DatabaseError, Pool, type QueryResultRow } from 'pg'

import { approvals } from './approvals.ts'
import { budgets } from './budgets.ts'
import { detections } from './detections.ts'
import { outcomes } from './outcomes.ts'
import type { Round, Shift } from './shift.ts'
import { wanderers } from './wanderers.ts'

/** Who did it, in every row and event: no person, and nothing of the user's own. */
export const nightShiftName = 'sample-night-shift'
const NIGHT_SHIFT = `operator:${nightShiftName}`

const ROUND_MS = 3000
const LEAST_ROUND_MS = 100
const rounds: readonly Round[] = [approvals, budgets, outcomes, detections, wanderers]

export interface NightShiftOptions {
  /** The server's login: what a signed-in person may do. */
  readonly serverUrl: string
  readonly shopUrl: string
  readonly pace: number
  readonly log: (line: string) => void
}

/**
 * A script in place of the people who look after the sample agents, so that a fleet that nobody watches does not
 * fill up with runs that wait. It touches the sample agents' runs only, and nothing that a person holds.
 */
export class NightShift {
  readonly #pool: Pool
  readonly #log: (line: string) => void
  readonly #shift: Shift
  readonly #every: number
  #said = ''
  #timer: NodeJS.Timeout | undefined
  #stopped: Promise<void> | undefined
  #round: Promise<void>

  constructor({ serverUrl, shopUrl, pace, log }: NightShiftOptions) {
    this.#log = log
    this.#every = Math.max(LEAST_ROUND_MS, ROUND_MS / pace)
    this.#pool = new Pool({
      connectionString: serverUrl,
      max: 1,
      application_name: 'holdpoint sample night shift',
      statement_timeout: 10_000,
    })
    // A connection that breaks is replaced by the pool, also while it is being closed; its event would end the process.
    this.#pool.on('connect', (client) => client.on('error', () => undefined))
    this.#pool.on('error', () => undefined)
    this.#shift = {
      actor: NIGHT_SHIFT,
      shopUrl,
      query: async <Row extends object>(sql: string, values: readonly unknown[]) =>
        (await this.#pool.query<Row & QueryResultRow>(sql, [...values])).rows,
      seconds: (seconds) => seconds / pace,
      verb: async (sql, values) => this.#verb(sql, values),
    }
    this.#round = this.#look()
  }

  async stop(): Promise<void> {
    this.#stopped ??= this.#stop()
    await this.#stopped
  }

  async #stop(): Promise<void> {
    clearTimeout(this.#timer)
    await this.#round
    clearTimeout(this.#timer)
    await this.#pool.end()
  }

  async #look(): Promise<void> {
    for (const round of rounds) {
      if (this.#stopped !== undefined) return
      await round(this.#shift).catch((error: unknown) => this.#say(error))
    }
    this.#timer = setTimeout(() => {
      this.#round = this.#look()
    }, this.#every)
  }

  async #verb(sql: string, values: readonly unknown[]): Promise<void> {
    try {
      await this.#pool.query(sql, [...values])
    } catch (error) {
      const refused = error instanceof DatabaseError && error.code?.startsWith('HP') === true
      if (!refused) throw error
    }
  }

  /** Once for each trouble: a database that stays away is no news. */
  #say(error: unknown): void {
    const words = error instanceof Error ? error.message : String(error)
    if (words !== this.#said) this.#log(`night shift: ${words}`)
    this.#said = words
  }
}
