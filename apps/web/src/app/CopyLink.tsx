import { Link2 } from 'lucide-react'

import { databaseClock } from '../live/databaseClock'
import { frozen, type TimeWindow } from '../time/moment'
import { CopyButton } from '../ui/CopyButton'
import { writeQuery } from './query'

interface CopyLinkProps {
  readonly path: string
  readonly search: TimeWindow & Readonly<Record<string, unknown>>
  readonly bareOnPhone?: boolean
}

/** The address of exactly this view: "the last hour" is written out, so that it shows the same tomorrow. */
export const CopyLink = ({ path, search, bareOnPhone = false }: CopyLinkProps) => (
  <CopyButton
    icon={Link2}
    words="Copy link"
    bareOnPhone={bareOnPhone}
    text={() =>
      `${location.origin}${path}${writeQuery(frozen(search, databaseClock.now() ?? Date.now()))}`
    }
  />
)
