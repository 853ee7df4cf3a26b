import type { Run, RunSpan } from '@holdpoint/protocol'
import { isFinal } from '@holdpoint/protocol'

import type { EventColumns } from '../history/eventColumns.ts'
import { actionSel, eventSel, stepSel } from '../search.ts'

/**
 * `left`: its worker died or the run was killed; nobody said how it ended. `unread`: what came after it has not been read
 * yet, so that its end is not known here.
 */
export type Outcome = 'open' | 'done' | 'failed' | 'unknown' | 'cancelled' | 'left' | 'unread'

/** A row of the waterfall. Times in ms; `end` null: it goes on, as far as is known. */
export interface Bar {
  readonly sel: string
  readonly kind: 'step' | 'action'
  readonly label: string
  readonly target: string | null
  readonly start: number
  readonly end: number | null
  readonly outcome: Outcome
}

interface End {
  readonly end: number | null
  readonly outcome: Outcome
}

/** What becomes of a step that nobody ended when its run does. */
function withRun({ status, statusSince }: Run): End {
  if (!isFinal(status)) return { end: null, outcome: 'open' }
  const end = Date.parse(statusSince)
  if (status === 'complete') return { end, outcome: 'done' }
  return { end, outcome: status === 'failed' ? 'failed' : 'left' }
}

const ms = (instant: string | null): number | null =>
  instant === null ? null : Date.parse(instant)

/** When the next step began (ms); null: there is none; or up to when (ms) events are known that began none. */
export type NextStep = number | null | { readonly unreadAfter: number }

function stepEnd(span: Extract<RunSpan, { kind: 'step' }>, nextStep: NextStep, run: Run): End {
  if (span.kept === null) {
    if (nextStep === null) return withRun(run)
    return typeof nextStep === 'number'
      ? { end: nextStep, outcome: 'done' }
      : { end: nextStep.unreadAfter, outcome: 'unread' }
  }
  const end = ms(span.kept.endedAt)
  switch (span.kept.state) {
    case 'done':
    case 'failed':
      return { end, outcome: span.kept.state }
    case 'running':
      return end === null ? withRun(run) : { end, outcome: 'left' }
  }
}

function actionEnd({ state, endedAt }: Extract<RunSpan, { kind: 'action' }>, run: Run): End {
  const end = ms(endedAt)
  const over = isFinal(run.status) ? Date.parse(run.statusSince) : null
  switch (state) {
    case 'intended':
    case 'accepted':
      return { end: end ?? over, outcome: over === null ? 'open' : 'unknown' }
    case 'confirmed':
    case 'compensated':
      return { end, outcome: 'done' }
    case 'failed':
    case 'cancelled':
    case 'unknown':
      return { end: end ?? over, outcome: state }
  }
}

/** @param nextStep a plain-SQL step ends there */
export function barOf(span: RunSpan, start: number, nextStep: NextStep, run: Run): Bar {
  const label = span.name
  if (span.kind === 'action') {
    const { target, attempt, actionId } = span
    const again = attempt > 1 ? `attempt ${attempt}` : null
    const beside = [again, target].filter((part) => part !== null).join(' · ')
    const sel = actionSel(actionId)
    return { sel, kind: 'action', label, target: beside || null, start, ...actionEnd(span, run) }
  }
  const { kept, seq } = span
  const nth = kept !== null && kept.occurrence > 1 ? `(${kept.occurrence})` : null
  const again = kept !== null && kept.attempt > 1 ? `attempt ${kept.attempt}` : null
  const beside = [nth, again].filter((part) => part !== null).join(' · ')
  const sel = kept === null ? eventSel(seq) : stepSel(label, kept.occurrence)
  return {
    sel,
    kind: 'step',
    label,
    target: beside || null,
    start,
    ...stepEnd(span, nextStep, run),
  }
}

/** When the step after this row began. `begun` are the rows of the whole run that are known, ascending. */
export function nextStepAfter(
  columns: EventColumns,
  begun: readonly number[],
  seq: number,
): NextStep {
  const unread = columns.unknownAfter(seq)
  for (let index = place(begun, seq) + 1; index < begun.length; index += 1) {
    const next = begun[index] ?? 0
    if (unread !== null && unread < next) break
    const micros = columns.beganStep(next) ? columns.micros(next) : null
    if (micros !== null) return micros / 1000
  }
  return unread === null ? null : { unreadAfter: (columns.micros(unread - 1) ?? 0) / 1000 }
}

/** The index of the last one at or before a sequence. */
function place(begun: readonly number[], seq: number): number {
  let low = 0
  let high = begun.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if ((begun[middle] ?? 0) <= seq) low = middle + 1
    else high = middle
  }
  return low - 1
}
