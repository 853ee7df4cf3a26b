import { expect, test } from 'vitest'

import { startTestServer } from '../../test/test-server.ts'
import { fleetOf, Watch } from '../../test/watch.ts'

const server = await startTestServer()
const runs = 1000
const rounds = 15

test('a viewer that does not read is skipped, and starts anew when it reads again', async () => {
  const { watch: slow, read } = await Watch.openUnread(server.url, 'fleet')
  const fast = await Watch.open(server.url, 'fleet')
  await server.db.trial.query(
    `insert into workflow_checkpoints (agent_id, goal) select 'a', repeat('g', 300) from generate_series(1, $1::integer)`,
    [runs],
  )
  const reached = (watch: Watch, round: number): boolean => {
    const held = [...fleetOf(watch.messages).runs.values()]
    return held.length === runs && held.every(({ spend }) => spend.tokensIn === round)
  }
  for (let round = 1; round <= rounds; round++) {
    await server.db.trial.query('update workflow_checkpoints set tokens_in = tokens_in + 1')
    // One frame or more for each round, so that the slow one has something to miss.
    await fast.until((watch) => reached(watch, round))
  }
  read()
  await slow.until((watch) => watch.count('resync') > 0 && watch.count('snapshot') > 1)
  await slow.until((watch) => reached(watch, rounds))
  expect(slow.count('frame')).toBeLessThan(fast.count('frame'))
  for (const watch of [slow, fast]) watch.close()
})
