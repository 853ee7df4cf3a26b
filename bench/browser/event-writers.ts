import { setTimeout as sleep } from 'node:timers/promises'

import { Client } from 'pg'

/** Rows of one transaction, and how many connections take turns. */
const BATCH = 20
const CONNECTIONS = 2

/**
 * Agents at work on many runs: real transactions by an agent's own login, each an UPDATE of twenty runs that makes
 * twenty events.
 */
export class EventWriters {
  readonly #url: string
  readonly #runs: readonly string[]
  readonly #clients: Client[] = []
  #stopping = false
  #loops: Promise<void>[] = []
  #next = 0
  #written = 0
  #seconds = 0

  constructor(url: string, runs: readonly string[]) {
    this.#url = url
    this.#runs = runs
  }

  async open(): Promise<void> {
    for (let i = 0; i < CONNECTIONS; i += 1) {
      const client = new Client({ connectionString: this.#url })
      await client.connect()
      this.#clients.push(client)
    }
  }

  /** Events per second that were committed while it wrote. */
  get rate(): number {
    return this.#written / this.#seconds
  }

  /** Writes `rate` events per second until `stop`. */
  start(rate: number): void {
    this.#stopping = false
    this.#loops = this.#clients.map(async (client) => this.#write(client, rate / CONNECTIONS))
  }

  async stop(): Promise<void> {
    this.#stopping = true
    await Promise.all(this.#loops)
    this.#loops = []
  }

  async close(): Promise<void> {
    await this.stop()
    await Promise.all(this.#clients.map(async (client) => client.end()))
  }

  async #write(client: Client, rate: number): Promise<void> {
    const began = performance.now()
    let sent = 0
    while (!this.#stopping) {
      const due = ((performance.now() - began) / 1000) * rate
      if (sent + BATCH > due) {
        await sleep(2)
        continue
      }
      await this.#batch(client)
      sent += BATCH
    }
    this.#seconds += (performance.now() - began) / 1000 / CONNECTIONS
  }

  async #batch(client: Client): Promise<void> {
    const from = this.#next
    this.#next = (from + BATCH) % this.#runs.length
    const { rowCount } = await client.query({
      name: 'work',
      text: `update workflow_checkpoints set current_step = $2, current_tool = $3, tool_target = 'mailbox',
        tokens_in = tokens_in + 900, tokens_out = tokens_out + 120, cost_usd = cost_usd + 0.0041
        where workflow_id = any($1::uuid[])`,
      values: [
        this.#runs.slice(from, from + BATCH),
        `e${from}-${this.#written}`,
        tools[(this.#written / BATCH) % tools.length],
      ],
    })
    this.#written += rowCount ?? 0
  }
}

const tools = ['read_page', 'send_email', 'run_query', 'edit_file']
