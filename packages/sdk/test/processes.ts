import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'

import { atEndOfFile } from '@holdpoint/db/testing'

import { until } from './rows.ts'

const fixture = fileURLToPath(new URL('./serving.fixture.ts', import.meta.url))

export interface Serving {
  readonly agent: string
  readonly effects: string
  readonly leaseMs: number
  readonly atATime?: number
  readonly version?: string
  readonly resumes?: string[]
}

/** An agent's process; what it said so far is in `lines`. */
export class AgentProcess {
  readonly name = `w-${crypto.randomUUID().slice(0, 8)}`
  readonly lines: string[] = []
  readonly #child: ChildProcess

  constructor(url: string, serving: Serving) {
    const args = [fixture, JSON.stringify({ ...serving, name: this.name })]
    const child = spawn(process.execPath, args, {
      env: { ...process.env, HOLDPOINT_AGENT_URL: url },
      stdio: ['pipe', 'pipe', 'inherit'],
    })
    this.#child = child
    atEndOfFile(() => child.kill('SIGKILL'))
    if (child.stdout === null) throw new Error('no output to read')
    createInterface({ input: child.stdout }).on('line', (line) => this.lines.push(line))
  }

  async says(line: string): Promise<void> {
    await until(
      () => this.lines,
      (lines) => lines.includes(line),
    )
  }

  signal(signal: 'SIGSTOP' | 'SIGCONT'): void {
    this.#child.kill(signal)
  }

  /** Ends it as a crash or a stop would. @returns when it is gone */
  async end(signal: 'SIGKILL' | 'SIGTERM' = 'SIGKILL'): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return
    const exit = once(this.#child, 'exit')
    this.#child.kill(signal)
    await exit
  }
}
