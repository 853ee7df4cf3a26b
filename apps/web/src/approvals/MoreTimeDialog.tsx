import type { Approval } from '@holdpoint/protocol'

import { Dialog } from '../ui/Dialog'
import { TimeChoices } from './TimeChoices'

interface MoreTimeDialogProps {
  readonly approval: Approval
  readonly close: () => void
  readonly read: () => void
}

/** Moves a deadline that has not passed. */
export default function MoreTimeDialog({ approval, close, read }: MoreTimeDialogProps) {
  return (
    <Dialog title="Give it more time" close={close}>
      <div className="flex flex-col gap-3 px-4 pb-4">
        <p className="text-muted">
          Its deadline moves by as much. Nothing is approved by that, and the run stays held.
        </p>
        <TimeChoices approval={approval} read={read} given={close} />
      </div>
    </Dialog>
  )
}
