import {
  type AgentWork,
  RunBusyError,
  RunEndedError,
  type RunSpec,
  type UnfinishedRun,
  type Worker,
  WorkerClosedError,
} from '@holdpoint/sdk'

import type { AgentName } from '../agent-names.ts'
import { wheneverLetIn } from './let-in.ts'
import { between, wait } from './think.ts'

export interface Job {
  readonly spec: RunSpec
  readonly work: AgentWork<unknown>
}

export interface Duty {
  readonly agent: AgentName
  readonly skill: string
  /** Runs of this kind at a time: while as many wait for a person, nothing new is started. */
  readonly atATime: number
  /** Milliseconds between one run and the next, about. */
  readonly pauseMs: number
  /** The next piece of work, or the one that a run was doing when its worker was lost. */
  readonly job: (left: UnfinishedRun | undefined) => Promise<Job> | Job
}

/** Goes on with what was left of this kind, then starts run after run until the process is told to stop. */
export const keepWorking =
  (duty: Duty) =>
  async (worker: Worker, signal: AbortSignal): Promise<void> => {
    const unfinished = await worker.unfinished(duty.agent)
    const left = unfinished.filter(
      ({ parentId, skill }) => parentId === null && skill === duty.skill,
    )
    const lives = Array.from({ length: duty.atATime }, async (_, nth) =>
      live(worker, duty, left, nth, signal),
    )
    await Promise.all(lives)
  }

async function live(
  worker: Worker,
  duty: Duty,
  left: UnfinishedRun[],
  nth: number,
  signal: AbortSignal,
): Promise<void> {
  // Not all at once: a fleet that starts in step stays in step.
  if (left.length === 0) await wait(between(0, 3000) + nth * between(4000, 9000), signal)
  while (!signal.aborted) {
    const run = left.shift()
    const job = await duty.job(run)
    const spec = {
      ...job.spec,
      agent: duty.agent,
      skill: duty.skill,
      labels: { ...job.spec.labels, model: 'scripted' },
      runId: run?.id ?? crypto.randomUUID(),
    }
    await wheneverLetIn(worker, signal, async () => worker.supervise(spec, job.work)).catch(
      (error: unknown) => told(duty.agent, error),
    )
    await wait(between(duty.pauseMs * 0.5, duty.pauseMs * 1.5), signal)
  }
}

/** A run that failed or was killed is told by its row; the agent goes on with the next. */
export function told(agent: string, error: unknown): void {
  const expected = [RunEndedError, RunBusyError, WorkerClosedError]
  if (expected.some((kind) => error instanceof kind)) return
  process.stdout.write(
    `a run of ${agent} ended: ${error instanceof Error ? error.message : String(error)}\n`,
  )
}
