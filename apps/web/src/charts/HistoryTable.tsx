import type { HistoryWindow } from '@holdpoint/protocol'

import { stateLook } from '../runs/stateLook'
import { evenly, type Shaped } from './shape'
import { instant } from './when'

const mostRows = 13

const windowWords: Record<HistoryWindow, string> = {
  '1h': 'the last hour',
  '24h': 'the last 24 hours',
  '7d': 'the last 7 days',
}

interface HistoryTableProps {
  readonly shaped: Shaped
  readonly window: HistoryWindow
}

/** The same as the chart, for who does not see it. */
export function HistoryTable({ shaped, window }: HistoryTableProps) {
  const { points, states, gaps, endings } = shaped
  return (
    <table className="sr-only">
      <caption>
        Runs by state over {windowWords[window]}. Ended: {endings.complete} complete,{' '}
        {endings.failed} failed, {endings.killed} killed.
        {gaps.length > 0 &&
          ` No samples: ${gaps.map(({ from, to }) => `${instant(from)} to ${instant(to)}`).join('; ')}.`}
      </caption>
      <thead>
        <tr>
          <th scope="col">Time</th>
          {states.map((state) => (
            <th key={state} scope="col">
              {stateLook[state].word}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {evenly(points, mostRows).map((point) => (
          <tr key={point.at}>
            <th scope="row">{instant(point.at)}</th>
            {states.map((state) => (
              <td key={state}>{point[state] ?? 'no sample'}</td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  )
}
