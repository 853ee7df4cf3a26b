import type { DriftPoint } from '@holdpoint/protocol'

import { clockTime } from '../../time/format'
import { scoreText, signalWord, strongest } from './points'

interface PointListProps {
  readonly points: readonly DriftPoint[]
  readonly chosen: DriftPoint | null
  readonly choose: (seq: number) => void
}

/** The same as the chart in words, newest first: each opens what it stands on. */
export function PointList({ points, chosen, choose }: PointListProps) {
  return (
    <div className="border-line min-h-0 overflow-y-auto border-t max-md:max-h-60">
      <table className="w-full border-collapse">
        <caption className="sr-only">Drift after each action, newest first</caption>
        <thead>
          <tr className="label text-left">
            {['Event', 'At', 'Score', 'Mostly'].map((title) => (
              <th key={title} scope="col" className="h-7 px-3 font-normal">
                {title}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {points.toReversed().map((point) => {
            const most = strongest(point)
            const open = point.seq === chosen?.seq
            return (
              <tr
                key={point.seq}
                className={`border-line border-t ${open ? 'bg-selected' : 'hover:bg-raised'}`}
              >
                <td className="px-3">
                  <button
                    type="button"
                    aria-pressed={open}
                    onClick={() => choose(point.seq)}
                    className="h-7 underline max-md:h-11"
                  >
                    {point.seq.toLocaleString('en')}
                  </button>
                </td>
                <td className="text-muted px-3 whitespace-nowrap">
                  {clockTime(Date.parse(point.at))}
                </td>
                <td className="px-3">{scoreText(point.score)}</td>
                <td className="text-muted w-full max-w-0 truncate px-3">
                  {most === null ? '–' : `${signalWord(most.name)} ${scoreText(most.value)}`}
                </td>
              </tr>
            )
          })}
        </tbody>
      </table>
    </div>
  )
}
