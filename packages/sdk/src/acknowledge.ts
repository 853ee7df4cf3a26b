import type { Control } from '@holdpoint/protocol'

import type { Session } from './session.ts'

type Stage = 'delivered' | 'acknowledged' | 'quiesced'

/** How far a request got with this worker, told only when it is so. */
function stageReached(session: Session): Stage | undefined {
  const control = session.view?.control
  if (control === null || control === undefined) return undefined
  const told = control.verb === 'kill' ? session.signal.aborted : session.waiting > 0
  switch (control.verb) {
    case 'kill':
    case 'pause':
      // The gate may have told the agent already, and have noted that by itself.
      if (told || control.acknowledgedAt !== null) {
        return session.inFlight === 0 ? 'quiesced' : 'acknowledged'
      }
      return 'delivered'
    case 'resume':
      return 'acknowledged'
  }
}

const noted = (control: Control, stage: Stage): boolean => control[`${stage}At`] !== null

/** Writes each stage once, one statement at a time; what cannot be written is tried again with the next news. */
export class Acknowledger {
  readonly #send: (session: Session, stage: Stage) => Promise<boolean>
  readonly #telling = new Map<Session, Promise<void>>()
  readonly #sent = new WeakMap<Session, string>()

  constructor(send: (session: Session, stage: Stage) => Promise<boolean>) {
    this.#send = send
  }

  /** Resolves when all that is true by now has been written, or cannot be for now. */
  async tell(session: Session): Promise<void> {
    const before = this.#telling.get(session)
    if (before === undefined) {
      const telling = this.#tellAll(session).finally(() => this.#telling.delete(session))
      this.#telling.set(session, telling)
      await telling
      return
    }
    await before
    // What came true while that was under way; someone else who waited may have begun it.
    await (this.#telling.get(session) ?? this.tell(session))
  }

  async #tellAll(session: Session): Promise<void> {
    try {
      while (await this.#tellOne(session)) {
        // Each stage that was written may have let the next one come true.
      }
    } catch {
      // Away, taken over, or not quiesced after all: the next heartbeat brings it up again.
    }
  }

  async #tellOne(session: Session): Promise<boolean> {
    const control = session.view?.control
    const stage = stageReached(session)
    if (control === null || control === undefined || stage === undefined) return false
    const mark = `${control.verb} ${control.requestedAt} ${stage}`
    if (noted(control, stage) || this.#sent.get(session) === mark) return false
    if (!(await this.#send(session, stage))) return false
    this.#sent.set(session, mark)
    return true
  }
}
