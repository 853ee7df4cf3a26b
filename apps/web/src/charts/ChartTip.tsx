import type { RunState } from '@holdpoint/protocol'

import { stateLook } from '../runs/stateLook'
import { StateMark } from '../runs/StateMark'
import { instant } from './when'

interface ChartTipProps {
  readonly states: readonly RunState[]
  /** Given by the chart: the instant under the pointer, and its point as the chart was given it. */
  readonly label?: unknown
  readonly payload?: readonly { readonly payload?: unknown }[]
}

const numberAt = (values: unknown, state: RunState): number | null => {
  if (typeof values !== 'object' || values === null) return null
  const value: unknown = (values as Record<string, unknown>)[state]
  return typeof value === 'number' ? value : null
}

/** What a chart says at one instant, in the order in which it is stacked. */
export function ChartTip({ label, states, payload }: ChartTipProps) {
  const values = payload?.[0]?.payload
  if (typeof label !== 'number') return null
  const known = states.filter((state) => numberAt(values, state) !== null).toReversed()
  return (
    <div className="bg-surface border-line shadow-raised rounded-ctl border px-2.5 py-1.5 text-small">
      <p className="text-muted">{instant(label)}</p>
      {known.length === 0 ? (
        <p>no sample</p>
      ) : (
        <ul>
          {known.map((state) => (
            <li key={state} className="flex items-center gap-1.5">
              <StateMark state={state} />
              <span className="grow pr-4">{stateLook[state].word}</span>
              {numberAt(values, state)?.toLocaleString('en')}
            </li>
          ))}
        </ul>
      )}
    </div>
  )
}
