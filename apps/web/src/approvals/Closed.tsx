import type { Approval } from '@holdpoint/protocol'
import type { ReactNode } from 'react'

import { dateTime } from '../time/format'
import { Button } from '../ui/Button'
import { outcomeWords } from './outcome'

interface ClosedProps {
  readonly approval: Approval
  readonly next: () => void
  readonly more: boolean
}

/** Decided by someone, or closed: who and when, and nothing left to press but next. */
export function Closed({ approval, next, more }: ClosedProps) {
  const at = approval.decidedAt ?? approval.closedAt
  return (
    <OnlyNext next={next} more={more}>
      <p>
        <span className="inline-block font-medium first-letter:uppercase">
          {outcomeWords(approval)}
        </span>
        {at !== null && <span className="text-muted"> at {dateTime(Date.parse(at))}</span>}
      </p>
    </OnlyNext>
  )
}

interface OnlyNextProps {
  readonly next: () => void
  readonly more: boolean
  readonly children: ReactNode
}

/** Nothing for this person to answer: why, and on to the next. */
export const OnlyNext = ({ next, more, children }: OnlyNextProps) => (
  <footer
    role="status"
    className="border-line bg-surface flex shrink-0 items-center gap-3 border-t p-3"
  >
    <div className="flex grow flex-wrap items-center justify-between gap-2">{children}</div>
    {more && (
      <Button size="thumb" hotkey="J" onClick={next}>
        Next
      </Button>
    )}
  </footer>
)
