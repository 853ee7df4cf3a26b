import { type ActionOptions, type Perform, runAction } from './action.ts'
import { type ApprovalAnswer, type ApprovalRequest, askApproval } from './approve.ts'
import { hasCode } from './database-errors.ts'
import { type GateAnswer, passGate } from './gate.ts'
import { heard } from './heard.ts'
import type { Json } from './json.ts'
import { actionKey, givenKey } from './keys.ts'
import { type LeasedRun, stepKey } from './leased-run.ts'
import { errorText, payload } from './payload.ts'

export interface StepOptions {
  /** What the step works on, as JSON: shown to people and kept with the step. At most 256 KiB. */
  readonly input?: unknown
}

/** What a step's function works with. */
export class Step {
  readonly name: string
  readonly occurrence: number
  readonly #leased: LeasedRun
  #actions = 0
  #approvals = 0

  constructor(leased: LeasedRun, name: string, occurrence: number) {
    this.#leased = leased
    this.name = name
    this.occurrence = occurrence
  }

  /** Fires when the run is killed, ended or taken over. */
  get signal(): AbortSignal {
    return this.#leased.signal
  }

  /**
   * One external effect: nothing of it starts before the gate has allowed and recorded it. While the run is held
   * this waits. When the same action was confirmed before (the run was claimed again), `perform` is not called and
   * what it returned then is returned; so it must return what survives JSON.
   * @throws RunEndedError, FencedError, ActionRefusedError, PayloadTooLargeError, or what `perform` threw
   */
  action<T>(tool: string, options: ActionOptions<T>, perform: Perform<T>): Promise<T> {
    this.#actions += 1
    const key =
      options.key === undefined
        ? actionKey(this.#leased.id, this, this.#actions)
        : givenKey(options.key)
    const call = { leased: this.#leased, step: this.name, tool, key }
    return heard(runAction(call, options, perform))
  }

  /**
   * Asks a person and waits, for days if need be, also across restarts of everything. The run shows as needing
   * approval until someone decides.
   * @throws RunEndedError, FencedError
   */
  approve(request: ApprovalRequest): Promise<ApprovalAnswer> {
    this.#approvals += 1
    return heard(askApproval(this.#leased, this, this.#approvals, request))
  }
}

type Answer = GateAnswer<
  { readonly decision: 'allow' } | { readonly decision: 'done'; readonly result: Json }
>

/**
 * Runs one step, or returns its stored result when it was done before. Its result and the run's memory are
 * committed together.
 */
export async function runStep<T>(
  leased: LeasedRun,
  at: { readonly name: string; readonly occurrence: number },
  options: StepOptions,
  work: (step: Step) => T | Promise<T>,
): Promise<T> {
  const { name, occurrence } = at
  const stored = leased.done.get(stepKey(name, occurrence))
  if (stored !== undefined) return stored as T
  const input =
    options.input === undefined
      ? null
      : JSON.stringify(payload(options.input, 'step input', leased.redact))
  const answer = await passGate(leased, async () => {
    const [row] = await leased.database.query<{ answer: Answer }>(
      'select begin_step($1, $2, $3, $4, $5::jsonb) as answer',
      [leased.id, leased.epoch, name, occurrence, input],
      { signal: leased.signal },
    )
    if (row === undefined) throw new Error('begin_step answered nothing')
    return row.answer
  })
  if (answer.decision === 'done') return answer.result as T
  const step = new Step(leased, name, occurrence)
  let result: T
  let kept: Json
  try {
    result = await work(step)
    kept = payload(result, 'step result', leased.redact)
  } catch (error) {
    // The step's own error is what the agent must hear, whatever becomes of its record.
    await endStep(leased, step, { error: errorText(error) }).catch(() => undefined)
    throw error
  }
  await endStep(leased, step, { result: kept })
  return result
}

async function endStep(
  leased: LeasedRun,
  step: Step,
  outcome: { result?: Json; error?: string },
): Promise<void> {
  leased.signal.throwIfAborted()
  const memory = payload(leased.memory, 'memory', leased.redact)
  let sentBefore = false
  for (;;) {
    const epoch = leased.epoch
    try {
      await leased.database.query(
        'select end_step($1, $2, $3, $4, $5::jsonb)',
        (again) => {
          sentBefore ||= again
          return [
            leased.id,
            epoch,
            step.name,
            step.occurrence,
            JSON.stringify({ ...outcome, memory }),
          ]
        },
        { signal: leased.signal },
      )
      return
    } catch (error) {
      // It was recorded, and only its answer was lost.
      if (sentBefore && hasCode(error, 'ACTION_NOT_FOUND')) return
      if (!hasCode(error, 'FENCED')) throw error
      await leased.reclaim()
    }
  }
}
