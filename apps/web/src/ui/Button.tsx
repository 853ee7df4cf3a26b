import type { ComponentProps, ReactNode } from 'react'

const looks = {
  plain: 'border border-line bg-surface hover:bg-raised',
  quiet: 'text-muted hover:bg-raised hover:text-text',
  strong: 'border border-accent bg-selected text-text hover:bg-raised',
  danger: 'border border-bad/50 text-bad bg-surface hover:bg-raised',
} as const

export type ButtonLook = keyof typeof looks

export const buttonClass = (look: ButtonLook = 'plain', size: 'normal' | 'thumb' = 'normal') =>
  `relative inline-flex items-center justify-center gap-1.5 overflow-hidden rounded-ctl px-2.5 font-medium
  whitespace-nowrap select-none aria-disabled:opacity-45 disabled:opacity-45
  ${size === 'thumb' ? 'h-11 max-md:min-w-fit max-md:flex-1 md:h-7' : 'h-7'} ${looks[look]}`

interface ButtonProps extends ComponentProps<'button'> {
  readonly look?: ButtonLook
  readonly size?: 'normal' | 'thumb'
  /** The key that does the same, shown beside the words. */
  readonly hotkey?: string
  readonly children: ReactNode
}

export function Button({ look, size, hotkey, children, className, ...rest }: ButtonProps) {
  return (
    <button type="button" {...rest} className={`${buttonClass(look, size)} ${className ?? ''}`}>
      {children}
      {hotkey !== undefined && <Kbd>{hotkey}</Kbd>}
    </button>
  )
}

export const Kbd = ({ children }: { readonly children: ReactNode }) => (
  <kbd
    aria-hidden
    className="rounded-mark border-line text-muted bg-bg hidden min-w-4 border px-1 text-center font-mono
      text-small font-normal md:inline-block"
  >
    {children}
  </kbd>
)
