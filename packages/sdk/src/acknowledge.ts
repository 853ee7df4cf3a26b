import type { Control } from '@holdpoint/protocol'

import type { LeasedRun } from './leased-run.ts'

type Stage = 'delivered' | 'acknowledged' | 'quiesced'

/** How far a request got with this worker, told only when it is so. */
function stageReached(leased: LeasedRun): Stage | undefined {
  const control = leased.view?.control
  if (control === null || control === undefined) return undefined
  const told = control.verb === 'kill' ? leased.signal.aborted : leased.waiting > 0
  switch (control.verb) {
    case 'kill':
    case 'pause':
      // The gate may have told the agent already, and have noted that by itself.
      if (told || control.acknowledgedAt !== null) {
        return leased.inFlight === 0 ? 'quiesced' : 'acknowledged'
      }
      return 'delivered'
    case 'resume':
      return 'acknowledged'
  }
}

const noted = (control: Control, stage: Stage): boolean => control[`${stage}At`] !== null

/** Writes each stage once, one statement at a time; what cannot be written is tried again with the next news. */
export class Acknowledger {
  readonly #send: (leased: LeasedRun, stage: Stage) => Promise<boolean>
  readonly #telling = new Map<LeasedRun, Promise<void>>()
  readonly #sent = new WeakMap<LeasedRun, string>()

  constructor(send: (leased: LeasedRun, stage: Stage) => Promise<boolean>) {
    this.#send = send
  }

  /** Resolves when all that is true by now has been written, or cannot be for now. */
  async tell(leased: LeasedRun): Promise<void> {
    const before = this.#telling.get(leased)
    if (before === undefined) {
      const telling = this.#tellAll(leased).finally(() => this.#telling.delete(leased))
      this.#telling.set(leased, telling)
      await telling
      return
    }
    await before
    // What came true while that was under way; someone else who waited may have begun it.
    await (this.#telling.get(leased) ?? this.tell(leased))
  }

  async #tellAll(leased: LeasedRun): Promise<void> {
    try {
      while (await this.#tellOne(leased)) {
        // Each stage that was written may have let the next one come true.
      }
    } catch {
      // Away, taken over, or not quiesced after all: the next heartbeat brings it up again.
    }
  }

  async #tellOne(leased: LeasedRun): Promise<boolean> {
    const control = leased.view?.control
    const stage = stageReached(leased)
    if (control === null || control === undefined || stage === undefined) return false
    const mark = `${control.verb} ${control.requestedAt} ${stage}`
    if (noted(control, stage) || this.#sent.get(leased) === mark) return false
    if (!(await this.#send(leased, stage))) return false
    this.#sent.set(leased, mark)
    return true
  }
}
