import { PencilLine } from 'lucide-react'

import { Button } from '../ui/Button'
import { useHotkeys } from '../ui/useHotkeys'
import type { Editing } from './useDraft'

interface EditButtonProps {
  readonly editing: Editing
  readonly barred: string | null
}

/** Begins to edit, also by its key; drops what was edited. */
export function EditButton({ editing: { text, begin, drop }, barred }: EditButtonProps) {
  useHotkeys({ down: { e: barred === null && text === null ? begin : undefined } })
  return text === null ? (
    <Button
      size="thumb"
      hotkey="E"
      disabled={barred !== null}
      title={barred ?? 'Approve other arguments than were asked for'}
      onClick={begin}
    >
      <PencilLine aria-hidden className="size-3.5" /> Edit
    </Button>
  ) : (
    <Button size="thumb" onClick={drop}>
      Drop edits
    </Button>
  )
}
