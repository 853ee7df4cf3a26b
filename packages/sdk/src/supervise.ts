import type { AgentWork } from './run.ts'
import type { CarryOptions, Memory, RunSpec } from './spec.ts'
import type { WorkerOptions } from './worker-options.ts'
import { Worker } from './worker.ts'

interface Shared {
  readonly worker: Worker
  users: number
}

const shared = new Map<string, Shared>()

/**
 * Runs one agent loop as a supervised run. Runs of one process with the same options share one worker: one pool,
 * one control connection, one heartbeat.
 * @throws RunEndedError when the run was killed, FencedError when another worker took it over, RunReleasedError when it
 * was held for longer than `onHold` says, WrongVersionError, what `work` threw
 */
export async function supervise<T, M extends object = Memory>(
  spec: RunSpec<M> & CarryOptions & WorkerOptions & { readonly agent: string },
  work: AgentWork<T, M>,
): Promise<T> {
  return withWorker(spec, async (worker, run) => worker.supervise(run, work))
}

/**
 * Leaves a run for any worker that serves its agent and its skill, from a process that runs none. One that leaves many
 * keeps a `Worker`.
 * @returns the run's id
 */
export async function enqueue<M extends object = Memory>(
  spec: RunSpec<M> & WorkerOptions & { readonly agent: string },
): Promise<string> {
  return withWorker(spec, async (worker, run) => worker.enqueue({ ...run, agent: spec.agent }))
}

async function withWorker<T, Spec extends WorkerOptions>(
  spec: Spec,
  use: (worker: Worker, run: Omit<Spec, keyof WorkerOptions>) => Promise<T>,
): Promise<T> {
  const { url, leaseMs, poolSize, databaseWaitMs, redact, log, name, ...run } = spec
  const options = { url, leaseMs, poolSize, databaseWaitMs, redact, log, name }
  const held = hold(withoutAbsent(options))
  try {
    return await use(held.worker, run)
  } finally {
    await release(held)
  }
}

type Maybe<T> = { readonly [K in keyof T]?: T[K] | undefined }

function withoutAbsent(options: Maybe<WorkerOptions>): WorkerOptions {
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined))
}

function hold(options: WorkerOptions): Shared {
  // Functions have no text: those with a redaction or log of their own get a worker of their own.
  const own = options.redact !== undefined || options.log !== undefined
  const key = own ? crypto.randomUUID() : JSON.stringify(options)
  const found = shared.get(key) ?? { worker: new Worker(options), users: 0 }
  shared.set(key, found)
  found.users += 1
  watchSigterm()
  return found
}

async function release(held: Shared): Promise<void> {
  held.users -= 1
  if (held.users > 0) return
  for (const [key, each] of shared) if (each === held) shared.delete(key)
  if (shared.size === 0) process.removeListener('SIGTERM', onSigterm)
  await held.worker.close()
}

function watchSigterm(): void {
  if (!process.listeners('SIGTERM').includes(onSigterm)) process.on('SIGTERM', onSigterm)
}

/** Leaves every run claimable, then lets the signal do what it would have done without us. */
function onSigterm(): void {
  process.removeListener('SIGTERM', onSigterm)
  void closeAll(process.listenerCount('SIGTERM') > 0)
}

async function closeAll(othersListen: boolean): Promise<void> {
  await Promise.allSettled([...shared.values()].map(async ({ worker }) => worker.close()))
  if (!othersListen) process.kill(process.pid, 'SIGTERM')
}
