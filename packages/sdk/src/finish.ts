import { pause } from './backoff.ts'
import { stopReasonOf } from './classify.ts'
import { hasCode } from './database-errors.ts'
import { FencedError, RunEndedError, RunReleasedError, WorkerClosedError } from './errors.ts'
import type { LeasedRun } from './leased-run.ts'
import { errorText } from './payload.ts'

/** The shortest lease there is: what a worker that closes left is claimable after this. */
const LAST_LEASE_MS = 1000
const QUIET_MS = 1000

/** Ends the run complete. @throws RunEndedError, FencedError, what the worker was stopped with */
export async function finish(leased: LeasedRun): Promise<void> {
  await leased.idle()
  await endRun(leased, 'complete', null, null)
}

/**
 * Ends the run failed with what the agent threw, unless it has ended or is another's by now.
 * @returns the error to throw on: why the run was stopped, or the agent's own
 */
export async function giveUp(leased: LeasedRun, error: unknown): Promise<unknown> {
  try {
    if (!leased.signal.aborted) {
      await leased.idle()
      const fromAction = error instanceof Error && leased.failedActions.has(error)
      await endRun(leased, 'failed', stopReasonOf(error, fromAction) ?? null, errorText(error))
    }
  } catch (later) {
    // It was killed or taken over meanwhile; that is why it ended, whatever the agent threw.
    if (later instanceof RunEndedError || later instanceof FencedError) leased.stop(later)
  }
  const reason: unknown = leased.signal.aborted ? leased.signal.reason : error
  if (reason instanceof WorkerClosedError) await letGo(leased, 'its worker went down')
  if (reason instanceof RunReleasedError)
    await letGo(leased, 'held for longer than its worker waits')
  if (reason instanceof FencedError && leased.parent?.signal.aborted === true)
    await letGo(leased, 'the run above it is another worker’s')
  return reason
}

async function endRun(
  leased: LeasedRun,
  status: 'complete' | 'failed',
  reason: string | null,
  detail: string | null,
): Promise<void> {
  leased.ending = status
  for (;;) {
    leased.signal.throwIfAborted()
    try {
      await leased.database.query(
        'select end_run($1, $2, $3, $4, $5)',
        () => [leased.id, leased.epoch, status, reason, detail],
        { signal: leased.signal },
      )
      return
    } catch (error) {
      if (hasCode(error, 'RUN_ENDED')) await leased.look()
      if (!hasCode(error, 'FENCED')) throw error
      await leased.reclaim()
    }
  }
}

/** Any worker may go on at once, and people see a run that waits for one instead of one that was lost. */
export async function letGo(leased: LeasedRun, why: string): Promise<void> {
  const { database, worker, workerSignal: signal } = leased.host
  try {
    await quiet(leased)
    await database.query('select release_run($1, $2, $3)', [leased.id, leased.epoch, why], {
      signal,
    })
  } catch {
    // An action is still under way, whose end this worker may not see: lost as soon as may be.
    const renew = [worker, [leased.id], LAST_LEASE_MS]
    await database
      .query('select * from heartbeat($1, $2, $3)', renew, { signal })
      .catch(() => undefined)
  }
}

/** What was told to stop may need a moment until its end is recorded. */
async function quiet(leased: LeasedRun): Promise<void> {
  const until = performance.now() + QUIET_MS
  while (leased.inFlight > 0 && performance.now() < until) await pause(10, leased.host.workerSignal)
}
