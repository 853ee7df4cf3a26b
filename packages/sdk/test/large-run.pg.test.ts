import { createTestDatabase } from '@holdpoint/db/testing'
import { afterAll, expect, test } from 'vitest'

import { type Run, Worker } from '../src/index.ts'

const db = await createTestDatabase()
const worker = new Worker({ url: db.trialUrl, log: () => undefined })
afterAll(async () => worker.close())

const STEPS = 1100

test('a run whose results are more than one answer can hold is taken all the same, and keeps nobody from the queue', async () => {
  const agent = 'hoarder'
  const large = await worker.enqueue({ agent, skill: 'work' })
  await db.trial.query(`select claim_next($1, 'earlier', 1000, '[{"skill": "work"}]')`, [agent])
  await db.owner.query(
    `insert into run_steps (workflow_id, name, occurrence, epoch, state, result, started_at, ended_at)
     select $1, 'lap', n, 1, 'done', to_jsonb(repeat(md5(n::text), 7800)), now(), now() from generate_series(1, $2) n`,
    [large, STEPS],
  )
  await db.trial.query('select release_run($1, 1)', [large])
  const small = await worker.enqueue({ agent, skill: 'work' })

  const stop = new AbortController()
  const [taken, repeated]: [string[], number[]] = [[], []]
  const work = async (run: Run): Promise<void> => {
    taken.push(run.id)
    for (let lap = 1; run.id === large && lap <= STEPS; lap += 1) {
      const result = await run.step('lap', () => repeated.push(lap))
      expect(result).toHaveLength(32 * 7800)
    }
    if (run.id === small) stop.abort()
  }
  await worker.serve({ work: { work } }, { agent, signal: stop.signal })
  expect(taken).toEqual([large, small])
  expect(repeated).toEqual([])
})
