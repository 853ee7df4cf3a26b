import { get, type IncomingMessage } from 'node:http'

import type { FleetSnapshot } from '@holdpoint/protocol'
import { expect, test } from 'vitest'

import { apiToken, startTestServer } from '../../test/test-server.ts'
import { fleetOf, Watch } from '../../test/watch.ts'

const server = await startTestServer()
const runs = 1000
const rounds = 15

/** A connection whose other end has not read anything yet. */
async function openUnread(): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    get(
      `${server.url}/api/stream/fleet`,
      { headers: { authorization: `Bearer ${apiToken}` }, agent: false },
      (answer) => {
        answer.pause()
        resolve(answer)
      },
    ).on('error', reject)
  })
}

test('a viewer that does not read is skipped, and starts anew when it reads again', async () => {
  const slow = await openUnread()
  const fast = await Watch.open(server.url, 'fleet')
  await server.db.trial.query(
    `insert into workflow_checkpoints (agent_id, goal) select 'a', repeat('g', 300) from generate_series(1, $1::integer)`,
    [runs],
  )
  for (let round = 1; round <= rounds; round++) {
    await server.db.trial.query('update workflow_checkpoints set tokens_in = tokens_in + 1')
    // One frame or more for each round, so that the slow one has something to miss.
    await fast.until(({ messages }) => {
      const held = [...fleetOf(messages.slice(-20)).runs.values()]
      return held.some(({ spend }) => spend.tokensIn === round)
    })
  }
  let text = ''
  for await (const bytes of slow) {
    text += String(bytes)
    if (/event: resync[^]*event: snapshot\n[^\n]*\n[^\n]*\n\n/.test(text.slice(-4_000_000))) break
  }
  const snapshot = JSON.parse(
    /.*data: (\{.*?\})\n\n/s.exec(text.slice(text.lastIndexOf('event: snapshot')))?.[1] ?? '',
  ) as FleetSnapshot
  expect(snapshot.runs).toHaveLength(runs)
  expect(new Set(snapshot.runs.map(({ spend }) => spend.tokensIn))).toEqual(new Set([rounds]))
  // It was sent far less than the one that read.
  expect(text.split('event: frame').length).toBeLessThan(fast.count('frame') + 1)
  fast.close()
})
