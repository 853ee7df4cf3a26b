import type { ReactNode } from 'react'

export const fieldClass =
  'bg-bg border-line placeholder:text-muted min-h-7 w-full rounded-ctl border px-2.5 py-1 max-md:min-h-11 max-md:text-[16px]'

interface FieldProps {
  readonly name: string
  /** What it means, where the name alone does not say. */
  readonly hint?: string
  /** For `aria-describedby` of what is in it. */
  readonly hintId?: string
  readonly children: ReactNode
}

/** A field under its name; the hint is no part of the name. */
export const Field = ({ name, hint, hintId, children }: FieldProps) => (
  <div className="flex min-w-0 flex-col gap-1">
    <label className="flex flex-col gap-1">
      <span className="label">{name}</span>
      {children}
    </label>
    {hint !== undefined && (
      <span id={hintId} className="text-muted text-small">
        {hint}
      </span>
    )}
  </div>
)
