import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'

import type { Slice, Taken } from '../peers/slices.ts'
import { Samples } from '../samples.ts'

/** What was measured of one side. */
export class Side {
  readonly samples = new Samples()
  seconds = 0
  /** Of the database's backends; only where it was asked for. */
  processorMicros = 0

  get rate(): number {
    return this.samples.count / this.seconds
  }
}

/** A process that takes durable steps for as long as it is told. */
export class Contestant {
  readonly #process: ChildProcess

  private constructor(child: ChildProcess) {
    this.#process = child
  }

  /** @throws an Error that says in a sentence that it did not start */
  static async start(
    program: string,
    args: readonly string[],
    env: Readonly<Record<string, string>>,
  ): Promise<Contestant> {
    const child = fork(program, args, {
      env: { ...process.env, ...env },
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    })
    let said = ''
    child.stderr?.on('data', (chunk: Buffer) => {
      said = `${said}${chunk.toString()}`.slice(-2000)
    })
    if ((await answerOf(child)) === undefined)
      throw new Error(`it did not start: ${said.trim().split('\n').at(-1) ?? ''}`)
    return new Contestant(child)
  }

  /** Takes steps in so many runs at once for so many ms. */
  async slice(runs: number, ms: number, into?: Side): Promise<void> {
    this.#process.send({ runs, until: Date.now() + ms } satisfies Slice)
    const taken = await answerOf(this.#process)
    if (taken === undefined) throw new Error('a contestant ended before it had answered')
    const { durations, seconds } = taken as Taken
    if (into === undefined) return
    into.seconds += seconds
    for (const duration of durations) into.samples.add(duration)
  }

  async stop(): Promise<void> {
    if (this.#process.exitCode !== null || this.#process.signalCode !== null) return
    if (this.#process.connected) this.#process.disconnect()
    await once(this.#process, 'exit')
  }
}

/** The next message of a process; undefined when it ended first. */
async function answerOf(child: ChildProcess): Promise<unknown> {
  const done = new AbortController()
  try {
    return await Promise.race([
      once(child, 'message', done).then(([message]) => message as unknown),
      once(child, 'exit', done).then(() => undefined),
    ])
  } finally {
    done.abort()
  }
}
