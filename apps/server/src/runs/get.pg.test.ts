import { expect, test } from 'vitest'

import { askServer } from '../../test/ask.ts'

const { db, operator, startRun } = await askServer()

test('a run comes with its holds, its family and its history by stretches', async () => {
  const parent = await startRun()
  const child = await startRun({ parent_id: parent })
  await operator.runs.pause({ id: child, reason: 'look' })
  const detail = await operator.runs.get({ id: child })
  expect(detail).toMatchObject({
    run: { id: child, status: 'paused' },
    lease: null,
    parent: { id: parent },
    children: [],
    inFlight: [],
    holds: [{ kind: 'operator_pause', why: 'look', clearedAt: null }],
  })
  expect((await operator.runs.get({ id: parent })).children).toMatchObject([{ id: child }])
  for (let n = 0; n < 8; n++) {
    await db.trial.query('update workflow_checkpoints set tokens_in = $2 where workflow_id = $1', [
      parent,
      n + 1,
    ])
  }
  const seqs = async (input: { before?: number; after?: number; limit: number }) =>
    (await operator.runs.events({ id: parent, ...input })).events.map(({ seq }) => seq)
  expect(await seqs({ limit: 3 })).toEqual([7, 8, 9])
  expect(await seqs({ before: 7, limit: 3 })).toEqual([4, 5, 6])
  expect(await seqs({ after: 2, limit: 3 })).toEqual([3, 4, 5])
  expect(await seqs({ after: 2, before: 4, limit: 3 })).toEqual([3])
})
