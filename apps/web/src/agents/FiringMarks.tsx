import type { LoopFiring } from '@holdpoint/protocol'
import { Link } from '@tanstack/react-router'

import type { MarkShape, Tone } from '../runs/stateLook'
import { Mark } from '../runs/StateMark'
import { firingsInWords, firingWords } from './loopWords'

const looks: Record<LoopFiring['state'], { readonly shape: MarkShape; readonly tone: Tone }> = {
  fired: { shape: 'check', tone: 'quiet' },
  late: { shape: 'half-dot', tone: 'holding' },
  missed: { shape: 'cross', tone: 'bad' },
}

/** The latest firings, oldest first, each a link to what it started: a check, late a half dot, missed a cross. */
export function FiringMarks({ firings }: { readonly firings: readonly LoopFiring[] }) {
  if (firings.length === 0) return <span className="text-muted">none yet</span>
  return (
    <span className="block">
      <ol aria-label="Last firings" className="flex">
        {firings.toReversed().map((firing, nth) => (
          <li key={firing.dueAt ?? firing.firedAt ?? nth} title={firingWords(firing)}>
            {firing.runId === null ? (
              <span className="block p-px">
                <Mark {...looks[firing.state]} still />
                <span className="sr-only">{firingWords(firing)}</span>
              </span>
            ) : (
              <Link
                to="/runs/$runId"
                params={{ runId: firing.runId }}
                className="hover:bg-raised rounded-mark block p-px"
              >
                <Mark {...looks[firing.state]} still />
                <span className="sr-only">{firingWords(firing)}</span>
              </Link>
            )}
          </li>
        ))}
      </ol>
      <span className="label">{firingsInWords(firings)}</span>
    </span>
  )
}
