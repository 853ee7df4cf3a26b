import { randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'

import { Client } from 'pg'

import { type Stamps, wallClock } from './stamps.ts'

const RUNS = 20
const CONNECTIONS = 8
const TICK_MS = 10

/** Plain-SQL agents: twenty runs whose step changes at a steady rate over a few connections. */
export class Writers {
  readonly #runs = Array.from({ length: RUNS }, () => randomUUID())
  readonly #clients: Client[] = []
  /** The last write of each connection; the next one waits for it. */
  readonly #turns = Array.from({ length: CONNECTIONS }, () => Promise.resolve())
  #next = 0

  async open(agentUrl: string): Promise<void> {
    for (let i = 0; i < CONNECTIONS; i += 1) {
      const client = new Client({ connectionString: agentUrl })
      await client.connect()
      this.#clients.push(client)
    }
    for (const run of this.#runs) {
      await this.#clients[0]?.query(
        `insert into workflow_checkpoints (workflow_id, agent_id, current_step, goal)
         values ($1, 'bench', 'start', 'Change its step at a steady rate')`,
        [run],
      )
    }
  }

  /** Writes `rate` changes per second for `seconds`; a write waits for its turn on its connection. */
  async write(rate: number, seconds: number, stamps: Stamps): Promise<number> {
    const began = performance.now()
    const pending: Promise<void>[] = []
    let sent = 0
    while (performance.now() - began < seconds * 1000) {
      const due = Math.floor(((performance.now() - began) / 1000) * rate)
      for (; sent < due; sent += 1) pending.push(this.#change(stamps))
      await sleep(TICK_MS)
    }
    await Promise.all(pending)
    return sent
  }

  /** One run stays on one connection, so that its changes are written in order. */
  #change(stamps: Stamps): Promise<void> {
    const n = this.#next
    this.#next += 1
    const connection = (n % RUNS) % CONNECTIONS
    const turn = this.#after(this.#turns[connection], connection, n, stamps)
    this.#turns[connection] = turn
    return turn
  }

  async #after(
    before: Promise<void> | undefined,
    connection: number,
    n: number,
    stamps: Stamps,
  ): Promise<void> {
    await before
    await this.#clients[connection]?.query({
      name: 'change',
      text: 'update workflow_checkpoints set current_step = $2 where workflow_id = $1',
      values: [this.#runs[n % RUNS], `e${n}`],
    })
    stamps.committed(n, wallClock())
  }

  async close(): Promise<void> {
    await Promise.all(this.#clients.map(async (client) => client.end()))
  }
}
