import { can, isFinal, type Run } from '@holdpoint/protocol'
import { Suspense, lazy, useState } from 'react'

import { useBarred } from '../app/useMe'
import { Button } from '../ui/Button'

const RaiseDialog = lazy(() => import('./RaiseDialog'))

/** For a run that stands because its budget is used up: more of it, and on it goes. */
export function RaiseButton({ run }: { readonly run: Run }) {
  const barred = useBarred('control', run.agentId)
  const [open, setOpen] = useState(false)
  if (barred !== null || isFinal(run.status) || !run.heldBy.includes('budget')) return null
  const resumes = can('resume', { ...run, heldBy: ['budget'] })
  return (
    <span className="mt-1 flex flex-wrap items-center gap-2">
      <Button
        look="strong"
        className="max-md:h-11"
        aria-haspopup="dialog"
        onClick={() => setOpen(true)}
      >
        Raise the limit and resume…
      </Button>
      {resumes.allowed && <span className="text-muted">or resume: there is something left.</span>}
      {open && (
        <Suspense>
          <RaiseDialog run={run} close={() => setOpen(false)} />
        </Suspense>
      )}
    </span>
  )
}
