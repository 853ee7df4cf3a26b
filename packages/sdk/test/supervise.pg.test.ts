import { createTestDatabase } from '@holdpoint/db/testing'
import { expect, test } from 'vitest'

import { supervise } from '../src/index.ts'
import { eventsOf, rowOf } from './rows.ts'

const db = await createTestDatabase()

test('a run is recorded from its start to its end, with each step and action', async () => {
  let id = ''
  const answer = await supervise(
    { agent: 'clerk', goal: 'Answer ticket 47', url: db.trialUrl, labels: { model: 'scripted' } },
    async (run) => {
      id = run.id
      return run.step('read ticket', async (step) =>
        step.action('http.get', { target: '/tickets/47', request: { id: 47 } }, () => 'the text'),
      )
    },
  )
  expect(answer).toBe('the text')
  expect(await rowOf(db, id)).toMatchObject({ status: 'complete', steps: 1, agent_id: 'clerk' })
  expect((await eventsOf(db, id)).map(({ kind }) => kind)).toEqual([
    'run.started',
    'run.step',
    'action.intended',
    'action.confirmed',
    'step.completed',
    'run.complete',
  ])
})
