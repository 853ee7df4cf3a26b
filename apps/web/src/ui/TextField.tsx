import { useId } from 'react'

import { Field, fieldClass } from './Field'

interface TextFieldProps {
  readonly label: string
  readonly value: string
  readonly change: (value: string) => void
  readonly type?: 'text' | 'email' | 'password' | 'number'
  readonly complete?: string
  /** In characters. */
  readonly most?: number
  readonly hint?: string
}

/** A line of text under its name. Names and addresses: nothing corrects what is typed. */
export function TextField(props: TextFieldProps) {
  const { label, value, change, type = 'text', complete = 'off', most = 320, hint } = props
  const hintId = useId()
  return (
    <Field name={label} {...(hint !== undefined && { hint, hintId })}>
      <input
        type={type}
        value={value}
        autoComplete={complete}
        autoCapitalize="none"
        spellCheck={false}
        maxLength={most}
        aria-describedby={hint === undefined ? undefined : hintId}
        onChange={(event) => change(event.target.value)}
        className={fieldClass}
      />
    </Field>
  )
}
