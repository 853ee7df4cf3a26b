import { beforeAll, expect, test } from 'vitest'

import { askServer, refusal } from '../../test/ask.ts'
import { act, follow, repeat, startWorking } from '../../test/drifting.ts'

const { as, db, operator } = await askServer()
const agentId = 'scout'
const save = (settings: Record<string, unknown>, expected: number, holds = true) => ({
  agentId,
  settings,
  holds,
  reason: 'it wanders',
  expected,
})

beforeAll(async () => follow(db.server))

test('an agent that nobody gave a policy has version 0, which holds nothing', async () => {
  expect(await operator.detections.policy({ agentId })).toEqual([
    { agentId, version: 0, settings: {}, holds: false, author: null, why: null, madeAt: null },
  ])
})

test('each version is kept with its author; one that cannot be read, or was not seen, is not saved', async () => {
  expect(await operator.detections.savePolicy(save({ loopAt: 1 }, 0))).toEqual({ version: 1 })
  expect((await refusal(operator.detections.savePolicy(save({ loopsAt: 1 }, 1)))).message).toBe(
    'settings.loopsAt is no setting.',
  )
  expect((await refusal(operator.detections.savePolicy(save({}, 0)))).code).toBe('NOTHING_TO_DO')
  const reader = as('operator:guest', ['read'])
  expect((await refusal(reader.detections.savePolicy(save({}, 1)))).code).toBe('FORBIDDEN')
  await operator.detections.savePolicy(save({ driftAt: 0.9 }, 1, false))
  expect(await operator.detections.policy({ agentId })).toMatchObject([
    { version: 2, settings: { driftAt: 0.9 }, holds: false, author: 'operator:maria' },
    { version: 1, settings: { loopAt: 1 }, holds: true, why: 'it wanders' },
  ])
  const [only] = await operator.detections.policies()
  expect(only).toMatchObject({ policy: { agentId, version: 2 }, right: 0, wrong: 0 })
})

test('a preview says which of last week’s runs would have been found, and after how much', async () => {
  const circling = await startWorking(db.trial, agentId, { goal: 'Find a cheaper supplier' })
  await repeat(db.trial, circling, 9)
  const other = await startWorking(db.trial, agentId)
  await act(db.trial, other)
  const old = await startWorking(db.trial, agentId)
  await repeat(db.trial, old, 9)
  await db.owner.query('alter table workflow_checkpoints disable trigger user')
  await db.owner.query(
    `update workflow_checkpoints set created_at = created_at - interval '8 days' where workflow_id = $1`,
    [old],
  )
  await db.owner.query('alter table workflow_checkpoints enable trigger user')
  const met = await operator.detections.preview({ agentId, settings: { loopAt: 1, repeats: 4 } })
  expect(met).toMatchObject({ refused: null, runs: 2, actions: 10, cut: false })
  expect(met.found).toMatchObject([
    {
      runId: circling,
      goal: 'Find a cheaper supplier',
      status: 'running',
      finding: 'LOOP_DETECTED',
      after: 4,
      of: 9,
    },
  ])
  expect((await operator.detections.preview({ agentId, settings: {} })).found).toEqual([])
  expect(await operator.detections.preview({ agentId, settings: { driftAt: 0 } })).toMatchObject({
    refused: 'settings.driftAt is 0: give above 0, or null for never.',
    runs: 0,
  })
  // Trying is not doing.
  const { rows } = await db.server.query('select from detections')
  expect(rows).toHaveLength(0)
})
