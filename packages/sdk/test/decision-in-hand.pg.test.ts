import { createTestDatabase } from '@holdpoint/db/testing'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'

import { enqueue } from '../src/index.ts'
import { PAYMENT, paths } from './asking.ts'
import { Effects } from './effects.ts'
import { AgentProcess } from './processes.ts'
import { actionsOf, rowOf, until } from './rows.ts'

// A process that waits for an answer is killed, and the answer comes while nobody is there to hear it: the next process
// goes on from the checkpoint with the decision in hand, and what was approved runs once.
const db = await createTestDatabase()
const effects = await Effects.start()
afterAll(async () => effects.close())

const AT_ONCE = 8
const serve = (agent: string): AgentProcess =>
  new AgentProcess(db.trialUrl, { agent, effects: effects.url, leaseMs: 1000, atATime: AT_ONCE })

const queued = async (agent: string, skill: string): Promise<string> =>
  enqueue({ url: db.trialUrl, agent, skill })

async function askedBy(run: string): Promise<string> {
  const asked = `select approval_id as id from approval_queue where workflow_id = $1`
  const [row] = await until(
    async () => (await db.server.query<{ id: string }>(asked, [run])).rows,
    ({ length }) => length > 0,
  )
  return row?.id ?? ''
}

const decide = async (run: string, verdict: string, edited?: object): Promise<unknown> =>
  db.server.query(`select decide_approval($1, 'operator:ada', $2, 'twice in a week', 1, $3)`, [
    await askedBy(run),
    verdict,
    edited,
  ])

const ended = async (run: string) =>
  until(
    async () => rowOf(db, run),
    ({ status }) => ['complete', 'failed'].includes(status),
  )

/** All that reached the outside world of a run. */
const reached = (run: string): string[] =>
  effects.arrivals.flatMap(({ path }) => (path.startsWith(run) ? [path] : []))

const EDITED = { eur: 60, order: 7 }
const answers = {
  approved: { verdict: 'approved', paid: PAYMENT },
  'edited, then approved': { verdict: 'approved', edited: EDITED, paid: EDITED },
  rejected: { verdict: 'rejected' },
} as const
type Answer = { verdict: string; edited?: object; paid?: object }
const cases = Object.entries<Answer>(answers).flatMap(([name, answer]) =>
  (['ask first', 'pay gated'] as const).map((skill) => ({ name, skill, ...answer })),
)

describe('what was answered while the process that asked was dead', () => {
  const runs = new Map<unknown, string>()
  beforeAll(async () => {
    await db.server.query(
      `select save_policy(null, 'operator:root', '{"name": "gated", "tool": "gated"}')`,
    )
    for (const each of cases) runs.set(each, await queued('asking', each.skill))
    const first = serve('asking')
    await Promise.all([...runs.values()].map(askedBy))
    await first.end('SIGKILL')
    for (const each of cases) await decide(runs.get(each) ?? '', each.verdict, each.edited)
    const next = serve('asking')
    await Promise.all([...runs.values()].map(ended))
    await next.end()
  })

  test.each(cases)('$name, asked by "$skill"', async (each) => {
    const id = runs.get(each) ?? ''
    const { heard, looked, paid } = paths(id)
    expect(await rowOf(db, id)).toMatchObject({ status: 'complete', epoch: 2 })
    // What was done before the question is not done again, and nothing was asked twice.
    expect(effects.count(looked)).toBe(1)
    const { rows } = await db.server.query<Record<string, unknown>>(
      'select consumed_by from approval_queue where workflow_id = $1',
      [id],
    )
    expect(rows).toHaveLength(1)
    const actions = await actionsOf(db, id)
    if (each.paid === undefined) {
      const words = /(^| )(no: |operator:ada said no: )twice in a week/
      expect(reached(id)).toEqual([looked, expect.stringMatching(words)])
      expect(actions).toEqual([])
      expect(rows[0]).toEqual({ consumed_by: null })
    } else {
      const told = each.skill === 'ask first' ? [heard('yes')] : []
      expect(reached(id)).toEqual([looked, ...told, paid(each.paid)])
      expect(actions).toMatchObject([{ state: 'confirmed', attempt: 1, request: each.paid }])
      expect(rows[0]).not.toEqual({ consumed_by: null })
    }
  })
})

test('a process that is killed between the answer and the action hands the answer to the next', async () => {
  const id = await queued('killed between', 'ask first')
  const { heard, looked, paid } = paths(id)
  effects.hold(heard('yes'))
  const first = serve('killed between')
  await decide(id, 'approved', EDITED)
  await effects.arrived(heard('yes'))
  await first.end('SIGKILL')
  effects.answer(heard('yes'))
  const next = serve('killed between')
  expect(await ended(id)).toMatchObject({ status: 'complete', epoch: 2 })
  expect(reached(id)).toEqual([looked, heard('yes'), heard('yes'), paid(EDITED)])
  await next.end()
})

test('one that is killed in the action it was allowed tries that again under the same yes, which stays used once', async () => {
  const id = await queued('killed within', 'ask first')
  const { paid } = paths(id)
  effects.hold(paid(PAYMENT))
  const first = serve('killed within')
  await decide(id, 'approved')
  await effects.arrived(paid(PAYMENT))
  await first.end('SIGKILL')
  effects.answer(paid(PAYMENT))
  const next = serve('killed within')
  expect(await ended(id)).toMatchObject({ status: 'complete', epoch: 2 })
  expect(effects.count(paid(PAYMENT))).toBe(2)
  expect(await actionsOf(db, id)).toMatchObject([{ state: 'confirmed', attempt: 2 }])
  const { rows } = await db.server.query(
    `select from approval_queue q join actions a on a.action_id = q.consumed_by and a.approval_id = q.approval_id
     where q.workflow_id = $1`,
    [id],
  )
  expect(rows).toHaveLength(1)
  await next.end()
})
