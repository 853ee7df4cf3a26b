import type { ReactNode } from 'react'

import type { Told } from '../errors/told'
import { FailedAct } from '../runs/FailedAct'
import { Button } from '../ui/Button'

interface DialogFooterProps {
  /** Why the last attempt changed nothing; null while none has failed. */
  readonly failed: Told | null
  readonly dismiss: () => void
  readonly close: () => void
  /** What the way out is called, once there is nothing left to cancel. */
  readonly closeWord?: string
  /** Beside the ways out: what is missing, or another thing to do. */
  readonly aside?: ReactNode
  /** The button that does it. */
  readonly children: ReactNode
}

/** The end of a dialog that changes something: what went wrong, the way out, and the button that does it. */
export const DialogFooter = (props: DialogFooterProps) => (
  <footer className="border-line flex flex-wrap items-center justify-end gap-2 border-t px-4 py-3">
    {props.failed !== null && (
      <div className="w-full">
        {/* Whoever ended what was in the way presses the button of the dialog again. */}
        <FailedAct failed={props.failed} dismiss={props.dismiss} retry={props.dismiss} />
      </div>
    )}
    {props.aside}
    <Button size="thumb" look="quiet" onClick={props.close}>
      {props.closeWord ?? 'Cancel'}
    </Button>
    {props.children}
  </footer>
)
