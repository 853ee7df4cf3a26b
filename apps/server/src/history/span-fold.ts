import type { ActionId, ActionState, EventKind, Instant, RunSpan } from '@holdpoint/protocol'

/** An event with which a step or an action began. */
export interface BegunRow {
  readonly seq: number
  readonly kind: EventKind
  readonly name: string
  /** Null: a step of plain SQL, which keeps none. */
  readonly occurrence: number | null
  readonly attempt: number
  readonly actionId: string | null
  readonly tool: string | null
  readonly target: string | null
}

/** An event after it that may say what became of it. */
export interface NextRow {
  readonly seq: number
  readonly kind: EventKind
  readonly at: Instant
  readonly step: string | null
  readonly occurrence: number | null
  readonly actionId: string | null
  readonly landed: boolean | null
}

/** With these the worker that had it in flight is gone: nobody knows whether it landed. */
const cutOff: ReadonlySet<EventKind> = new Set([
  'run.claimed',
  'run.released',
  'run.queued',
  'run.lost',
  'run.complete',
  'run.failed',
  'run.killed',
])

const actionStates: Readonly<Partial<Record<EventKind, ActionState>>> = {
  'action.accepted': 'accepted',
  'action.confirmed': 'confirmed',
  'action.failed': 'failed',
  'action.unknown': 'unknown',
  'action.cancelled': 'cancelled',
}

interface ActionEnd {
  readonly state: ActionState
  readonly endedAt: Instant | null
}

const inFlight = ({ state }: ActionEnd): boolean => state === 'intended' || state === 'accepted'

/** One event on from how an action stood. */
function onward(held: ActionEnd, event: NextRow, own: boolean): ActionEnd {
  if (!own)
    return cutOff.has(event.kind) && inFlight(held) ? { state: 'unknown', endedAt: event.at } : held
  // A person's word on it: when it ended stays what it was.
  if (event.kind === 'action.settled')
    return { ...held, state: event.landed === true ? 'confirmed' : 'failed' }
  const state = actionStates[event.kind]
  if (state === undefined) return held
  return { state, endedAt: state === 'accepted' ? null : event.at }
}

function actionAfter({ seq, actionId }: BegunRow, later: readonly NextRow[]): ActionEnd {
  let held: ActionEnd = { state: 'intended', endedAt: null }
  for (const event of later) {
    if (event.seq <= seq) continue
    const own = event.actionId === actionId
    // Another attempt: this one is over, and what follows is about that.
    if (own && event.kind === 'action.intended') break
    held = onward(held, event, own)
  }
  return held
}

type Kept = NonNullable<Extract<RunSpan, { kind: 'step' }>['kept']>

function stepAfter(begun: BegunRow, occurrence: number, later: readonly NextRow[]): Kept {
  const { seq, name, attempt } = begun
  const next = later.find(
    (event) =>
      event.seq > seq &&
      event.step === name &&
      event.occurrence === occurrence &&
      !event.kind.startsWith('action.'),
  )
  const kept = { occurrence, attempt }
  switch (next?.kind) {
    case undefined:
      return { ...kept, state: 'running', endedAt: null }
    case 'step.completed':
      return { ...kept, state: 'done', endedAt: next?.at ?? null }
    case 'step.failed':
      return { ...kept, state: 'failed', endedAt: next?.at ?? null }
    default:
      // Its worker died and left it: it was over when the next attempt began.
      return { ...kept, state: 'running', endedAt: next?.at ?? null }
  }
}

/** What began, and what became of it by the last of the later events; both ascending. */
export const spansOf = (
  begun: readonly BegunRow[],
  later: readonly NextRow[],
): readonly RunSpan[] =>
  begun.map((row): RunSpan => {
    const { seq, name, attempt, tool, target, actionId, occurrence } = row
    if (row.kind === 'action.intended' && actionId !== null)
      return {
        kind: 'action',
        seq,
        name: tool ?? 'action',
        target,
        actionId: actionId as ActionId,
        attempt,
        ...actionAfter(row, later),
      }
    const kept =
      row.kind === 'run.step' && occurrence !== null ? stepAfter(row, occurrence, later) : null
    return { kind: 'step', seq, name, kept }
  })
