import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'

import { addAgent } from '@holdpoint/db'
import { Pool } from 'pg'

import { freePorts } from './stack/ports.ts'
import { type Answer, ask, gone, holdpoint, Program } from './stack/program.ts'

const START_MS = 300_000

/** What `connection.json` says of a running Holdpoint. */
export interface Connection {
  readonly pid: number
  readonly consoleUrl: string
  readonly signInUrl: string
  readonly agentUrl: string
  readonly apiToken: string
  readonly ownerUrl: string
}

export interface StackOptions {
  /** With the sample agents. */
  readonly fleet?: boolean
  readonly environment?: string
  /** More settings, when they depend on where the console will be. */
  readonly settings?: (url: string) => Readonly<Record<string, string>>
}

/**
 * A whole Holdpoint: `holdpoint start` as a process of its own on a fresh data folder and free ports, with its
 * real Postgres, its server and whatever agents a test adds.
 */
export class Stack {
  readonly #folder: string
  readonly #ports: readonly number[]
  readonly #options: StackOptions
  readonly #agents: Program[] = []
  #program: Program | undefined
  #owner: Pool | undefined

  private constructor(folder: string, ports: readonly number[], options: StackOptions) {
    this.#folder = folder
    this.#ports = ports
    this.#options = options
  }

  static async start(options: StackOptions = {}): Promise<Stack> {
    // An unprivileged Postgres must be able to pass, also when we are root.
    const folder = mkdtempSync(join(tmpdir(), 'holdpoint-e2e-'))
    chmodSync(folder, 0o711)
    const stack = new Stack(folder, await freePorts(2), options)
    try {
      await stack.begin()
      return stack
    } catch (error) {
      await stack.end()
      throw error
    }
  }

  get data(): string {
    return join(this.#folder, 'data')
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}`
  }

  get port(): number {
    return this.#ports[0] ?? 0
  }

  get connection(): Connection {
    return JSON.parse(readFileSync(this.#connectionFile, 'utf8')) as Connection
  }

  /** What `holdpoint start` printed: on standard output, and on standard error. */
  get printed(): { out: string; err: string } {
    return { out: this.#program?.out ?? '', err: this.#program?.err ?? '' }
  }

  /** The database as its owner sees it, past the server. */
  get owner(): Pool {
    if (this.#owner === undefined) {
      this.#owner = new Pool({ connectionString: this.connection.ownerUrl, max: 2 })
      // Tests that kill the database ask again: neither a connection that rests nor one in use ends the process.
      this.#owner.on('error', () => undefined)
      this.#owner.on('connect', (client) => client.on('error', () => undefined))
    }
    return this.#owner
  }

  /** Starts it again after `crash` or `stop`, on the same folder and ports. */
  async begin(): Promise<void> {
    const [port = 0, pgPort = 0] = this.#ports
    const args = ['start', '--port', String(port), '--pg-port', String(pgPort)]
    if (this.#options.fleet !== true) args.push('--empty')
    rmSync(this.#connectionFile, { force: true })
    const program = holdpoint(args, this.#env)
    this.#program = program
    const until = Date.now() + START_MS
    while (!existsSync(this.#connectionFile)) {
      if (!program.running || Date.now() > until)
        throw new Error(`holdpoint start did not come up:\n${program.err}\n${program.out}`)
      await sleep(25)
    }
  }

  /** kill -9 of the server's process; Postgres and the agents are left to themselves. */
  async crash(): Promise<void> {
    await this.#program?.kill()
  }

  async stop(): Promise<void> {
    await this.#program?.stop()
  }

  async restartServer(): Promise<void> {
    await this.crash()
    await this.begin()
  }

  /** The server stands still, as on a machine that sleeps or swaps. */
  freeze(): void {
    this.#program?.freeze()
  }

  thaw(): void {
    this.#program?.thaw()
  }

  get postmaster(): number {
    const file = join(this.data, 'postgres/data/postmaster.pid')
    return existsSync(file) ? Number(readFileSync(file, 'utf8').split('\n')[0]) : 0
  }

  /** kill -9 of the postmaster. Whoever watches over it starts it again. */
  async killPostgres(): Promise<void> {
    const pid = this.postmaster
    process.kill(pid, 'SIGKILL')
    await gone(pid)
  }

  /** Runs a command of the CLI on this stack. */
  async holdpoint(...args: string[]): Promise<Answer> {
    return ask(args, this.#env)
  }

  /** Starts a command of the CLI that is not waited for. */
  begins(...args: string[]): Program {
    return this.#keep(holdpoint(args, this.#env))
  }

  /** A login of its own for an agent, as `holdpoint agent add` makes it. @returns its connection string */
  async addAgent(name: string): Promise<string> {
    const adminUrl = new URL(this.connection.ownerUrl)
    adminUrl.searchParams.delete('options')
    return addAgent({ adminUrl: adminUrl.href, name })
  }

  /** Ends what is held of a test's agents: what it asks for would stand among what the next tests look for. */
  async withdraw(agent: string): Promise<void> {
    const { rows } = await this.owner.query<{ id: string }>(
      `select workflow_id as id from workflow_checkpoints where strpos(agent_id, $1) > 0 and status = 'paused'`,
      [agent],
    )
    // One that ended with its parent is not ended again.
    for (const { id } of rows)
      await this.owner
        .query(`select kill_run($1, 'operator:local', 'its test is over')`, [id])
        .catch(() => undefined)
  }

  /** Starts an agent of `agents/` as a process of its own. */
  sdkAgent(script: string, url: string, ...args: string[]): Program {
    const path = fileURLToPath(new URL(`agents/${script}`, import.meta.url))
    return this.#keep(new Program(script, path, args, { ...this.#env, HOLDPOINT_AGENT_URL: url }))
  }

  /** A link that signs a browser in, fresh from the CLI's own file. */
  get signInUrl(): string {
    return this.connection.signInUrl
  }

  /** Ends everything and removes what it left, in whatever state it is. */
  async end(): Promise<void> {
    this.thaw()
    await Promise.all(this.#agents.map(async (agent) => agent.kill()))
    await this.#owner?.end().catch(() => undefined)
    await this.stop()
    const left = this.postmaster
    if (left > 0) {
      try {
        process.kill(left, 'SIGKILL')
        await gone(left)
      } catch {
        // It was gone already.
      }
    }
    rmSync(this.#folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 })
  }

  #keep(program: Program): Program {
    this.#agents.push(program)
    return program
  }

  get #connectionFile(): string {
    return join(this.data, 'connection.json')
  }

  get #env(): NodeJS.ProcessEnv {
    const inherited = Object.entries(process.env).filter(
      ([name]) => !name.startsWith('HOLDPOINT_') && name !== 'DATABASE_URL',
    )
    return {
      ...Object.fromEntries(inherited),
      HOLDPOINT_DATA: this.data,
      HOLDPOINT_ENVIRONMENT: this.#options.environment ?? 'e2e',
      ...this.#options.settings?.(this.url),
    }
  }
}
