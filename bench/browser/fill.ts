import { randomUUID } from 'node:crypto'

import { Client } from 'pg'

/** Starts so many runs by plain SQL, through the same triggers as any agent. @returns their ids */
export async function fillFleet(agentUrl: string, count: number): Promise<string[]> {
  return withClient(agentUrl, async (client) => {
    const { rows } = await client.query<{ id: string }>(
      `insert into workflow_checkpoints (workflow_id, agent_id, current_step, goal, current_tool, tool_target, tokens_in,
         tokens_out, cost_usd)
       select gen_random_uuid(), 'bench', 'Read page ' || n, 'Answer customer ' || n || ' about the order that came late',
         'read_page', 'inbox', n * 13, n * 3, n * 0.0007
       from generate_series(1, $1) n returning workflow_id as id`,
      [count],
    )
    return rows.map(({ id }) => id)
  })
}

/** Events of one turn of `longRun`: step begun, action intended, action confirmed, step completed. */
const EVENTS_OF_A_TURN = 4
const TURNS_AT_ONCE = 100

const turns = `
  do $do$
  declare
    answer jsonb;
  begin
    for i in %FROM%..%TO% loop
      perform begin_step('%RUN%', 1, 'Answer customer', i, jsonb_build_object('customer', i));
      answer := begin_action('%RUN%', 1, jsonb_build_object('tool', 'send_email', 'target', 'mailbox', 'step', 'Answer customer',
        'key', 'mail ' || i, 'digest', repeat('a', 64), 'request', jsonb_build_object('to', 'customer' || i || '@example.com',
        'body', repeat('Your order is on its way. ', 8))));
      perform end_action('%RUN%', 1, (answer ->> 'actionId')::uuid,
        '{"state": "confirmed", "response": {"id": "accepted"}, "tokensIn": 900, "tokensOut": 120, "costUsd": 0.0041}');
      perform end_step('%RUN%', 1, 'Answer customer', i, '{"result": "sent"}');
    end loop;
  end $do$`

/** One run under a lease with about so many events, made by the same functions that the SDK calls. */
export class LongRun {
  readonly id = randomUUID()
  readonly #client: Client
  #turn = 0

  private constructor(client: Client) {
    this.#client = client
  }

  static async start(agentUrl: string): Promise<LongRun> {
    const client = new Client({ connectionString: agentUrl })
    // The database may stop first when something else failed.
    client.on('error', () => undefined)
    await client.connect()
    const run = new LongRun(client)
    await client.query('select start_run($1)', [
      {
        agentId: 'bench',
        runId: run.id,
        worker: 'bench',
        leaseMs: 3_600_000,
        goal: 'Answer every customer',
      },
    ])
    return run
  }

  /** The sequence of its last event. */
  get events(): number {
    return 1 + this.#turn * EVENTS_OF_A_TURN
  }

  async growTo(events: number): Promise<void> {
    while (this.events < events) {
      const left = Math.ceil((events - this.events) / EVENTS_OF_A_TURN)
      await this.grow(Math.min(TURNS_AT_ONCE, left))
    }
  }

  /** So many turns in one transaction. */
  async grow(count: number): Promise<void> {
    const text = turns
      .replaceAll('%RUN%', this.id)
      .replace('%FROM%', String(this.#turn + 1))
      .replace('%TO%', String(this.#turn + count))
    await this.#client.query(text)
    this.#turn += count
  }

  async close(): Promise<void> {
    await this.#client.end()
  }
}

async function withClient<T>(url: string, work: (client: Client) => Promise<T>): Promise<T> {
  const client = new Client({ connectionString: url })
  await client.connect()
  try {
    return await work(client)
  } finally {
    await client.end()
  }
}
