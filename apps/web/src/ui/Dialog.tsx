import { Dialog as Radix } from 'radix-ui'
import type { ReactNode } from 'react'

interface DialogProps {
  readonly title: string
  readonly hideTitle?: boolean
  readonly wide?: boolean | 'most'
  readonly close: () => void
  readonly children: ReactNode
}

const widths = {
  plain: 'max-w-150 top-[12dvh] max-h-[76dvh]',
  wide: 'max-w-210 top-[12dvh] max-h-[76dvh]',
  // All that is on it should be seen at once.
  most: 'max-w-300 top-[6dvh] max-h-[88dvh]',
} as const

export function Dialog({ title, hideTitle = false, wide = false, close, children }: DialogProps) {
  return (
    <Radix.Root
      open
      onOpenChange={(open) => {
        if (!open) close()
      }}
    >
      <Radix.Portal>
        <Radix.Overlay className="fixed inset-0 z-20 bg-[light-dark(oklch(0.3_0.01_255/0.25),oklch(0.1_0.01_255/0.5))]" />
        <Radix.Content
          aria-describedby={undefined}
          className={`enter border-line bg-surface shadow-raised fixed left-1/2 z-30 flex w-[calc(100vw-16px)]
            -translate-x-1/2 flex-col overflow-hidden rounded-ctl border outline-none ${widths[wide === 'most' ? 'most' : wide ? 'wide' : 'plain']}`}
        >
          <Radix.Title className={hideTitle ? 'sr-only' : 'text-title px-4 pt-3 pb-2'}>
            {title}
          </Radix.Title>
          {children}
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  )
}
