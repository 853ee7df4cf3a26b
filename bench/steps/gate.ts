import { randomBytes, randomUUID } from 'node:crypto'

import { Client } from 'pg'

import type { BenchDatabase } from '../bench-database.ts'
import { Side } from './contestant.ts'
import { processorTimeOf } from './processor-time.ts'

export const slices = 6

/**
 * The gate alone: `begin_action` locks the run, checks it, and commits the intended action, the run's change, its
 * event and its audit row. The peer commits the same four rows, in one statement, into copies of the same tables with
 * the same indexes and without any rule. The two sides take turns in slices.
 */
export async function measureGate(
  { agentUrl, adminUrl }: BenchDatabase,
  writers: number,
  seconds: number,
): Promise<{ ours: Side; peer: Side }> {
  const ours = new Side()
  const peer = new Side()
  const gates = await connectAll(agentUrl, writers, openGate)
  const plain = await connectAll(adminUrl, writers, openPlain)
  const sliceMs = (seconds * 1000) / slices
  // The first turn warms both sides up and is not counted.
  for (let slice = -1; slice < slices; slice += 1) {
    await oneSlice(gates, slice < 0 ? undefined : ours, sliceMs)
    await oneSlice(plain, slice < 0 ? undefined : peer, sliceMs)
  }
  await Promise.all([...gates, ...plain].map(async (writer) => writer.end()))
  return { ours, peer }
}

interface Stepping {
  step(): Promise<void>
  end(): Promise<void>
}

interface Writer extends Stepping {
  /** Of its backend, in µs. */
  readonly processorTime: (() => number) | undefined
}

async function oneSlice(writers: readonly Writer[], side: Side | undefined, sliceMs: number) {
  const before = processorTime(writers)
  const began = performance.now()
  await Promise.all(
    writers.map(async (writer) => {
      while (performance.now() - began < sliceMs) {
        const start = performance.now()
        await writer.step()
        side?.samples.add(performance.now() - start)
      }
    }),
  )
  if (side === undefined) return
  side.seconds += (performance.now() - began) / 1000
  side.processorMicros += processorTime(writers) - before
}

const processorTime = (writers: readonly Writer[]): number =>
  writers.reduce((sum, { processorTime }) => sum + (processorTime?.() ?? Number.NaN), 0)

async function connectAll(
  url: string,
  count: number,
  open: (client: Client) => Promise<Stepping>,
): Promise<Writer[]> {
  return Promise.all(
    Array.from({ length: count }, async () => {
      const client = new Client({ connectionString: url })
      await client.connect()
      return { ...(await open(client)), processorTime: await processorTimeOf(client) }
    }),
  )
}

const request = JSON.stringify({ to: 'someone@example.com', body: 'x'.repeat(200) })
const digest = 'a'.repeat(64)

async function openGate(client: Client): Promise<Stepping> {
  const run = randomUUID()
  await client.query('select start_run($1)', [
    {
      agentId: 'bench',
      runId: run,
      worker: 'bench',
      leaseMs: 3_600_000,
      goal: 'Send one more message',
    },
  ])
  const call = `{"tool":"send_email","target":"mailbox","digest":"${digest}","request":${request},"key":"`
  return {
    async step() {
      const key = randomBytes(8).toString('hex')
      const { rows } = await client.query<{ decision: string }>({
        name: 'gate',
        text: `select begin_action($1, 1, $2::jsonb) ->> 'decision' as decision`,
        values: [run, `${call}${key}"}`],
      })
      if (rows[0]?.decision !== 'allow') throw new Error('the gate did not allow the action')
    },
    end: async () => client.end(),
  }
}

/** Once for a database. */
export async function makePlainCopies(adminUrl: string): Promise<void> {
  const client = new Client({ connectionString: adminUrl })
  await client.connect()
  for (const table of ['workflow_checkpoints', 'actions', 'run_events', 'agent_audit_log']) {
    await client.query(`create table plain_${table} (like holdpoint.${table} including all)`)
  }
  await client.end()
}

const plainStep = `
  with run as (
    update plain_workflow_checkpoints
    set current_tool = 'send_email', tool_since = now(), seq = seq + 1, last_event = $3::jsonb
    where workflow_id = $1 returning workflow_id, seq
  ), action as (
    insert into plain_actions (workflow_id, epoch, step, tool, target, idempotency_key, request, digest)
    select workflow_id, 1, 'step', 'send_email', 'mailbox', $2, $4::jsonb, '${digest}' from run returning action_id
  ), audit as (
    insert into plain_agent_audit_log
      (agent_id, workflow_id, action, target_table, target_row_id, data_after, data_timestamp, actor)
    select 'bench', $1, 'action.begin send_email', 'actions', action_id::text, $3::jsonb, now(), 'agent:bench' from action
  )
  insert into plain_run_events (workflow_id, seq, kind, actor, detail, state)
  select workflow_id, seq, 'action.intended', 'agent:bench', $3::jsonb, $5::jsonb from run`

/** As large as a run's state in an event of ours. */
const state = JSON.stringify({ state: 'x'.repeat(1050) })
const detail = JSON.stringify({ tool: 'send_email', target: 'mailbox', digest })

async function openPlain(client: Client): Promise<Stepping> {
  const run = randomUUID()
  await client.query(
    `insert into plain_workflow_checkpoints (workflow_id, agent_id) values ($1, 'bench')`,
    [run],
  )
  return {
    async step() {
      const key = randomBytes(8).toString('hex')
      await client.query({
        name: 'plain',
        text: plainStep,
        values: [run, key, detail, request, state],
      })
    },
    end: async () => client.end(),
  }
}
