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
      <span className="font-medium first-letter:uppercase">{outcomeWords(approval)}</span>
      {at !== null && <span className="text-muted"> at {dateTime(Date.parse(at))}</span>}
    </OnlyNext>
  )
}

/** Whether this person has answered what stands there now. */
export const hasVoted = (approval: Approval, actor: string): boolean =>
  approval.votes.some((vote) => vote.actor === actor && vote.counts)

/** This person has said yes, and it needs more than one. */
export function Voted({ next, more }: ClosedProps) {
  return (
    <OnlyNext next={next} more={more}>
      <span className="font-medium">You approved.</span>{' '}
      <span className="text-muted">It waits for others: nobody counts twice.</span>
    </OnlyNext>
  )
}

/** Signed in to look. */
export function MayNot({ next, more }: Omit<ClosedProps, 'approval'>) {
  return (
    <OnlyNext next={next} more={more}>
      <span className="text-muted">
        You may look at this, not decide it: that takes a reviewer.
      </span>
    </OnlyNext>
  )
}

interface OnlyNextProps {
  readonly next: () => void
  readonly more: boolean
  readonly children: ReactNode
}

const OnlyNext = ({ next, more, children }: OnlyNextProps) => (
  <footer
    role="status"
    className="border-line bg-surface flex shrink-0 items-center gap-3 border-t p-3"
  >
    <p className="grow">{children}</p>
    {more && (
      <Button size="thumb" hotkey="J" onClick={next}>
        Next
      </Button>
    )}
  </footer>
)
