import { setTimeout as sleep } from 'node:timers/promises'

import { firstPerson } from '@holdpoint/protocol'

import type { Database } from '../database/database.ts'
import { problemFrom } from '../database/problem.ts'
import { hashOf, newSecret } from '../database/secrets.ts'

/** Who makes the link: as `ensure_first_admin` in the database. */
const machine = 'token:cli'
/** It stands in a file that also holds the machine's token, so to let it run out soon would protect nothing. */
const hours = 720
const againMs = 1_000

interface Parts {
  readonly database: Database
  readonly urlOf: (token: string) => string
  readonly onSignInLink: (url: string) => void
  readonly log: (line: string) => void
}

/** The link that the terminal shows. One that was used is replaced. */
export class FirstLink {
  readonly #parts: Parts
  #closed = false

  constructor(parts: Parts) {
    this.#parts = parts
  }

  /** Makes a link and tells of it. While the database is away it is told of all the same, and good once that is back. */
  async make(): Promise<void> {
    const { urlOf, onSignInLink } = this.#parts
    const token = newSecret()
    const first = this.#register(token)
    await Promise.race([first, sleep(againMs, undefined, { ref: false })])
    onSignInLink(urlOf(token))
    if (!(await first)) void this.#keepTrying(token)
  }

  async #keepTrying(token: string): Promise<void> {
    do await sleep(againMs, undefined, { ref: false })
    while (!this.#closed && !(await this.#register(token)))
  }

  close(): void {
    this.#closed = true
  }

  /** @returns false while it is worth trying again */
  async #register(token: string): Promise<boolean> {
    const { database, log } = this.#parts
    try {
      await database.verb('select make_sign_in_link($1, $2, $3, $4)', [
        hashOf(token),
        firstPerson,
        hours,
        machine,
      ])
      return true
    } catch (error) {
      const known = problemFrom(error)
      if (known?.body.code === 'UNAVAILABLE') return false
      log(`The sign-in link signs nobody in: ${known?.body.message ?? String(error)}`)
      return true
    }
  }
}
