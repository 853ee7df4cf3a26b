import {
  type AgentWork,
  RunBusyError,
  RunEndedError,
  type RunSpec,
  type UnfinishedRun,
  Worker,
  WorkerClosedError,
} from '@holdpoint/sdk'

import type { AgentName } from '../agent-names.ts'
import { agentUrl, pace } from '../settings.ts'
import { between, wait } from './think.ts'

const LEASE_MS = 15_000
const LEAST_LEASE_MS = 2000

export interface Job {
  readonly spec: RunSpec
  readonly work: AgentWork<unknown>
}

export interface Duty {
  readonly agent: AgentName
  /** Runs of this agent at a time. */
  readonly atATime: number
  /** Milliseconds between one run and the next, about. */
  readonly pauseMs: number
  /** The next piece of work, or the one that a run was doing when its worker was lost. */
  readonly job: (left: UnfinishedRun | undefined) => Promise<Job> | Job
}

/** An agent's whole life: goes on with what was left, then starts run after run until the process is told to stop. */
export async function keepWorking(duty: Duty): Promise<void> {
  const worker = new Worker({
    url: agentUrl(),
    leaseMs: Math.max(LEAST_LEASE_MS, LEASE_MS / pace()),
  })
  const stop = new AbortController()
  whenToldToStop(() => {
    stop.abort()
    void worker.close()
  })
  const left = (await worker.unfinished(duty.agent)).filter(({ parentId }) => parentId === null)
  const lives = Array.from({ length: duty.atATime }, async (_, nth) =>
    live(worker, duty, left, nth, stop.signal),
  )
  await Promise.all(lives)
  await worker.close()
  process.exit(0)
}

async function live(
  worker: Worker,
  duty: Duty,
  left: UnfinishedRun[],
  nth: number,
  signal: AbortSignal,
): Promise<void> {
  try {
    // Not all at once: a fleet that starts in step stays in step.
    if (left.length === 0) await wait(between(0, 3000) + nth * between(4000, 9000), signal)
    while (!signal.aborted) {
      const run = left.shift()
      const job = await duty.job(run)
      const spec = {
        ...job.spec,
        agent: duty.agent,
        labels: { ...job.spec.labels, model: 'scripted' },
        ...(run !== undefined && { runId: run.id }),
      }
      await worker.supervise(spec, job.work).catch((error: unknown) => told(duty.agent, error))
      await wait(between(duty.pauseMs * 0.5, duty.pauseMs * 1.5), signal)
    }
  } catch (error) {
    if (!signal.aborted) throw error
  }
}

/** A run that failed or was killed is told by its row; the agent goes on with the next. */
function told(agent: string, error: unknown): void {
  const expected = [RunEndedError, RunBusyError, WorkerClosedError]
  if (expected.some((kind) => error instanceof kind)) return
  process.stdout.write(
    `a run of ${agent} ended: ${error instanceof Error ? error.message : String(error)}\n`,
  )
}

/** SIGTERM, Ctrl-C, or the end of standard input: the fleet that started us is gone. */
export function whenToldToStop(stop: () => void): void {
  process.once('SIGTERM', stop)
  process.once('SIGINT', stop)
  process.stdin.once('end', stop)
  process.stdin.once('error', stop)
  process.stdin.resume()
}
