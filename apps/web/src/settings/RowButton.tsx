import type { ReactNode } from 'react'

import { Button } from '../ui/Button'

interface RowButtonProps {
  /** Names the row, too: a table has many of them. */
  readonly label: string
  readonly children: ReactNode
  readonly onClick: () => void
  readonly disabled?: boolean
  readonly title?: string | undefined
}

/** What can be done with one row of a table of the settings. */
export const RowButton = ({
  label,
  children,
  onClick,
  disabled = false,
  title,
}: RowButtonProps) => (
  <Button
    look="quiet"
    className="max-md:h-11"
    aria-label={label}
    title={title}
    disabled={disabled}
    onClick={onClick}
  >
    {children}
  </Button>
)
