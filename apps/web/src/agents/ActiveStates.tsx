import { stateLook, stateOrder, toneText } from '../runs/stateLook'
import { StateMark } from '../runs/StateMark'
import type { StateTally } from './stateTally'

interface ActiveStatesProps {
  readonly counts: StateTally
  /** As the database counts them; said when the page holds none of them. */
  readonly active: number
}

/** What an agent's runs do now; only what needs someone is coloured. */
export function ActiveStates({ counts, active }: ActiveStatesProps) {
  if (counts.size === 0)
    return <span className="text-muted">{active === 0 ? '–' : `${active} active`}</span>
  return (
    <ul className="flex gap-x-4 whitespace-nowrap">
      {stateOrder
        .filter((state) => counts.has(state))
        .map((state) => {
          const { word, loud, tone } = stateLook[state]
          const count = counts.get(state) ?? 0
          const words =
            state === 'needs_approval' && count !== 1 ? 'need approval' : word.toLowerCase()
          return (
            <li key={state} className="flex items-center gap-1.5">
              <StateMark state={state} />
              <span className={loud ? toneText[tone] : ''}>
                {count.toLocaleString('en')}{' '}
                <span className={loud ? '' : 'text-muted'}>{words}</span>
              </span>
            </li>
          )
        })}
    </ul>
  )
}
