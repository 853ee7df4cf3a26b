import { type ChildProcess, spawn } from 'node:child_process'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath, pathToFileURL } from 'node:url'

export const root = fileURLToPath(new URL('../..', import.meta.url))
const guard = pathToFileURL(`${root}/apps/cli/bin/die-with-parent.mjs`).href
const cli = `${root}/apps/cli/src/main.ts`

const STOP_MS = 30_000

/** A script on the Node that runs the tests, as a process of its own. Its output is kept. */
export class Program {
  readonly name: string
  readonly #child: ChildProcess
  readonly #ended: Promise<number>
  #out = ''
  #err = ''

  constructor(name: string, script: string, args: readonly string[], env: NodeJS.ProcessEnv) {
    this.name = name
    // It must not outlive a test run that was killed.
    this.#child = spawn(process.execPath, ['--import', guard, script, ...args], {
      cwd: root,
      env,
      stdio: ['pipe', 'pipe', 'pipe'],
    })
    this.#child.stdout?.setEncoding('utf8').on('data', (text: string) => (this.#out += text))
    this.#child.stderr?.setEncoding('utf8').on('data', (text: string) => (this.#err += text))
    this.#ended = new Promise((resolve) => {
      this.#child.on('error', (error) => {
        this.#err += String(error)
        resolve(-1)
      })
      this.#child.on('close', (code) => resolve(code ?? -1))
    })
  }

  get out(): string {
    return this.#out
  }

  get err(): string {
    return this.#err
  }

  get pid(): number {
    const { pid } = this.#child
    if (pid === undefined) throw new Error(`${this.name} was not started: ${this.#err}`)
    return pid
  }

  get running(): boolean {
    return this.#child.exitCode === null && this.#child.signalCode === null
  }

  /** Its exit code, once it has ended; -1 when a signal ended it. */
  get ended(): Promise<number> {
    return this.#ended
  }

  say(line: string): void {
    this.#child.stdin?.write(`${line}\n`)
  }

  /** As a crash does it: nothing of the program's own runs any more. */
  async kill(): Promise<void> {
    if (this.running) this.#child.kill('SIGKILL')
    await this.#ended
  }

  /** As a person does it. One that does not obey is killed. */
  async stop(): Promise<void> {
    if (this.running) this.#child.kill('SIGTERM')
    const late = setTimeout(() => this.#child.kill('SIGKILL'), STOP_MS)
    await this.#ended
    clearTimeout(late)
  }

  /** Stands still like a machine that sleeps: connections stay open, nothing is answered. */
  freeze(): void {
    this.#child.kill('SIGSTOP')
  }

  thaw(): void {
    this.#child.kill('SIGCONT')
  }
}

export const holdpoint = (args: readonly string[], env: NodeJS.ProcessEnv): Program =>
  new Program(`holdpoint ${args[0] ?? ''}`, cli, args, env)

export interface Answer {
  readonly code: number
  readonly out: string
  readonly err: string
}

/** Runs a command of the CLI to its end. */
export async function ask(args: readonly string[], env: NodeJS.ProcessEnv): Promise<Answer> {
  const program = holdpoint(args, env)
  const code = await program.ended
  return { code, out: program.out.trim(), err: program.err.trim() }
}

/** Waits until a process that is not our child is gone. */
export async function gone(pid: number): Promise<void> {
  for (;;) {
    try {
      process.kill(pid, 0)
    } catch {
      return
    }
    await sleep(20)
  }
}
