import { createTestDatabase } from '@holdpoint/db/testing'
import { afterAll, expect, test } from 'vitest'

import { DatabaseAwayError, Worker } from '../src/index.ts'
import { actionsOf, eventsOf, rowOf } from './rows.ts'

const db = await createTestDatabase()
const worker = new Worker({ url: db.trialUrl, log: () => undefined })
afterAll(async () => worker.close())

/** Ends every connection of the SDK, as a restart of the database does. */
async function cutAll(): Promise<number> {
  const { rowCount } = await db.owner.query(
    `select pg_terminate_backend(pid) from pg_stat_activity
     where datname = current_database() and application_name like 'holdpoint-%' and pid <> pg_backend_pid()`,
  )
  return rowCount ?? 0
}

test('connections cut again and again lose no action and double none', async () => {
  const performed = new Map<string, number>()
  const ids: string[] = []
  let cuts = 0
  let cutting: Promise<unknown> = Promise.resolve()
  // Each cut comes in the midst of whatever the other runs are doing.
  const cutSometimes = (): void => {
    if (performed.size % 5 === 0) cutting = cutAll().then((count) => (cuts += count))
  }
  await Promise.all(
    Array.from({ length: 4 }, async () =>
      worker.supervise({ agent: 'sturdy' }, async (run) => {
        ids.push(run.id)
        for (let n = 0; n < 25; n += 1) {
          await run.step('lap', async (step) =>
            step.action('count', { request: { n } }, () => {
              const key = `${run.id} ${n}`
              performed.set(key, (performed.get(key) ?? 0) + 1)
              cutSometimes()
              return n
            }),
          )
        }
      }),
    ),
  )
  await cutting
  expect(cuts).toBeGreaterThan(0)
  expect(performed.size).toBe(100)
  expect(new Set(performed.values())).toEqual(new Set([1]))
  for (const id of ids) {
    expect(await rowOf(db, id)).toMatchObject({ status: 'complete' })
    const actions = await actionsOf(db, id)
    expect(actions).toHaveLength(25)
    expect(new Set(actions.map(({ state }) => state))).toEqual(new Set(['confirmed']))
    expect((await eventsOf(db, id)).map(({ seq }) => seq)).toEqual(
      (await eventsOf(db, id)).map((_, index) => index + 1),
    )
  }
})

test('a control that came while the connection was down is obeyed when it is back', async () => {
  const started = Promise.withResolvers<string>()
  const done = worker.supervise({ agent: 'sturdy' }, async (run) => {
    await run.step('wait', async (step) =>
      step.action('hang', {}, async (signal) => {
        started.resolve(run.id)
        return new Promise((_, reject) => {
          signal.addEventListener('abort', () => reject(new Error('told')))
        })
      }),
    )
  })
  const id = await started.promise
  const settled = expect(done).rejects.toThrow(/killed/)
  await db.owner.query(
    `select pg_terminate_backend(pid) from pg_stat_activity where application_name like 'holdpoint-control%'`,
  )
  await db.server.query(`select kill_run($1, 'operator:ada')`, [id])
  await settled
})

test('a wait that is bounded ends with an error that says so, and nothing was begun', async () => {
  const nowhere = new URL(db.trialUrl)
  nowhere.port = '1'
  const bounded = new Worker({ url: nowhere.toString(), databaseWaitMs: 1, log: () => undefined })
  let begun = false
  await expect(
    bounded.supervise({ agent: 'sturdy' }, () => {
      begun = true
    }),
  ).rejects.toBeInstanceOf(DatabaseAwayError)
  expect(begun).toBe(false)
  await bounded.close()
})

test('a wrong password is an error at once, not a reason to wait', async () => {
  const wrong = new URL(db.trialUrl)
  wrong.password = 'not-it'
  const locked = new Worker({ url: wrong.toString(), log: () => undefined })
  await expect(locked.supervise({ agent: 'sturdy' }, () => undefined)).rejects.toThrow(/password/)
  await locked.close()
})
