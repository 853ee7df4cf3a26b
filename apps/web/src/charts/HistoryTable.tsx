import type { HistoryWindow } from '@holdpoint/protocol'

import { stateLook } from '../runs/stateLook'
import { evenly, type Shaped } from './shape'
import { tableLook, windowWords } from './tableLook'
import { instant, sampled } from './when'

/** For who does not see the chart few rows are enough; whoever asks for numbers is given twice as many. */
const mostRows = { unseen: 13, shown: 25 } as const

interface HistoryTableProps {
  readonly shaped: Shaped
  readonly window: HistoryWindow
  /** In place of the chart; else it is there for who does not see that. */
  readonly shown: boolean
}

/** The same as the chart in numbers, the newest first. */
export function HistoryTable({ shaped, window, shown }: HistoryTableProps) {
  const { points, states, gaps, endings, countedTo } = shaped
  const look = tableLook(shown)
  return (
    <table className={look.table}>
      <caption className={look.caption}>
        <span className={look.words}>
          Runs by state over {windowWords[window]}. Ended
          {countedTo !== null && ` until ${sampled(countedTo, window)}`}: {endings.complete}{' '}
          complete, {endings.failed} failed, {endings.killed} killed.
          {gaps.length > 0 &&
            ` No samples: ${gaps.map(({ from, to }) => `${instant(from)} to ${instant(to)}`).join('; ')}.`}
        </span>
      </caption>
      <thead>
        <tr className={look.head}>
          <th scope="col" className={look.time}>
            Time
          </th>
          {states.map((state) => (
            <th key={state} scope="col" className={look.number}>
              {stateLook[state].word}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {evenly(points, shown ? mostRows.shown : mostRows.unseen)
          .toReversed()
          .map((point) => (
            <tr key={point.at} className={look.row}>
              <th scope="row" className={look.time}>
                {sampled(point.at, window)}
              </th>
              {states.map((state) => (
                <td key={state} className={look.number}>
                  {point[state]?.toLocaleString('en') ?? 'no sample'}
                </td>
              ))}
            </tr>
          ))}
      </tbody>
    </table>
  )
}
