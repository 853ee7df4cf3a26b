import type { Decision } from '@holdpoint/protocol'
import { X } from 'lucide-react'
import { lazy, Suspense, useState } from 'react'

import { Button } from '../ui/Button'

const DecideMany = lazy(() => import('./DecideMany'))

interface ManyBarProps {
  readonly chosen: readonly string[]
  readonly clear: () => void
}

/** What can be done with the chosen requests. */
export function ManyBar({ chosen, clear }: ManyBarProps) {
  // Frozen when the dialog opens.
  const [frozen, freeze] = useState<{ decision: Decision; ids: readonly string[] } | null>(null)
  const done = (answered: boolean) => {
    freeze(null)
    if (answered) clear()
  }
  return (
    <>
      {chosen.length > 0 && (
        <div className="border-line bg-surface sticky bottom-0 flex flex-wrap items-center gap-2 border-t p-2">
          <span className="grow px-1" role="status">
            {chosen.length} chosen
          </span>
          <Button look="quiet" aria-label="Choose none" title="Choose none" onClick={clear}>
            <X aria-hidden className="size-3.5" />
          </Button>
          <Button onClick={() => freeze({ decision: 'rejected', ids: chosen })}>Reject…</Button>
          <Button onClick={() => freeze({ decision: 'approved', ids: chosen })}>Approve…</Button>
        </div>
      )}
      {/* What became of each is read after they have left the list. */}
      <Suspense>{frozen !== null && <DecideMany {...frozen} close={done} />}</Suspense>
    </>
  )
}
