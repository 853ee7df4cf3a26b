import { Client } from 'pg'

import { type BenchDatabase, startBenchDatabase } from './bench-database.ts'
import type { Benchmark, Row } from './report.ts'
import { ms, perSecond, Samples, times } from './samples.ts'

const QUEUE = 10_000
/** Claims of one side before the other has its turn. */
const TURN = 500
const WORKERS = [1, 8, 32]

/** Workers that empty a queue by `claim_next`, beside a bare SELECT ... SKIP LOCKED with an UPDATE of the same rows. */
export const claim: Benchmark = async () => {
  const database = await startBenchDatabase()
  try {
    const rows: Row[] = []
    for (const workers of WORKERS) rows.push(...(await emptyQueues(database, workers)))
    return { title: `Claiming from a queue of ${QUEUE} runs`, peers: ['SKIP LOCKED'], rows, notes }
  } finally {
    await database.stop()
  }
}

interface Side {
  readonly clients: readonly Client[]
  readonly take: (client: Client, worker: string) => Promise<boolean>
  readonly samples: Samples
  seconds: number
}

async function emptyQueues(database: BenchDatabase, workers: number): Promise<Row[]> {
  await fillQueues(database)
  const ours = await openSide(database.agentUrl, workers, claimNext)
  const peer = await openSide(database.adminUrl, workers, takePlain)
  for (let taken = 0; taken < QUEUE; taken += TURN) {
    await takeTurn(ours)
    await takeTurn(peer)
  }
  await Promise.all([...ours.clients, ...peer.clients].map(async (client) => client.end()))
  return rowsOf(workers, ours, peer)
}

async function openSide(url: string, workers: number, take: Side['take']): Promise<Side> {
  const clients = await Promise.all(
    Array.from({ length: workers }, async () => {
      const client = new Client({ connectionString: url })
      await client.connect()
      return client
    }),
  )
  return { clients, take, samples: new Samples(), seconds: 0 }
}

async function takeTurn(side: Side): Promise<void> {
  const began = performance.now()
  let left = TURN
  await Promise.all(
    side.clients.map(async (client, i) => {
      while (left > 0) {
        left -= 1
        const asked = performance.now()
        if (!(await side.take(client, `worker ${i}`)))
          throw new Error('the queue was empty too early')
        side.samples.add(performance.now() - asked)
      }
    }),
  )
  side.seconds += (performance.now() - began) / 1000
}

async function claimNext(client: Client, worker: string): Promise<boolean> {
  const { rows } = await client.query<{ claim: unknown }>({
    name: 'claim',
    text: `select claim_next('bench', $1, 3600000) as claim`,
    values: [worker],
  })
  return rows[0]?.claim !== null
}

async function takePlain(client: Client, worker: string): Promise<boolean> {
  const { rowCount } = await client.query({
    name: 'plain',
    text: `
      with next as (
        select workflow_id from plain_queue
        where agent_id = 'bench' and worker is null and status = 'queued'
        order by created_at at time zone 'utc' limit 1 for no key update skip locked
      )
      update plain_queue q set worker = $1, status = 'running', epoch = epoch + 1 from next
      where q.workflow_id = next.workflow_id returning q.*`,
    values: [worker],
  })
  return rowCount === 1
}

/** The same runs in both: enqueued by the function that the SDK calls, then copied. */
async function fillQueues({ agentUrl, adminUrl }: BenchDatabase): Promise<void> {
  const agent = new Client({ connectionString: agentUrl })
  await agent.connect()
  await agent.query(
    `select enqueue_run(jsonb_build_object('agentId', 'bench', 'goal', 'Answer customer ' || n, 'memory', '{}'::jsonb))
     from generate_series(1, $1) n`,
    [QUEUE],
  )
  await agent.end()
  const admin = new Client({ connectionString: adminUrl })
  await admin.connect()
  await admin.query('drop table if exists plain_queue')
  await admin.query('create table plain_queue (like holdpoint.workflow_checkpoints including all)')
  // The only one that gives this order: a planner that can choose reads every claimed run.
  await admin.query(
    `create index on plain_queue (agent_id, (created_at at time zone 'utc')) where worker is null and status = 'queued'`,
  )
  await admin.query(
    `insert into plain_queue select * from holdpoint.workflow_checkpoints where worker is null and status = 'queued'`,
  )
  await admin.query('vacuum analyze')
  await admin.end()
}

function rowsOf(workers: number, ours: Side, peer: Side): Row[] {
  const row = (
    what: string,
    read: (side: Side) => number,
    show: (value: number) => string,
  ): Row => ({
    what: `${workers} ${workers === 1 ? 'worker' : 'workers'}: ${what}`,
    ours: show(read(ours)),
    beside: [{ value: show(read(peer)), ratio: times(read(ours) / read(peer)) }],
  })
  return [
    row('claims', (side) => side.samples.count / side.seconds, perSecond),
    row('p50', (side) => side.samples.quantile(0.5), ms),
    row('p99', (side) => side.samples.quantile(0.99), ms),
  ]
}

const notes = [
  `Each side empties its own queue of ${QUEUE}, ${TURN} claims in turn. claim_next: chooses the oldest, settles what was in flight,`,
  'takes the lease, changes the run, writes the event, and returns the run with its memory and its steps that are done.',
  'Peer: one statement that chooses the oldest with FOR NO KEY UPDATE SKIP LOCKED and updates it, in a copy of the table',
  'with the same rows, checks and indexes, and one for this question alone; no triggers, no lease, no event, nothing to',
  'go on from.',
]
