import type { DriftPoint, DriftSignal, Run } from '@holdpoint/protocol'
import { useState } from 'react'

import { dateTime } from '../../time/format'
import { visible } from '../../ui/visible'
import { scoreText, sides, signalWord, strongest } from './points'
import { SideBySide } from './SideBySide'

interface PointEvidenceProps {
  readonly run: Run
  readonly point: DriftPoint
}

/** What one score stands on: its signals, and of the one that is open the steps, two of them side by side. */
export function PointEvidence({ run, point }: PointEvidenceProps) {
  const [chosen, choose] = useState<string | null>(null)
  const signals = point.signals.toSorted((a, b) => b.value - a.value)
  const open = signals.find(({ name }) => name === chosen) ?? strongest(point)
  return (
    <section aria-label="What the score stands on" className="flex min-w-0 flex-col gap-3 p-3">
      <p>
        <span className="font-medium">Drift {scoreText(point.score)}</span>{' '}
        <span className="text-muted">
          after event {point.seq.toLocaleString('en')}, {dateTime(Date.parse(point.at))}
        </span>
      </p>
      {open === null ? (
        <p className="text-muted">Nothing was held against the run here: what it did was new.</p>
      ) : (
        <>
          <ul className="flex flex-col">
            {signals.map((signal) => (
              <Signal
                key={signal.name}
                signal={signal}
                open={signal.name === open.name}
                choose={() => choose(signal.name)}
              />
            ))}
          </ul>
          <SideBySide
            key={`${point.seq} ${open.name}`}
            run={run}
            evidence={open.evidence}
            usual={sides(open)}
          />
        </>
      )}
    </section>
  )
}

interface SignalProps {
  readonly signal: DriftSignal
  readonly open: boolean
  readonly choose: () => void
}

const Signal = ({ signal, open, choose }: SignalProps) => (
  <li>
    <button
      type="button"
      aria-pressed={open}
      onClick={choose}
      className={`border-line grid w-full grid-cols-[6.5rem_2.5rem_1fr] items-center gap-x-2 border-t px-2 py-1 text-left
        max-md:min-h-11 ${open ? 'bg-selected' : 'hover:bg-raised'}`}
    >
      <span className={open ? 'font-medium' : ''}>{signalWord(signal.name)}</span>
      <span>{scoreText(signal.value)}</span>
      <span className="text-muted min-w-0">{visible(signal.why)}</span>
    </button>
  </li>
)
