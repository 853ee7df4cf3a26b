import { Link2 } from 'lucide-react'
import { useState } from 'react'

import { databaseClock } from '../live/databaseClock'
import { frozen, type TimeWindow } from '../time/moment'
import { buttonClass } from '../ui/Button'
import { writeQuery } from './query'

interface CopyLinkProps {
  readonly path: string
  readonly search: TimeWindow & Readonly<Record<string, unknown>>
}

/** The address of exactly this view: "the last hour" is written out, so that it shows the same tomorrow. */
export function CopyLink({ path, search }: CopyLinkProps) {
  const [said, setSaid] = useState<'Copied' | 'Not allowed here' | null>(null)
  const copy = async () => {
    const view = frozen(search, databaseClock.now() ?? Date.now())
    try {
      await navigator.clipboard.writeText(`${location.origin}${path}${writeQuery(view)}`)
      setSaid('Copied')
    } catch {
      setSaid('Not allowed here')
    }
    setTimeout(() => setSaid(null), 2000)
  }
  return (
    <button
      type="button"
      onClick={() => void copy()}
      className={`${buttonClass('quiet')} max-md:h-10`}
    >
      <Link2 aria-hidden className="size-3.5" />{' '}
      <span aria-live="polite">{said ?? 'Copy link'}</span>
    </button>
  )
}
