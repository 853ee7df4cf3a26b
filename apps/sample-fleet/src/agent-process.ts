import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import type { Readable } from 'node:stream'

import type { AgentName } from './agent-names.ts'
import { AGENT, MEMORY } from './compile.ts'
import { leaseMs } from './settings.ts'

const FIRST_RESTART_MS = 1000
const MOST_RESTART_MS = 60_000
/** An agent that ran this long was well: its next crash counts as the first. */
const WELL_AFTER_MS = 60_000
/** A process that was killed is started again only after its runs were seen to be lost, for so many milliseconds. */
const LOST_MS = 8000
const LEAST_LOST_MS = 1500
/** Milliseconds an agent gets to leave its runs claimable. */
const STOP_MS = 8000

/** What an agent inherits of our environment: nothing that could hold a secret. */
const INHERITED = ['PATH', 'HOME', 'TMPDIR', 'TEMP', 'TMP', 'LANG', 'TZ', 'SystemRoot']

export interface AgentProcessOptions {
  readonly agent: AgentName
  /** How many times faster than life it works. */
  readonly pace: number
  /** Secrets travel here, never in the arguments, which every user of the machine can read. */
  readonly environment: Readonly<Record<string, string>>
  readonly log: (line: string) => void
}

/** One agent's process, started again when it crashes. It ends by itself when its standard input closes. */
export class AgentProcess {
  readonly #options: AgentProcessOptions
  #child: ChildProcess | undefined
  #stopped = false
  #crashes = 0
  #timer: NodeJS.Timeout | undefined

  constructor(options: AgentProcessOptions) {
    this.#options = options
    this.#start()
  }

  async stop(): Promise<void> {
    this.#stopped = true
    clearTimeout(this.#timer)
    const child = this.#child
    if (child === undefined) return
    // Not its exit: that may have been told already.
    const gone = once(child, 'close')
    child.stdin?.end()
    const timer = setTimeout(() => child.kill('SIGKILL'), STOP_MS)
    await gone
    clearTimeout(timer)
  }

  #start(): void {
    const { agent, environment, log } = this.#options
    const child = spawn(process.execPath, [...MEMORY, AGENT, agent], {
      env: { ...inherited(), ...environment },
      stdio: ['pipe', 'pipe', 'pipe'],
    })
    const began = Date.now()
    this.#child = child
    this.#pass(child.stdout)
    this.#pass(child.stderr)
    child.stdin.on('error', () => undefined)
    child.on('error', (error) => log(`${agent}: ${error.message}`))
    child.once('close', (code, signal) => {
      this.#child = undefined
      if (this.#stopped) return
      if (Date.now() - began > WELL_AFTER_MS) this.#crashes = 0
      const wait = this.#restartMs(signal)
      this.#crashes += 1
      log(`${agent} ended (${signal ?? `code ${code}`}); starting it again in ${wait / 1000} s`)
      this.#timer = setTimeout(() => this.#start(), wait)
    })
  }

  #restartMs(signal: NodeJS.Signals | null): number {
    const { pace } = this.#options
    const wait = Math.min(MOST_RESTART_MS, FIRST_RESTART_MS * 2 ** this.#crashes)
    return signal === 'SIGKILL'
      ? Math.max(wait, leaseMs(pace) + Math.max(LEAST_LOST_MS, LOST_MS / pace))
      : wait
  }

  #pass(stream: Readable): void {
    createInterface({ input: stream }).on('line', (line) =>
      this.#options.log(`${this.#options.agent}: ${line}`),
    )
  }
}

const inherited = (): Record<string, string> =>
  Object.fromEntries(
    INHERITED.flatMap((name) => {
      const value = process.env[name]
      return value === undefined ? [] : [[name, value] as const]
    }),
  )
