import type { Consequence } from '@holdpoint/protocol'

import { hasCode } from './database-errors.ts'
import { ActionRefusedError, ResponseNotKeptError } from './errors.ts'
import { type GateAnswer, passGate } from './gate.ts'
import type { Json } from './json.ts'
import type { LeasedRun } from './leased-run.ts'
import { endAction, failureOf, type Outcome } from './outcome.ts'
import { digestOf, isNotKept, payload, responsePayload, shortText } from './payload.ts'
import { billed, type Spent } from './spent.ts'

export interface ActionOptions<T = unknown> {
  /** What is asked of the tool, as JSON. Stored (secrets out) and digested. At most 256 KiB. */
  readonly request?: unknown
  /** What it acts on, for people: an address, a table, an order number. */
  readonly target?: string | undefined
  /**
   * Idempotency key, unique in the run: what was confirmed under it is never done again. Its place in the run
   * unless given.
   */
  readonly key?: string
  /** Can it be undone? Shown to reviewers. */
  readonly reversible?: boolean
  /** For the reviewer, where a policy has the gate ask about this action: why, how risky, what will change. */
  readonly reason?: string
  readonly risk?: 'low' | 'medium' | 'high'
  readonly consequence?: Consequence
  /**
   * Rows that the agent read and builds on, at most 20: looked at again, with the agent's own rights, in the transaction
   * that lets the action begin. Where one has changed, nothing begins: RecheckRealityError.
   */
  readonly preconditions?: readonly Precondition[]
  /** JSON Schema of the request: what a reviewer changes is held against it. At most 64 KiB. */
  readonly schema?: object
  /**
   * The yes that this action uses. Only needed where the same call was asked about more than once: the gate finds the
   * yes for a call by itself.
   */
  readonly approval?: string
  /** Doing it twice is the same as once: it may be tried again when its outcome is unknown. */
  readonly idempotent?: boolean
  /**
   * What to return where nobody knew whether the action landed, a person said that it did, and gave no response. It
   * may look for itself what came of it, but must not do it again. Without it that is null.
   */
  readonly landed?: () => T | Promise<T>
  /** Tokens and cost of this action, read from what it returned. */
  readonly spent?: (result: T) => Spent
}

type Scalar = string | number | boolean

/** A row as it was read, or that there was none. */
export type Precondition = {
  /** With its schema, as `public.orders`. */
  readonly table: string
  readonly key: Readonly<Record<string, Scalar>>
} & (
  | {
      /** Columns that must be as they were: a version, an updated_at as text, or `xmin`. */
      readonly expect: Readonly<Record<string, Scalar | null>>
    }
  | { readonly absent: true }
)

/**
 * Called once the gate has allowed the action; `signal` fires when the run is killed or taken over. `key` is the
 * same for each attempt: hand it to a tool that does one thing only once for a key. `request` is what to ask of the tool:
 * what was given, or what a reviewer made of it.
 */
export type Perform<T> = (
  signal: AbortSignal,
  call: { readonly key: string; readonly request: Json },
) => T | Promise<T>

interface Call {
  readonly leased: LeasedRun
  readonly step: string
  readonly tool: string
  readonly key: string
}

/**
 * One external action: asked for at the gate, recorded as intended before `perform` starts, and recorded as
 * what became of it before this returns. Done before: returns what it returned then.
 * @throws RunEndedError, FencedError, ActionRefusedError, PayloadTooLargeError, or what `perform` threw
 */
export async function runAction<T>(
  call: Call,
  options: ActionOptions<T>,
  perform: Perform<T>,
): Promise<T> {
  const { leased, key } = call
  if (leased.keysInFlight.has(key)) {
    throw new ActionRefusedError('NOTHING_TO_DO', `Action "${key}" is under way already.`)
  }
  leased.keysInFlight.add(key)
  try {
    const question = new Question(call, options)
    const answer = await passGate(leased, async () => question.ask())
    if (answer.decision === 'done') {
      if (answer.settled && answer.response === null && options.landed)
        return await options.landed()
      return keptResponse(answer.response, call) as T
    }
    const allowed = {
      ...answer,
      epoch: question.epoch,
      request: answer.request ?? question.request,
    }
    // Also where the agent does not wait for it: what became of it must be written down.
    return await leased.host.track(carryOut(call, allowed, options, perform))
  } finally {
    leased.keysInFlight.delete(key)
  }
}

interface Allowed {
  readonly decision: 'allow'
  readonly actionId: string
  readonly attempt: number
  /** What shall run instead of what was asked: a reviewer edited it. */
  readonly request?: Json
}

interface Done {
  readonly decision: 'done'
  readonly response: Json
  /** A person said that it landed. */
  readonly settled?: true
}

type Answer = GateAnswer<Allowed | Done>

