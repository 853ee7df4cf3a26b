import type { Approval } from '@holdpoint/protocol'
import { Link } from '@tanstack/react-router'
import { useRef } from 'react'

import { Elapsed } from '../time/Ticking'
import { Kbd } from '../ui/Button'
import { useHotkeys } from '../ui/useHotkeys'
import { TimeChoices } from './TimeChoices'

interface MoreTimeProps {
  readonly approval: Approval
  readonly read: () => void
}

/** Nobody decided in time, and its run is still held: it can be given more time, and then be decided. */
export function MoreTime({ approval, read }: MoreTimeProps) {
  const first = useRef<HTMLButtonElement>(null)
  useHotkeys({ down: { t: () => first.current?.focus() } })
  return (
    <footer className="border-line bg-surface flex shrink-0 flex-col gap-2 border-t p-3">
      <p role="status">
        <span className="text-bad font-medium">Expired</span>{' '}
        <span className="text-muted">
          {approval.expiredAt !== null && (
            <>
              <Elapsed since={approval.expiredAt} /> ago
            </>
          )}
          . Nobody decided in time: nothing was approved, nothing was refused, and the run stays
          held. Give it more time <Kbd>T</Kbd> to decide, or kill it on{' '}
          <Link to="/runs/$runId" params={{ runId: approval.runId }} className="underline">
            the page of its run
          </Link>
          .
        </span>
      </p>
      <TimeChoices approval={approval} read={read} first={first} />
    </footer>
  )
}
