import { classOf } from './classify.ts'
import { hasCode } from './database-errors.ts'
import { ActionFailure, HoldpointError } from './errors.ts'
import type { Json } from './json.ts'
import type { LeasedRun } from './leased-run.ts'
import { errorText, notKept, shortText } from './payload.ts'
import type { Spent } from './spent.ts'

export type Outcome = Spent & {
  readonly state: 'confirmed' | 'failed' | 'unknown' | 'cancelled'
  readonly response?: Json
  readonly error?: string
  readonly errorClass?: string | undefined
  readonly externalRef?: string | undefined
}

/** An action that was told to stop half way may have landed all the same. */
export function failureOf(error: unknown, told: boolean): Outcome {
  const failure = error instanceof ActionFailure ? error : undefined
  const ref = failure?.externalRef
  return {
    state: told ? 'unknown' : (failure?.outcome ?? 'failed'),
    error: errorText(error),
    errorClass: classOf(error),
    externalRef: ref === undefined ? undefined : shortText(ref, 500),
  }
}

/** Tries until it is recorded or the worker goes down: the same action id each time, so twice is once. */
export async function endAction(
  leased: LeasedRun,
  epoch: number,
  actionId: string,
  outcome: Outcome,
): Promise<void> {
  const { late } = await record(leased, epoch, actionId, outcome)
  if (!late || outcome.state !== 'confirmed') return
  // While this worker was cut off, it was written down as unknown; where the run is still ours, we know better.
  try {
    if (leased.epoch === epoch) await leased.reclaim()
    await record(leased, leased.epoch, actionId, outcome)
  } catch (error) {
    // It has ended or is another's: what is known stays as late evidence.
    if (!(error instanceof HoldpointError)) throw error
  }
}

async function record(
  leased: LeasedRun,
  epoch: number,
  actionId: string,
  outcome: Outcome,
): Promise<{ late: boolean }> {
  const send = async (what: Outcome): Promise<{ late: boolean }> => {
    const [row] = await leased.database.query<{ answer: { late: boolean } }>(
      'select end_action($1, $2, $3, $4::jsonb) as answer',
      [leased.id, epoch, actionId, JSON.stringify(what)],
      { signal: leased.host.workerSignal },
    )
    return row?.answer ?? { late: false }
  }
  try {
    return await send(outcome)
  } catch (error) {
    if (hasCode(error, 'TOO_LARGE')) return send({ ...outcome, response: notKept(error) })
    // Someone else has gone on with this action: what we know of it is not wanted any more.
    if (hasCode(error, 'FENCED')) return { late: false }
    throw error
  }
}
