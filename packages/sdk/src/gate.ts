import type { ErrorCode, StopReason } from '@holdpoint/protocol'

import { ActionRefusedError, RunEndedError } from './errors.ts'
import type { Json } from './json.ts'
import type { Session } from './session.ts'

export interface Allowed {
  readonly decision: 'allow'
  readonly attempt: number
  readonly actionId?: string
}

export interface Done {
  readonly decision: 'done'
  readonly result?: Json
  readonly response?: Json
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

export type GateAnswer = Allowed | Done | Held | Denied

/**
 * Asks until the answer is allow or done. Held: waits until the run may go on and asks again. The lease was
 * lost: claims the run again and asks again.
 * @throws RunEndedError, FencedError, ActionRefusedError, or what the worker was stopped with
 */
export async function passGate(
  session: Session,
  ask: () => Promise<GateAnswer>,
): Promise<Allowed | Done> {
  for (;;) {
    session.signal.throwIfAborted()
    const version = session.version
    const answer = await ask()
    switch (answer.decision) {
      case 'allow':
      case 'done':
        return answer
      case 'hold':
        await session.untilMayGo(version)
        break
      case 'deny':
        await refused(session, answer)
        break
    }
  }
}

/** Returns when asking again makes sense. */
async function refused(session: Session, answer: Denied): Promise<void> {
  if (answer.code === 'RUN_ENDED') {
    await session.look()
    throw new RunEndedError(`Nothing may begin any more: ${answer.why}.`)
  }
  if (answer.code !== 'FENCED') throw new ActionRefusedError(answer.code, sentence(answer.why))
  await session.reclaim()
}

const sentence = (why: string): string => `The gate refused: ${why}. Nothing was started.`
