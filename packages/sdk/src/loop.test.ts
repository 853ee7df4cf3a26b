import { expect, test } from 'vitest'

import { Database } from './database.ts'
import { Loop, type LoopSpec } from './loop.ts'
import { redactSecrets } from './redact.ts'

/** A database that tells when it was last heard of, and then never answers again. */
class Away extends Database {
  /** What it answers before that. */
  readonly answers: Error[] = []
  readonly asked = Promise.withResolvers<void>()
  readonly gaveUp = Promise.withResolvers<void>()

  constructor() {
    const options = { url: 'postgres://nowhere.invalid/x', poolSize: 1, applicationName: 'test' }
    super({ ...options, waitMs: Infinity, log: () => undefined })
  }

  override async query<Row extends object>(
    sql: string,
    _: unknown,
    call: { readonly signal?: AbortSignal } = {},
  ): Promise<Row[]> {
    if (!sql.includes('enqueue_run')) return [{ since: new Date(0) }] as unknown as Row[]
    const answer = this.answers.shift()
    if (answer !== undefined) throw answer
    this.asked.resolve()
    return new Promise((_resolve, reject) => {
      call.signal?.addEventListener('abort', () => {
        reject(call.signal?.reason as Error)
        this.gaveUp.resolve()
      })
    })
  }
}

function away(spec: Partial<LoopSpec>, ...answers: Error[]) {
  const told: string[] = []
  const database = new Away()
  database.answers.push(...answers)
  const loop = new Loop(
    { agent: 'clerk', name: 'yearly', cron: '0 0 1 1 *', ...spec },
    {
      worker: 'w',
      leaseMs: 1000,
      database,
      redact: redactSecrets,
      log: (message) => told.push(message),
      workerSignal: new AbortController().signal,
      changed: () => undefined,
      track: async (work) => work,
    },
  )
  const stop = new AbortController()
  const kept = loop.keepTime(stop.signal, () => undefined)
  return { database, stop, kept, told }
}

test('a firing that cannot be written for as long as it may be late is missed, not made up for later', async () => {
  const sinceNewYear = Date.now() - Date.UTC(new Date().getUTCFullYear(), 0)
  const { database, stop, kept } = away({ graceMs: sinceNewYear + 500 })
  await database.asked.promise
  await database.gaveUp.promise
  stop.abort()
  await kept
})

test('a loop that is told to stop while the database is away stops', async () => {
  const { database, stop, kept } = away({ catchUp: true })
  await database.asked.promise
  stop.abort()
  await kept
})

test('a login that is locked while a firing is due is waited for, and said once', async () => {
  const locked = Object.assign(new Error('role "clerk" is not permitted to log in'), {
    code: '28000',
  })
  const { database, stop, kept, told } = away({ catchUp: true }, locked, locked)
  await database.asked.promise
  stop.abort()
  await kept
  expect(told).toEqual([
    'Loop "yearly" could not be fired (role "clerk" is not permitted to log in); trying again.',
  ])
})
