import type { RefObject } from 'react'

interface ReasonFieldProps {
  readonly field: RefObject<HTMLTextAreaElement | null>
  readonly value: string
  readonly change: (reason: string) => void
  readonly rejecting: boolean
  readonly giveUp: () => void
  /** Sends the rejection; undefined while it cannot be sent. */
  readonly send: (() => void) | undefined
}

/** Why: the agent reads it. */
export function ReasonField({ field, value, change, rejecting, giveUp, send }: ReasonFieldProps) {
  return (
    <textarea
      ref={field}
      rows={rejecting ? 2 : 1}
      aria-label="Reason"
      placeholder={rejecting ? 'Why not? The agent reads this' : 'Reason (reaches the agent)'}
      value={value}
      maxLength={2000}
      onChange={(event) => change(event.target.value)}
      onKeyDown={(event) => {
        if (event.key === 'Escape') {
          giveUp()
          event.currentTarget.blur()
        }
        if (event.key === 'Enter' && (event.metaKey || event.ctrlKey)) send?.()
      }}
      className="bg-bg border-line placeholder:text-muted min-h-7 w-full flex-1 resize-none rounded-ctl border px-2.5 py-1 max-md:min-h-11 max-md:basis-full max-md:text-[16px] md:min-w-60"
    />
  )
}
