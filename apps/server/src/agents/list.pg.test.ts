import { mostRunsCounted } from '@holdpoint/protocol'
import { expect, test } from 'vitest'

import { askServer } from '../../test/ask.ts'

const { db, operator, startRun } = await askServer()

test('the runs of an agent are counted up to a number, so that a long history does not slow the page', async () => {
  await startRun({ agent_id: 'young' })
  await db.pool(db.superUrl).query(
    `begin; set local session_replication_role = replica;
     insert into workflow_checkpoints (agent_id, current_step, status)
       select 'old', 'step_1', 'complete' from generate_series(1, ${mostRunsCounted + 5});
     commit`,
  )
  const agents = await operator.agents.list()
  expect(agents.map(({ agentId, runs }) => [agentId, runs])).toEqual([
    ['old', mostRunsCounted],
    ['young', 1],
  ])
})
