import { Link2 } from 'lucide-react'

import { databaseClock } from '../live/databaseClock'
import { frozen, type TimeWindow } from '../time/moment'
import { CopyButton } from '../ui/CopyButton'
import { writeQuery } from './query'

interface CopyLinkProps {
  readonly path: string
  readonly search: TimeWindow & Readonly<Record<string, unknown>>
}

/** The address of exactly this view: "the last hour" is written out, so that it shows the same tomorrow. */
export const CopyLink = ({ path, search }: CopyLinkProps) => (
  <CopyButton
    icon={Link2}
    words="Copy link"
    text={() =>
      `${location.origin}${path}${writeQuery(frozen(search, databaseClock.now() ?? Date.now()))}`
    }
  />
)
