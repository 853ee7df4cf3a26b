import { type Channel, channelKinds } from '@holdpoint/protocol'
import { useMutation } from '@tanstack/react-query'
import { useState } from 'react'

import { DialogFooter } from '../app/DialogFooter'
import { api } from '../app/trpc'
import { failedChange } from '../errors/told'
import { Button } from '../ui/Button'
import { Dialog } from '../ui/Dialog'
import { TextField } from '../ui/TextField'
import { type Draft, draftOf, listOf, missingFrom } from './channelDraft'
import { kindWords } from './channelWords'
import { NotificationsAddress } from './NotificationsAddress'
import { NotificationsSecret } from './NotificationsSecret'
import { NotificationsWants } from './NotificationsWants'

interface NotificationsFormProps {
  /** Null: a new one. */
  readonly channel: Channel | null
  readonly hasMailServer: boolean
  readonly close: () => void
}

async function save(channel: Channel | null, draft: Draft) {
  const { kind, name, wants, enabled } = draft
  const url = draft.url.trim()
  const server = draft.smtpUrl.trim() === '' ? undefined : { url: draft.smtpUrl, from: draft.from }
  const asked = {
    name,
    wants: {
      classes: [...wants.classes],
      reasons: wants.classes.includes('run.stopped') ? [...wants.reasons] : [],
      agents: listOf(draft.agents),
      minimumRisk: wants.minimumRisk,
    },
  }
  if (channel !== null) {
    return api.channels.change.mutate({
      ...asked,
      id: channel.id,
      enabled,
      ...(url !== '' && { url }),
      ...(kind === 'email' && { to: listOf(draft.to) }),
      ...(server !== undefined && { server }),
    })
  }
  return kind === 'email'
    ? api.channels.add.mutate({ ...asked, kind, to: listOf(draft.to), server: server ?? null })
    : api.channels.add.mutate({ ...asked, kind, url })
}

/** Makes a channel or changes one; a signing secret is shown once, at the end. */
export function NotificationsForm({ channel, hasMailServer, close }: NotificationsFormProps) {
  const [draft, setDraft] = useState(() => draftOf(channel))
  const [tried, setTried] = useState(false)
  const set = (part: Partial<Draft>) => setDraft({ ...draft, ...part })
  const missing = missingFrom(draft, channel === null, hasMailServer)
  const saving = useMutation({
    mutationFn: async () => save(channel, draft),
    onSuccess: ({ secret }) => {
      if (secret === null) close()
    },
  })
  const secret = saving.data?.secret ?? null
  if (secret !== null) return <NotificationsSecret secret={secret} close={close} />
  const submit = () => {
    setTried(true)
    if (missing === null && !saving.isPending) saving.mutate()
  }
  return (
    <Dialog
      wide
      title={channel === null ? 'Add a channel' : `Change ${channel.name}`}
      close={close}
    >
      <form
        noValidate
        className="flex min-h-0 flex-col"
        onSubmit={(event) => {
          event.preventDefault()
          submit()
        }}
      >
        <div className="flex flex-col gap-4 overflow-y-auto px-4 pt-1 pb-3">
          {channel === null && (
            <fieldset className="flex flex-wrap gap-x-5 gap-y-1">
              <legend className="label mb-1">How</legend>
              {channelKinds.map((kind) => (
                <label key={kind} className="tap-area flex items-center gap-2">
                  <input
                    type="radio"
                    name="kind"
                    checked={draft.kind === kind}
                    onChange={() => set({ kind })}
                    className="accent-accent size-3.5"
                  />
                  {kindWords[kind]}
                </label>
              ))}
            </fieldset>
          )}
          <TextField label="Name" value={draft.name} change={(name) => set({ name })} most={80} />
          <NotificationsAddress
            draft={draft}
            set={set}
            isNew={channel === null}
            hasMailServer={hasMailServer}
          />
          {channel !== null && (
            <label className="tap-area flex items-center gap-2">
              <input
                type="checkbox"
                checked={draft.enabled}
                onChange={() => set({ enabled: !draft.enabled })}
                className="accent-accent size-3.5"
              />
              On. While it is off nothing new is kept for it.
            </label>
          )}
          <NotificationsWants draft={draft} set={set} />
        </div>
        <DialogFooter
          failed={failedChange(saving.error)}
          dismiss={saving.reset}
          close={close}
          aside={
            tried &&
            missing !== null && (
              <p role="status" className="text-bad mr-auto">
                {missing}
              </p>
            )
          }
        >
          <Button size="thumb" look="strong" type="submit" disabled={saving.isPending}>
            {saving.isPending ? 'Requested…' : channel === null ? 'Add' : 'Save'}
          </Button>
        </DialogFooter>
      </form>
    </Dialog>
  )
}
