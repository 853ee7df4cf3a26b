import { randomBytes } from 'node:crypto'

import { hash } from './sessions.ts'

/** A link can be opened again for this long: browsers fetch ahead, and people click twice. */
const graceMs = 10 * 60 * 1000
const mostLinks = 20

/** Links that sign a browser in, once. Only their hashes are kept. */
export class SignInLinks {
  readonly #made = new Map<string, { usedAt: number | null }>()

  /** @returns the token of a new link */
  make(): string {
    const token = randomBytes(32).toString('base64url')
    this.#made.set(hash(token), { usedAt: null })
    const [oldest] = this.#made.keys()
    if (this.#made.size > mostLinks && oldest !== undefined) this.#made.delete(oldest)
    return token
  }

  /** `first`: it was not used before, so a fresh one is due. */
  use(token: string, now = Date.now()): 'first' | 'again' | 'refused' {
    const link = this.#made.get(hash(token))
    if (link === undefined) return 'refused'
    if (link.usedAt === null) {
      link.usedAt = now
      return 'first'
    }
    return now - link.usedAt <= graceMs ? 'again' : 'refused'
  }
}
