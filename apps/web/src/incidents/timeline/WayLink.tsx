import { Link } from '@tanstack/react-router'
import type { ReactNode } from 'react'

import { auditAround } from '../auditWindow'
import { MomentLink } from '../MomentLink'
import type { Way } from './way'

interface WayLinkProps {
  readonly way: Way
  readonly className: string
  readonly children: ReactNode
}

export const WayLink = ({ way, className, children }: WayLinkProps) =>
  way.to === 'audit' ? (
    <Link to="/audit" search={auditAround(way)} className={className}>
      {children}
    </Link>
  ) : (
    <MomentLink runId={way.runId} at={way.at} seq={way.seq} className={className}>
      {children}
    </MomentLink>
  )
