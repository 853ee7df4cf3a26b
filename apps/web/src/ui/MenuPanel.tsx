import { Popover } from 'radix-ui'
import type { ReactNode } from 'react'

interface MenuPanelProps {
  readonly label: string
  /** Which edge it shares with its button. */
  readonly align: 'start' | 'end'
  /** Its width, its padding, and what it does with more than fits. */
  readonly className: string
  readonly children: ReactNode
}

/** What opens under the button of a `Popover.Root`; a click outside or Escape closes it. */
export const MenuPanel = ({ label, align, className, children }: MenuPanelProps) => (
  <Popover.Portal>
    <Popover.Content
      align={align}
      sideOffset={4}
      collisionPadding={8}
      aria-label={label}
      className={`enter border-line bg-surface shadow-raised z-20 flex max-w-[calc(100vw-16px)] flex-col rounded-ctl border outline-none ${className}`}
    >
      {children}
    </Popover.Content>
  </Popover.Portal>
)
