import type { Role, Scope } from '@holdpoint/protocol'

import type { Database } from '../database/database.ts'
import { problemFrom } from '../database/problem.ts'
import { hashOf } from '../database/secrets.ts'
import type { Caller } from '../trpc/procedure.ts'

/** How often those who are still in are asked for again, in ms. What ends a session ends its streams this late. */
const recheckMs = 500
/** Somebody who was asked about within this time (ms) is asked for again: an open stream asks all the time. */
const watchedMs = 10_000
/** While the database is away who was in may go on looking, and only that, for this long (ms). */
const trustedMs = 15 * 60_000
/** A database that takes longer than this (ms) is as good as away. */
const patienceMs = 1_000
const mostKnown = 10_000

export interface Known {
  readonly by: 'session' | 'token'
  readonly caller: Caller
  /** False once the session has ended or the token was revoked; a stream outlives the request that opened it. */
  readonly stillIn: () => boolean
}

interface Entry {
  readonly hash: Buffer
  answer: { by: Known['by']; caller: Caller } | undefined
  answeredAt: number
  askedAt: number
  seenAt: number
}

interface Row {
  secret: Buffer
  kind: Known['by']
  id: string
  actor: string
  person: string
  roles: Role[]
  scopes: Scope[]
  agents: string[] | null
}

/** Who is behind a secret that came with a request: the database says, each time. */
export class Callers {
  readonly #database: Database
  readonly #entries = new Map<string, Entry>()
  readonly #recheck: NodeJS.Timeout

  constructor(database: Database) {
    this.#database = database
    this.#recheck = setInterval(() => void this.#askAgain(), recheckMs)
    this.#recheck.unref()
  }

  close(): void {
    clearInterval(this.#recheck)
  }

  /**
   * `toLook`: while the database is away or slow, who was in lately still is; a command waits for its word.
   * @throws Problem UNAVAILABLE while the database is away and this one is not known from before
   */
  async of(secret: string, toLook = false): Promise<Known | undefined> {
    const entry = this.#entry(hashOf(secret))
    await (toLook ? this.#refresh(entry) : this.#ask([entry]))
    const { answer } = entry
    if (answer === undefined) return undefined
    this.#noteSeen(entry)
    return {
      ...answer,
      stillIn: () => {
        entry.askedAt = Date.now()
        return entry.answer !== undefined
      },
    }
  }

  /** What this server itself has just ended need not wait for the next look. */
  forget(secret: string): void {
    this.#entry(hashOf(secret)).answer = undefined
  }

  async #refresh(entry: Entry): Promise<void> {
    const asking = this.#ask([entry])
    const known = entry.answer !== undefined && Date.now() - entry.answeredAt < trustedMs
    if (!known) return asking
    const late = new Promise<void>((resolve) => setTimeout(resolve, patienceMs).unref())
    const failed = asking.catch((error: unknown) => {
      if (problemFrom(error)?.body.code !== 'UNAVAILABLE') throw error
    })
    return Promise.race([failed, late])
  }

  async #ask(entries: readonly Entry[]): Promise<void> {
    const rows = await this.#database.read<Row>('select * from callers_of($1)', [
      entries.map(({ hash }) => hash),
    ])
    const found = new Map(rows.map((row) => [row.secret.toString('hex'), row]))
    for (const entry of entries) {
      const row = found.get(entry.hash.toString('hex'))
      entry.answer = row === undefined ? undefined : { by: row.kind, caller: callerOf(row) }
      entry.answeredAt = Date.now()
    }
  }

  async #askAgain(): Promise<void> {
    const since = Date.now() - watchedMs
    const watched = [...this.#entries.values()].filter(
      ({ askedAt, answer }) => answer !== undefined && askedAt > since,
    )
    // While the database is away nobody's session has ended.
    if (watched.length > 0) await this.#ask(watched).catch(() => undefined)
    for (const entry of watched) this.#noteSeen(entry)
  }

  #noteSeen(entry: Entry): void {
    if (Date.now() - entry.seenAt < 60_000) return
    entry.seenAt = Date.now()
    void this.#database.verb('select note_seen($1)', [[entry.hash]]).catch(() => undefined)
  }

  #entry(hash: Buffer): Entry {
    const key = hash.toString('hex')
    const entry = this.#entries.get(key) ?? {
      hash,
      answer: undefined,
      answeredAt: 0,
      askedAt: 0,
      seenAt: 0,
    }
    // The latest stand last, and the oldest leave: guesses must not fill the memory.
    this.#entries.delete(key)
    this.#entries.set(key, entry)
    const [oldest] = this.#entries.keys()
    if (this.#entries.size > mostKnown && oldest !== undefined) this.#entries.delete(oldest)
    return entry
  }
}

const callerOf = ({ kind, id, actor, person, roles, scopes, agents }: Row): Caller => ({
  actor,
  person,
  scopes,
  agents,
  ...(kind === 'session' && { session: id, roles }),
})
