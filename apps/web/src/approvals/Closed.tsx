import type { Approval } from '@holdpoint/protocol'

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
    <footer
      role="status"
      className="border-line bg-surface flex shrink-0 items-center gap-3 border-t p-3"
    >
      <p className="grow">
        <span className="font-medium first-letter:uppercase">{outcomeWords(approval)}</span>
        {at !== null && <span className="text-muted"> at {dateTime(Date.parse(at))}</span>}
      </p>
      {more && (
        <Button size="thumb" hotkey="J" onClick={next}>
          Next
        </Button>
      )}
    </footer>
  )
}
