import { Link } from '@tanstack/react-router'
import type { ReactNode } from 'react'

import { eventSel } from '../runs/search'

interface MomentLinkProps {
  readonly runId: string
  /** The database's instant, to the microsecond. */
  readonly at: string
  /** The event that is opened beside the timeline. */
  readonly seq?: number | undefined
  readonly className?: string
  readonly children: ReactNode
}

/** What the address of a moment in a run says. */
export const momentSearch = (at: string, seq?: number) => ({
  at,
  ...(seq !== undefined && { sel: eventSel(seq) }),
})

/** Leads to a run as it was at a moment. */
export const MomentLink = ({ runId, at, seq, className, children }: MomentLinkProps) => (
  <Link
    to="/runs/$runId"
    params={{ runId }}
    search={momentSearch(at, seq)}
    {...(className !== undefined && { className })}
  >
    {children}
  </Link>
)
