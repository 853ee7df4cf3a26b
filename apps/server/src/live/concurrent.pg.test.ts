import { randomUUID } from 'node:crypto'

import * as fc from 'fast-check'
import { Client } from 'pg'
import { expect, test } from 'vitest'

import { startTestServer } from '../../test/test-server.ts'
import { emptyFleet, fleetOf, type Message, seqsOf, Watch } from '../../test/watch.ts'

const server = await startTestServer()
const { db } = server

/** A transaction of one agent: which runs it steps, and whether it commits. */
const transaction = fc.record({
  runs: fc.array(fc.nat(2), { minLength: 1, maxLength: 4 }),
  commits: fc.boolean(),
  lingers: fc.boolean(),
})
const writers = fc.array(fc.array(transaction, { minLength: 1, maxLength: 6 }), {
  minLength: 2,
  maxLength: 4,
})
/** After how many messages a viewer hangs up and comes back with its position. */
const hangUps = fc.array(fc.integer({ min: 1, max: 6 }), { maxLength: 6 })

async function connected<T>(work: (client: Client) => Promise<T>): Promise<T> {
  const client = new Client({ connectionString: db.trialUrl })
  await client.connect()
  try {
    return await work(client)
  } finally {
    await client.end()
  }
}

async function write(
  client: Client,
  ids: readonly string[],
  { runs, commits, lingers }: { runs: number[]; commits: boolean; lingers: boolean },
): Promise<void> {
  await client.query('begin')
  // In one order, or they deadlock; that is the agents' business and not what is tried here.
  for (const run of runs.toSorted((a, b) => a - b)) {
    await client.query(
      'update workflow_checkpoints set tokens_in = tokens_in + 1 where workflow_id = $1',
      [ids[run]],
    )
    if (lingers) await client.query('select pg_sleep(random() / 100)')
  }
  await client.query(commits ? 'commit' : 'rollback')
}

/** A viewer of one run that hangs up now and then, and holds what a page holds. */
async function follow(
  path: string,
  hangUps: readonly number[],
  enough: (messages: readonly Message[]) => boolean,
): Promise<Message[]> {
  const told: Message[] = []
  let position: string | undefined
  for (const after of [...hangUps, Number.POSITIVE_INFINITY]) {
    const watch = await Watch.open(server.url, path, position)
    await watch.until(({ messages }) => messages.length >= after || enough([...told, ...messages]))
    // What was read is what counts: position and messages are taken together.
    position = watch.position
    told.push(...watch.messages)
    watch.close()
  }
  return told
}

test('snapshot plus stream under concurrent writers yields every event once in per-run order', async () => {
  await fc.assert(
    fc.asyncProperty(writers, hangUps, async (writers, hangUps) => {
      const ids = [randomUUID(), randomUUID(), randomUUID()]
      await connected(async (client) => {
        for (const id of ids) {
          await client.query(
            `insert into workflow_checkpoints (workflow_id, agent_id) values ($1, 'a')`,
            [id],
          )
        }
      })
      const finals = new Map<string, number>()
      const watching = ids.map(async (id) =>
        follow(
          `runs/${id}`,
          hangUps,
          (messages) => finals.has(id) && seqsOf(messages).at(-1) === finals.get(id),
        ),
      )
      const fleet = follow('fleet', hangUps, (messages) => {
        const { runs } = fleetOf(messages, emptyFleet())
        return finals.size > 0 && ids.every((id) => runs.get(id)?.seq === finals.get(id))
      })
      await Promise.all(
        writers.map(async (transactions) =>
          connected(async (client) => {
            for (const each of transactions) await write(client, ids, each)
          }),
        ),
      )
      // One more event each, so that whoever waits is told something after the last sequence is known.
      const { rows } = await db.trial.query<{ id: string; seq: number }>(
        'select workflow_id as id, seq from workflow_checkpoints where workflow_id = any ($1)',
        [ids],
      )
      for (const { id, seq } of rows) finals.set(id, seq + 1)
      for (const id of ids) {
        await db.trial.query(
          'update workflow_checkpoints set tokens_out = 1 where workflow_id = $1',
          [id],
        )
      }
      for (const [n, told] of (await Promise.all(watching)).entries()) {
        const last = finals.get(ids[n] ?? '') ?? 0
        expect(seqsOf(told)).toEqual(Array.from({ length: last }, (_, i) => i + 1))
        expect(told.filter(({ name }) => name === 'resync')).toEqual([])
      }
      await fleet
    }),
    { numRuns: 25 },
  )
})
