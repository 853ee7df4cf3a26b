import { TextField } from '../ui/TextField'
import type { Draft } from './channelDraft'

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
      <TextField
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
      <TextField
        label="To"
        value={draft.to}
        change={(to) => set({ to })}
        most={5000}
        hint="Several are parted by commas."
      />
      <TextField
        label={hasMailServer || !isNew ? 'Mail server (optional)' : 'Mail server'}
        value={draft.smtpUrl}
        change={(smtpUrl) => set({ smtpUrl })}
        most={2000}
        type="password"
        hint={
          hasMailServer
            ? `${stays}Else the server of the environment is used. smtps://user:password@host`
            : `${stays}smtps://user:password@host, kept sealed`
        }
      />
      <TextField label="From" value={draft.from} change={(from) => set({ from })} most={254} />
    </>
  )
}
