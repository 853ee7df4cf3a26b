import type { OpenRequest } from '@holdpoint/protocol'
import { useState } from 'react'

import { inPlace, type InPlace } from './inPlace'

const none: readonly OpenRequest[] = []

/** The list as it is now; while `frozen`, in the places that it had when someone began to point at it. */
export function useSteadyInbox(rows: readonly OpenRequest[] = none, frozen: boolean): InPlace {
  const [held, setHeld] = useState(rows)
  if (!frozen && held !== rows) setHeld(rows)
  return inPlace(frozen ? held : rows, rows)
}
