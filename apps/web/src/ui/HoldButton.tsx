import type { KeyboardEvent, ReactNode } from 'react'

import { Kbd, buttonClass, type ButtonLook } from './Button'
import type { Hold } from './useHold'

interface HoldButtonProps {
  readonly hold: Hold
  readonly children: ReactNode
  readonly look?: ButtonLook
  readonly size?: 'normal' | 'thumb'
  readonly hotkey?: string
  readonly disabled?: boolean
  readonly title?: string | undefined
}

const isPress = (event: KeyboardEvent) => event.key === 'Enter' || event.key === ' '

/** A button that acts only when held; the fill shows how long is left. */
export function HoldButton(props: HoldButtonProps) {
  const { hold, children, look = 'danger', size, hotkey, disabled = false, title } = props
  const keyDown = (event: KeyboardEvent) => {
    if (event.key === 'Escape') hold.cancel()
    if (!isPress(event)) return
    event.preventDefault()
    if (!event.repeat) hold.start()
  }
  return (
    <button
      type="button"
      disabled={disabled}
      title={title ?? 'Press and hold; letting go or Escape cancels.'}
      className={`${buttonClass(look, size)} touch-none`}
      onPointerDown={(event) => {
        if (event.button === 0) hold.start()
      }}
      onPointerUp={hold.cancel}
      onPointerLeave={hold.cancel}
      onPointerCancel={hold.cancel}
      onBlur={hold.cancel}
      onContextMenu={(event) => event.preventDefault()}
      onKeyDown={keyDown}
      onKeyUp={(event) => {
        if (isPress(event)) hold.cancel()
      }}
    >
      {hold.holding && <span aria-hidden className="hold-fill bg-bad/35 absolute inset-0" />}
      <span className="relative inline-flex items-center gap-1.5">
        {children}
        {hotkey !== undefined && (
          <>
            <Kbd>{hotkey}</Kbd>
            <span aria-hidden className="text-muted font-normal md:hidden">
              hold
            </span>
          </>
        )}
      </span>
    </button>
  )
}
