import type { RunEvent, RunSpan } from '@holdpoint/protocol'

import { BySequence } from './bySequence.ts'

/** An end that the stream told; a span that is read later may have been looked at before it. */
interface End {
  readonly seq: number
  readonly at: string
  readonly kind: RunEvent['kind']
  readonly landed: boolean | undefined
}

/** Ends kept for answers on their way. */
const mostEnds = 1000

const actionStates = {
  'action.accepted': 'accepted',
  'action.confirmed': 'confirmed',
  'action.failed': 'failed',
  'action.unknown': 'unknown',
  'action.cancelled': 'cancelled',
} as const
const stepStates = { 'step.completed': 'done', 'step.failed': 'failed' } as const

const has = <T extends object>(table: T, key: PropertyKey): key is keyof T =>
  Object.hasOwn(table, key)

/** What began with an event and how it ended: told by the stream while it is followed, else read. */
export class SpanBook {
  readonly #spans: BySequence<RunSpan>
  /** Of those that have not ended, the sequence by key. */
  readonly #open = new Map<string, number>()
  readonly #ends = new Map<string, End>()

  constructor(read: (seqs: readonly number[]) => Promise<readonly RunSpan[]>, changed: () => void) {
    this.#spans = new BySequence<RunSpan>(async (seqs) => {
      const spans = (await read(seqs)).map((span) => this.#ended(span))
      for (const span of spans) this.#note(span)
      return spans
    }, changed)
  }

  get problem(): unknown {
    return this.#spans.problem
  }

  get(seq: number): RunSpan | undefined {
    return this.#spans.get(seq)
  }

  want(seqs: readonly number[]): void {
    this.#spans.want(seqs)
  }

  /** What the stream told since, ascending; `beganStep` knows of steps that plain SQL began. */
  hear(events: readonly RunEvent[], beganStep: (seq: number) => boolean): void {
    for (const event of events) {
      const begun = begunBy(event, beganStep(event.seq))
      if (begun !== null) {
        this.#spans.put(begun)
        this.#note(begun)
      }
      this.#end(event)
      // In flight at the end of a run or of its worker: what that came to is read anew.
      if (event.kind.startsWith('run.') && event.state.status !== 'running') this.doubt()
    }
  }

  /** Forgets what may have ended unheard; it is read again. */
  doubt(): void {
    for (const seq of this.#open.values()) this.#spans.forget(seq)
    this.#open.clear()
  }

  clear(): void {
    this.#spans.clear()
    this.#open.clear()
    this.#ends.clear()
  }

  #note(span: RunSpan): void {
    const key = keyOf(span)
    if (key !== null && isOpen(span)) this.#open.set(key, span.seq)
  }

  #end({ seq, kind, at, detail }: RunEvent): void {
    if (detail === null) return
    const key =
      has(stepStates, kind) && detail.step !== undefined
        ? stepKey(detail.step, detail.occurrence ?? 1)
        : (has(actionStates, kind) || kind === 'action.settled') && detail.actionId !== undefined
          ? actionKey(detail.actionId)
          : null
    if (key === null) return
    this.#ends.delete(key)
    this.#ends.set(key, { seq, at, kind, landed: detail.landed })
    for (const oldest of this.#ends.keys()) {
      if (this.#ends.size <= mostEnds) break
      this.#ends.delete(oldest)
    }
    const span = this.#spans.get(this.#open.get(key) ?? 0)
    if (span === undefined) return
    const ended = this.#ended(span)
    this.#spans.replace(ended)
    if (!isOpen(ended)) this.#open.delete(key)
  }

  #ended(span: RunSpan): RunSpan {
    const end = this.#ends.get(keyOf(span) ?? '')
    if (end === undefined || end.seq < span.seq || !isOpen(span)) return span
    if (span.kind === 'step') {
      if (span.kept === null || !has(stepStates, end.kind)) return span
      return { ...span, kept: { ...span.kept, state: stepStates[end.kind], endedAt: end.at } }
    }
    if (end.kind === 'action.settled')
      return { ...span, state: end.landed === true ? 'confirmed' : 'failed' }
    if (!has(actionStates, end.kind)) return span
    const state = actionStates[end.kind]
    return { ...span, state, endedAt: state === 'accepted' ? null : end.at }
  }
}

/** More may come: also of an unknown outcome, which a person or the worker settles. */
const isOpen = (span: RunSpan): boolean =>
  span.kind === 'step'
    ? span.kept?.state === 'running'
    : span.state === 'intended' || span.state === 'accepted' || span.state === 'unknown'

const actionKey = (id: string) => `action ${id}`
const stepKey = (name: string, occurrence: number) => `step ${occurrence} ${name}`

function keyOf(span: RunSpan): string | null {
  if (span.kind === 'action') return actionKey(span.actionId)
  return span.kept === null ? null : stepKey(span.name, span.kept.occurrence)
}

function begunBy({ seq, kind, detail, state }: RunEvent, beganStep: boolean): RunSpan | null {
  const { step, occurrence, attempt = 1, actionId, tool = 'action', target = null } = detail ?? {}
  if (kind === 'action.intended' && actionId !== undefined) {
    const id = actionId as Extract<RunSpan, { kind: 'action' }>['actionId']
    const open = { attempt, state: 'intended', endedAt: null } as const
    return { kind: 'action', seq, name: tool, target, actionId: id, ...open }
  }
  if (!beganStep) return null
  const name = step ?? state.step ?? 'step'
  if (kind !== 'run.step' || occurrence === undefined)
    return { kind: 'step', seq, name, kept: null }
  const kept = { occurrence, attempt, state: 'running', endedAt: null } as const
  return { kind: 'step', seq, name, kept }
}
