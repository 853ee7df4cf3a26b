import type { EventKind, RunEvent } from '@holdpoint/protocol'

import { actionSel, stepSel } from '../search.ts'

export type Outcome = 'open' | 'done' | 'failed' | 'unknown' | 'cancelled'

/** A span of time on the waterfall. `end` null: it goes on. */
export interface Bar {
  readonly sel: string
  readonly kind: 'step' | 'action'
  readonly label: string
  readonly target: string | null
  readonly start: number
  readonly end: number | null
  readonly outcome: Outcome
}

/** Time in which the run was held, and whether by a pending decision. */
export interface Band {
  readonly start: number
  readonly end: number | null
  readonly kind: 'approval' | 'hold'
}

export interface Waterfall {
  /** Each step, followed by its actions, in the order in which they began. */
  readonly bars: readonly Bar[]
  readonly bands: readonly Band[]
}

type Open = { -readonly [K in keyof Bar]: Bar[K] }

const ends: Partial<Record<EventKind, Outcome>> = {
  'action.confirmed': 'done',
  'action.failed': 'failed',
  'action.unknown': 'unknown',
  'action.cancelled': 'cancelled',
}
const finals = new Set<EventKind>(['run.complete', 'run.failed', 'run.killed'])

/** Steps and actions as spans. Derived: the events stay what is true. */
export function waterfallOf(events: readonly RunEvent[]): Waterfall {
  const draft = new Draft()
  for (const event of events) draft.take(event)
  return draft.done()
}

class Draft {
  readonly #steps: { readonly bar: Open; readonly actions: Open[] }[] = []
  readonly #actions = new Map<string, Open>()
  readonly #bands: { start: number; end: number | null; kind: Band['kind']; hold: string }[] = []
  readonly #occurrences = new Map<string, number>()

  take(event: RunEvent): void {
    const at = Date.parse(event.at)
    this.#pause(event, at)
    if (event.kind === 'run.step') this.#startStep(event, at)
    else if (event.kind === 'step.completed') this.#endStep(event, at, 'done')
    else if (event.kind === 'step.failed') this.#endStep(event, at, 'failed')
    else if (event.kind.startsWith('action.')) this.#action(event, at)
    else if (event.kind.startsWith('hold.')) this.#hold(event, at)
    else if (finals.has(event.kind)) this.#end(event, at)
  }

  done(): Waterfall {
    return {
      bars: this.#steps.flatMap(({ bar, actions }) => [bar, ...actions]),
      bands: this.#bands,
    }
  }

  #startStep(event: RunEvent, at: number): void {
    const label = event.detail?.step ?? event.state.step ?? 'step'
    const current = this.#steps.at(-1)
    if (current !== undefined && current.bar.end === null) {
      current.bar.end = at
      current.bar.outcome = 'done'
    }
    const occurrence = event.detail?.occurrence ?? (this.#occurrences.get(label) ?? 0) + 1
    this.#occurrences.set(label, occurrence)
    const sel = stepSel(label, occurrence)
    this.#steps.push({
      bar: {
        sel,
        kind: 'step',
        label,
        target: occurrence > 1 ? `(${occurrence})` : null,
        start: at,
        end: null,
        outcome: 'open',
      },
      actions: [],
    })
  }

  #endStep(event: RunEvent, at: number, outcome: Outcome): void {
    const name = event.detail?.step
    const step = this.#steps.findLast(({ bar }) => name === undefined || bar.label === name)
    if (step === undefined) return
    step.bar.end = at
    step.bar.outcome = outcome
  }

  #action(event: RunEvent, at: number): void {
    const id = event.detail?.actionId
    if (id === undefined) return
    const outcome = ends[event.kind]
    const held = this.#actions.get(id)
    if (held !== undefined) {
      if (outcome === undefined) return
      held.end = at
      held.outcome = outcome
    } else if (event.kind === 'action.intended') {
      this.#startAction(event, id, at)
    }
  }

  #startAction(event: RunEvent, id: string, at: number): void {
    const { tool = 'action', target = null } = event.detail ?? {}
    const bar: Open = {
      sel: actionSel(id),
      kind: 'action',
      label: tool,
      target,
      start: at,
      end: null,
      outcome: 'open',
    }
    this.#actions.set(id, bar)
    if (this.#steps.length === 0) this.#startStep(event, at)
    this.#steps.at(-1)?.actions.push(bar)
  }

  /** A pause of which no hold was told: the state says so. */
  #pause({ state }: RunEvent, at: number): void {
    const open = this.#bands.at(-1)
    const banded = open !== undefined && open.end === null
    if (state.status === 'paused' && !banded) {
      const kind = state.stopReason === 'AWAITING_APPROVAL' ? 'approval' : 'hold'
      this.#bands.push({ start: at, end: null, hold: 'paused', kind })
    } else if (state.status !== 'paused' && banded && open.hold === 'paused') open.end = at
  }

  #hold(event: RunEvent, at: number): void {
    const hold = event.detail?.hold ?? ''
    if (event.kind === 'hold.opened') {
      this.#bands.push({
        start: at,
        end: null,
        hold,
        kind: hold === 'approval' ? 'approval' : 'hold',
      })
      return
    }
    const band = this.#bands.findLast(
      (open) => open.end === null && (hold === '' || open.hold === hold),
    )
    if (band !== undefined) band.end = at
  }

  #end(event: RunEvent, at: number): void {
    for (const { bar } of this.#steps) {
      if (bar.end !== null) continue
      bar.end = at
      bar.outcome =
        event.kind === 'run.complete'
          ? 'done'
          : event.kind === 'run.failed'
            ? 'failed'
            : 'cancelled'
    }
    for (const band of this.#bands) band.end ??= at
  }
}
