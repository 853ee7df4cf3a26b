import { expect, test } from 'vitest'

import { askServer } from '../../test/ask.ts'

const { operator, startRun } = await askServer()

test('a page holds still while runs are added', async () => {
  const ids: string[] = []
  for (let n = 0; n < 7; n++) ids.push(await startRun())
  const first = await operator.runs.list({ sort: 'created', limit: 3 })
  const added = await startRun({ agent_id: 'late' })
  const second = await operator.runs.list({ sort: 'created', limit: 100, cursor: first.nextCursor })
  expect([...first.rows, ...second.rows].map(({ id }) => id)).toEqual(ids.toReversed())
  expect(second.rows.map(({ id }) => id)).not.toContain(added)
})
