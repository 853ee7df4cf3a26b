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
      <span className="inline-block font-medium first-letter:uppercase">
        {outcomeWords(approval, at === null ? undefined : dateTime(Date.parse(at)))}
      </span>
    </OnlyNext>
  )
}

interface OnlyNextProps {
  readonly next: () => void
  readonly more: boolean
  /** What can still be pressed. */
  readonly beside?: ReactNode
  readonly children: ReactNode
}

/** Nothing for this person to answer: why, and on to the next. */
export const OnlyNext = ({ next, more, beside, children }: OnlyNextProps) => (
  <footer className="border-line bg-surface flex shrink-0 flex-wrap items-center gap-2 border-t p-3">
    <p role="status" className="min-w-60 grow">
      {children}
    </p>
    {beside}
    {more && (
      <Button size="thumb" hotkey="J" onClick={next}>
        Next
      </Button>
    )}
  </footer>
)
