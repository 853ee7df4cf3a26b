import { pause } from './backoff.ts'
import { stopReasonOf } from './classify.ts'
import { hasCode } from './database-errors.ts'
import { FencedError, RunEndedError, RunReleasedError, WorkerClosedError } from './errors.ts'
import { errorText } from './payload.ts'
import type { Session } from './session.ts'

/** The shortest lease there is: what a worker that closes left is claimable after this. */
const LAST_LEASE_MS = 1000
const QUIET_MS = 1000

/** Ends the run complete. @throws RunEndedError, FencedError, what the worker was stopped with */
export async function finish(session: Session): Promise<void> {
  await session.idle()
  await endRun(session, 'complete', null, null)
}

/**
 * Ends the run failed with what the agent threw, unless it has ended or is another's by now.
 * @returns the error to throw on: why the run was stopped, or the agent's own
 */
export async function giveUp(session: Session, error: unknown): Promise<unknown> {
  try {
    if (!session.signal.aborted) {
      await session.idle()
      const fromAction = error instanceof Error && session.failedActions.has(error)
      await endRun(session, 'failed', stopReasonOf(error, fromAction) ?? null, errorText(error))
    }
  } catch (later) {
    // It was killed or taken over meanwhile; that is why it ended, whatever the agent threw.
    if (later instanceof RunEndedError || later instanceof FencedError) session.stop(later)
  }
  const reason: unknown = session.signal.aborted ? session.signal.reason : error
  if (reason instanceof WorkerClosedError) await letGo(session, 'its worker went down')
  if (reason instanceof RunReleasedError)
    await letGo(session, 'held for longer than its worker waits')
  if (reason instanceof FencedError && session.parent?.signal.aborted === true)
    await letGo(session, 'the run above it is another worker’s')
  return reason
}

async function endRun(
  session: Session,
  status: 'complete' | 'failed',
  reason: string | null,
  detail: string | null,
): Promise<void> {
  session.ending = status
  for (;;) {
    session.signal.throwIfAborted()
    try {
      await session.database.query(
        'select end_run($1, $2, $3, $4, $5)',
        () => [session.id, session.epoch, status, reason, detail],
        { signal: session.signal },
      )
      return
    } catch (error) {
      if (hasCode(error, 'RUN_ENDED')) await session.look()
      if (!hasCode(error, 'FENCED')) throw error
      await session.reclaim()
    }
  }
}

/** Any worker may go on at once, and people see a run that waits for one instead of one that was lost. */
export async function letGo(session: Session, why: string): Promise<void> {
  const { database, worker, workerSignal: signal } = session.host
  try {
    await quiet(session)
    await database.query('select release_run($1, $2, $3)', [session.id, session.epoch, why], {
      signal,
    })
  } catch {
    // An action is still under way, whose end this worker may not see: lost as soon as may be.
    const renew = [worker, [session.id], LAST_LEASE_MS]
    await database
      .query('select * from heartbeat($1, $2, $3)', renew, { signal })
      .catch(() => undefined)
  }
}

/** What was told to stop may need a moment until its end is recorded. */
async function quiet(session: Session): Promise<void> {
  const until = performance.now() + QUIET_MS
  while (session.inFlight > 0 && performance.now() < until)
    await pause(10, session.host.workerSignal)
}
