import { useId } from 'react'

import type { Draft } from './channelDraft'

interface FieldProps {
  readonly label: string
  readonly value: string
  readonly change: (text: string) => void
  readonly most: number
  readonly hint?: string
  readonly secret?: boolean
}

export function Field({ label, value, change, most, hint, secret = false }: FieldProps) {
  const id = useId()
  return (
    <div className="flex flex-col gap-1">
      <label htmlFor={id} className="label">
        {label}
      </label>
      <input
        id={id}
        value={value}
        maxLength={most}
        autoComplete="off"
        spellCheck={false}
        type={secret ? 'password' : 'text'}
        aria-describedby={hint === undefined ? undefined : `${id}-hint`}
        onChange={(event) => change(event.target.value)}
        className="bg-bg border-line placeholder:text-muted h-7 w-full min-w-0 rounded-ctl border px-2.5 max-md:h-11 max-md:text-[16px]"
      />
      {hint !== undefined && (
        <span id={`${id}-hint`} className="label">
          {hint}
        </span>
      )}
    </div>
  )
}

interface NotificationsAddressProps {
  readonly draft: Draft
  readonly set: (part: Partial<Draft>) => void
  readonly isNew: boolean
  readonly hasMailServer: boolean
}

/** Where a channel leads. What is kept is not shown again: left empty, it stays. */
export function NotificationsAddress(props: NotificationsAddressProps) {
  const { draft, set, isNew, hasMailServer } = props
  const stays = isNew ? '' : 'Left empty, it stays as it is. '
  if (draft.kind !== 'email') {
    return (
      <Field
        label="Address"
        value={draft.url}
        change={(url) => set({ url })}
        most={2000}
        hint={
          draft.kind === 'slack'
            ? `${stays}The address of an incoming webhook. It is kept sealed, and not shown again.`
            : `${stays}It gets a signed POST. ${isNew ? 'The secret to check it with is shown once, next.' : 'A new address gets a new secret.'}`
        }
      />
    )
  }
  return (
    <>
      <Field
        label="To"
        value={draft.to}
        change={(to) => set({ to })}
        most={5000}
        hint="Several are parted by commas."
      />
      <Field
        label={hasMailServer || !isNew ? 'Mail server (optional)' : 'Mail server'}
        value={draft.smtpUrl}
        change={(smtpUrl) => set({ smtpUrl })}
        most={2000}
        secret
        hint={
          hasMailServer
            ? `${stays}Else the server of the environment is used. smtps://user:password@host`
            : `${stays}smtps://user:password@host, kept sealed`
        }
      />
      <Field label="From" value={draft.from} change={(from) => set({ from })} most={254} />
    </>
  )
}