type Asked = Omit<ActionOptions, 'spent' | 'landed'>

/** What the gate is asked, and in which epoch it was asked last. */
class Question {
  epoch = 0
  readonly request: Json
  #askedBefore = false
  readonly #call: Call
  readonly #text: string
  readonly #sql: string

  constructor(call: Call, options: Asked) {
    const request = payload(options.request, 'request', call.leased.redact)
    this.#call = call
    this.request = request
    const gate = options.preconditions === undefined ? 'begin_action' : 'begin_action_checked'
    this.#sql = `select ${gate}($1, $2, $3::jsonb) as answer`
    this.#text = JSON.stringify({
      tool: shortText(call.tool, 200),
      target: options.target === undefined ? undefined : shortText(options.target, 1000),
      key: call.key,
      step: call.step,
      request,
      digest: digestOf(request),
      reversible: options.reversible,
      idempotent: options.idempotent,
      approval: options.approval,
      edits: true,
      reason: options.reason === undefined ? undefined : shortText(options.reason, 4000),
      risk: options.risk,
      consequence:
        options.consequence === undefined
          ? undefined
          : payload(options.consequence, 'request', call.leased.redact),
      schema: options.schema,
      preconditions: options.preconditions,
    })
  }

  async ask(): Promise<Answer> {
    const { leased } = this.#call
    this.epoch = leased.epoch
    for (;;) {
      try {
        const answer = await this.#send()
        return this.#askedBefore ? await this.#unheard(answer) : answer
      } catch (error) {
        // An earlier sending of this very call overtook it; the next answer says what became of that.
        if (!hasCode(error, 'NOTHING_TO_DO')) throw error
      }
    }
  }

  async #send(): Promise<Answer> {
    const { leased } = this.#call
    const [row] = await leased.database.query<{ answer: Answer }>(
      this.#sql,
      (again) => {
        this.#askedBefore ||= again
        return [leased.id, this.epoch, this.#text]
      },
      { signal: leased.signal },
    )
    if (row === undefined) throw new Error('begin_action answered nothing')
    return row.answer
  }

  /**
   * The connection broke after the gate had said yes and before we heard it: the action stands as intended in
   * our own epoch, and this process never began it. (It may have begun it for an earlier call, and failed to record
   * its end: then it stays in flight.)
   */
  async #unheard(answer: Answer): Promise<Answer> {
    if (answer.decision !== 'deny' || answer.code !== 'NOTHING_TO_DO') return answer
    const { leased, key } = this.#call
    const [row] = await leased.database.query<{
      action_id: string
      attempt: number
      request: Json
    }>(
      `select action_id, attempt, request from actions
       where workflow_id = $1 and idempotency_key = $2 and epoch = $3 and state = 'intended'`,
      [leased.id, key, this.epoch],
      { signal: leased.signal },
    )
    if (row === undefined || leased.begun.has(`${row.action_id} ${row.attempt}`)) return answer
    return {
      decision: 'allow',
      actionId: row.action_id,
      attempt: row.attempt,
      request: row.request,
    }
  }
}

async function carryOut<T>(
  call: Call,
  allowed: Allowed & { readonly epoch: number; readonly request: Json },
  options: ActionOptions<T>,
  perform: Perform<T>,
): Promise<T> {
  const { leased } = call
  leased.inFlight += 1
  const attempt = `${allowed.actionId} ${allowed.attempt}`
  const ended = async (outcome: Outcome): Promise<void> => {
    await endAction(leased, allowed.epoch, allowed.actionId, outcome)
    leased.begun.delete(attempt)
  }
  try {
    if (leased.signal.aborted) {
      // The kill was quicker than the answer: nothing is begun.
      await ended({ state: 'cancelled' })
      leased.signal.throwIfAborted()
    }
    leased.begun.add(attempt)
    let result: T
    try {
      result = await perform(leased.signal, { key: call.key, request: allowed.request })
    } catch (error) {
      await ended(failureOf(error, leased.signal.aborted))
      if (error instanceof Error) leased.failedActions.add(error)
      throw error
    }
    const response = responsePayload(result, leased.redact)
    await ended({ state: 'confirmed', response, ...spentOn(result, options) })
    return result
  } finally {
    leased.inFlight -= 1
    leased.note()
  }
}

function spentOn<T>(result: T, options: ActionOptions<T>): Spent {
  try {
    return billed(options.spent?.(result) ?? {})
  } catch {
    // The action has happened; its record must not fail on its bill.
    return {}
  }
}

/** What was stored when the action was done before. */
function keptResponse(response: Json, call: Call): Json {
  if (!isNotKept(response)) return response
  throw new ResponseNotKeptError(
    `"${call.tool}" in step "${call.step}" was done before, but its response was not kept.`,
  )
}
