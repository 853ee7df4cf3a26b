import type { ReactNode } from 'react'

/** A name and its value, side by side. */
export const Fact = ({
  name,
  children,
}: {
  readonly name: string
  readonly children: ReactNode
}) => (
  <div className="grid grid-cols-[6.5rem_1fr] gap-x-3">
    <dt className="text-muted first-letter:uppercase">{name}</dt>
    <dd className="min-w-0 wrap-anywhere">{children}</dd>
  </div>
)
