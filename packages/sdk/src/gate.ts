import type { ErrorCode, StopReason } from '@holdpoint/protocol'

import {
  ActionRefusedError,
  ApprovalExpiredError,
  ApprovalRejectedError,
  RecheckRealityError,
  RunEndedError,
} from './errors.ts'
import { goOn } from './go-on.ts'
import type { LeasedRun } from './leased-run.ts'

/** It may begin, or it was done before. */
interface Passed {
  readonly decision: 'allow' | 'done'
}

interface Held {
  readonly decision: 'hold'
  readonly stopReason: StopReason | null
  readonly why: string | null
}

interface Denied {
  readonly decision: 'deny'
  readonly code: ErrorCode
  readonly why: string
}

/** What `begin_step` and `begin_action` answer; they differ in what comes with a yes. */
export type GateAnswer<Yes extends Passed> = Yes | Held | Denied

/**
 * Asks until the answer is allow or done. Held: waits until the run may go on and asks again. The lease was
 * lost: claims the run again and asks again.
 * @throws RunEndedError, FencedError, ActionRefusedError, or what the worker was stopped with
 */
export async function passGate<Yes extends Passed>(
  leased: LeasedRun,
  ask: () => Promise<GateAnswer<Yes>>,
): Promise<Yes> {
  for (;;) {
    leased.signal.throwIfAborted()
    const version = leased.version
    const answer = await ask()
    switch (answer.decision) {
      case 'hold':
        // Nothing may hold it any more: it was answered while it had no worker, and the answer is the agent's to read.
        if (isAnswered(answer.stopReason)) await goOn(leased)
        else await leased.untilMayGo(version)
        break
      case 'deny':
        await refused(leased, answer)
        break
      default:
        leased.wentOn()
        return answer
    }
  }
}

/** Returns when asking again makes sense. */
async function refused(leased: LeasedRun, answer: Denied): Promise<void> {
  if (answer.code === 'RUN_ENDED') {
    await leased.look()
    throw new RunEndedError(`Nothing may begin any more: ${answer.why}.`)
  }
  if (answer.code === 'APPROVAL_REJECTED')
    throw new ApprovalRejectedError(answer.code, sentence(answer.why))
  if (answer.code === 'STATE_DRIFT')
    throw new RecheckRealityError(answer.code, sentence(answer.why))
  if (answer.code === 'APPROVAL_EXPIRED') throw new ApprovalExpiredError(sentence(answer.why))
  if (answer.code !== 'FENCED') throw new ActionRefusedError(answer.code, sentence(answer.why))
  await leased.reclaim()
}

const isAnswered = (reason: StopReason | null): boolean =>
  reason === 'APPROVAL_REJECTED' || reason === 'APPROVAL_EXPIRED'

const sentence = (why: string): string => `The gate refused: ${why}. Nothing was started.`
