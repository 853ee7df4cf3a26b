import { randomUUID } from 'node:crypto'

import { expect, test } from 'vitest'

import { askServer } from '../../test/ask.ts'
import { act, follow, policyOf, repeat, runOf, startWorking } from '../../test/drifting.ts'

const { db, operator } = await askServer()

test('a score past the threshold of the policy holds the run, where it asks for that', async () => {
  const agent = `agent-${randomUUID()}`
  await follow(db.server)
  await policyOf(db.server, agent, { driftAt: 0.5 })
  const run = await startWorking(db.trial, agent)
  await repeat(db.trial, run, 20)
  await follow(db.server)
  expect(await runOf(db.server, run)).toMatchObject({
    status: 'paused',
    stopReason: 'DRIFT_DETECTED',
    heldBy: ['detection'],
  })
  expect(await act(db.trial, run)).toBe('hold')
  const [found] = await operator.detections.ofRun({ runId: run })
  expect(found).toMatchObject({ finding: 'DRIFT_DETECTED', held: true, open: true })
  await operator.runs.resume({ id: run, verdict: 'right', reason: 'it was lost' })
  expect(await runOf(db.server, run)).toMatchObject({ status: 'running', heldBy: [] })
  expect(await operator.detections.ofRun({ runId: run })).toMatchObject([
    { verdict: 'right', open: false },
  ])
})
