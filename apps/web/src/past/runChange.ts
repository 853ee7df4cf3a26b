import {
  holdLabels,
  runState,
  spokenActor,
  stopReasonFacts,
  type Control,
  type Run,
  type RunChange,
} from '@holdpoint/protocol'

import { stateLook } from '../runs/stateLook.ts'
import { compact, dateTime, usd } from '../time/format.ts'

/** What of a run is not as it was, in words; null: there was none. */
export interface FieldChange {
  readonly field: string
  readonly before: string | null
  readonly after: string | null
}

type Told = (run: Run) => string | null

const joined = (parts: readonly (string | null)[]): string | null =>
  parts.filter((part) => part !== null && part !== '').join(' ') || null

function requestOf(control: Control | null): string | null {
  if (control === null) return null
  const stage =
    control.quiescedAt !== null
      ? 'quiesced'
      : control.acknowledgedAt !== null
        ? 'acknowledged'
        : control.deliveredAt !== null
          ? 'delivered'
          : 'requested'
  return `${control.verb} by ${spokenActor(control.by)}, ${stage}`
}

function limitsOf({ limits }: Run): string | null {
  return joined([
    limits.costUsd === null ? null : usd(limits.costUsd),
    limits.tokens === null ? null : `${compact(limits.tokens)} tok`,
    limits.steps === null ? null : `${limits.steps} steps`,
    limits.deadline === null ? null : `by ${dateTime(Date.parse(limits.deadline))}`,
  ])
}

/** Each field that is told, in the order in which it is. */
const fields: readonly (readonly [field: string, told: Told])[] = [
  ['State', (run) => stateLook[runState(run)].word],
  [
    'Why it stopped',
    ({ stopReason }) => (stopReason === null ? null : stopReasonFacts[stopReason].label),
  ],
  ['Detail', (run) => run.stopDetail],
  ['Held by', ({ heldBy }) => heldBy.map((kind) => holdLabels[kind]).join(', ') || null],
  ['Step', (run) => run.step],
  ['Tool', (run) => joined([run.tool, run.toolTarget])],
  [
    'Waits for',
    ({ waitingOn }) => (waitingOn === null ? null : joined([waitingOn.kind, waitingOn.what])),
  ],
  ['Steps', (run) => String(run.steps)],
  ['Spend', ({ spend }) => (spend.costUsd === 0 ? null : usd(spend.costUsd))],
  [
    'Tokens',
    ({ spend }) => {
      const tokens = spend.tokensIn + spend.tokensOut
      return tokens === 0 ? null : compact(tokens)
    },
  ],
  ['Drift', ({ drift }) => (drift === null ? null : drift.toFixed(2))],
  ['Worker', (run) => run.worker],
  ['Limits', limitsOf],
  ['Request', ({ control }) => requestOf(control)],
  ['Goal', (run) => run.goal],
]

/** Field by field; of a run that began in between what it came to. */
export const fieldChanges = ({ before, after }: RunChange): readonly FieldChange[] =>
  fields.flatMap(([field, told]) => {
    const [was, is] = [before === null ? null : told(before), told(after)]
    // The goal of a new run is told as its name.
    if (was === is || (before === null && (field === 'Goal' || is === '0'))) return []
    return [{ field, before: was, after: is }]
  })

/** The list as text, for a message or a post-mortem. */
export function changesText(changes: readonly RunChange[], from: string, to: string): string {
  const n = changes.length
  const head = `${n} ${n === 1 ? 'run' : 'runs'} changed between ${from} and ${to}`
  return [
    head,
    ...changes.flatMap((change) => {
      const { before, after } = change
      return [
        '',
        `${after.agentId}: ${after.goal ?? 'no goal'} (${after.id})${before === null ? ', began in between' : ''}`,
        ...fieldChanges(change).map(
          ({ field, before, after }) => `  ${field}: ${before ?? '-'} -> ${after ?? '-'}`,
        ),
      ]
    }),
  ].join('\n')
}
