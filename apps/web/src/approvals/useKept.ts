import type { Approval } from '@holdpoint/protocol'
import { useState } from 'react'

import { dropKept, type Kept, readKept, writeKept } from './kept'

export interface Typed {
  readonly text: string | null
  readonly reason: string
  /** Edits were dropped, because they were of an earlier version of the request. */
  readonly outdated: boolean
  readonly change: (part: Partial<Pick<Kept, 'text' | 'reason'>>) => void
  /** It was sent. */
  readonly done: () => void
}

/** What this person has typed about the request as it stands, in this tab until it is sent. */
export function useKept({ id, version }: Approval): Typed {
  const [kept, setKept] = useState<Kept>(
    () => readKept(sessionStorage, id) ?? { version, text: null, reason: '' },
  )
  const [outdated, setOutdated] = useState(false)
  if (kept.version !== version) {
    setOutdated(kept.text !== null)
    setKept({ ...kept, version, text: null })
  }
  return {
    text: kept.text,
    reason: kept.reason,
    outdated,
    change: (part) => {
      const next = { ...kept, ...part }
      setKept(next)
      writeKept(sessionStorage, id, next)
      if (part.text !== undefined) setOutdated(false)
    },
    done: () => dropKept(sessionStorage, id),
  }
}
