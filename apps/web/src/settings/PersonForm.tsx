import { type PersonRow, personName, type Role, roles } from '@holdpoint/protocol'
import { useState } from 'react'

import { DialogFooter } from '../app/DialogFooter'
import { api } from '../app/trpc'
import { Button } from '../ui/Button'
import { Dialog } from '../ui/Dialog'
import { TextField } from '../ui/TextField'
import { AgentLimit, agentsOf } from './AgentLimit'
import { useCommand } from './useSettings'

interface PersonFormProps {
  /** Null: a new one. */
  readonly person: PersonRow | null
  readonly close: () => void
  readonly showLink: (name: string, url: string) => void
}

export const roleWords: Record<Role, string> = {
  viewer: 'looks at everything, changes nothing',
  operator: 'pauses, resumes, kills, raises limits, isolates agents',
  reviewer: 'answers what agents ask for',
  admin: 'may do everything, and says who else may what',
}

/** Adds a person, or changes what they may do. A new one gets a link to come in with. */
export function PersonForm({ person, close, showLink }: PersonFormProps) {
  const [name, setName] = useState(person?.name ?? '')
  const [email, setEmail] = useState(person?.email ?? '')
  const [chosen, setChosen] = useState<readonly Role[]>(person?.roles ?? ['viewer'])
  const [limit, setLimit] = useState(person?.agents?.join(', ') ?? '')
  const admin = chosen.includes('admin')
  // A viewer acts on nothing, so there is nothing to limit.
  const acts = chosen.some((role) => role !== 'viewer')
  const save = useCommand(async (isNew: boolean) => {
    const asked = {
      name,
      roles: [...chosen],
      agents: acts ? agentsOf(limit) : null,
      email: email.trim() === '' ? null : email.trim(),
    }
    if (!isNew) {
      await api.operators.change.mutate(asked)
      return null
    }
    await api.operators.add.mutate(asked)
    return (await api.operators.link.mutate({ name })).url
  })
  const missing = !personName.test(name)
    ? 'A name is made of a-z 0-9 . _ @ + - and begins with a letter or digit.'
    : chosen.length === 0
      ? 'Without a role nobody may even look.'
      : admin && agentsOf(limit) !== null
        ? 'An administrator cannot be limited: they could lift the limit.'
        : null
  const toggle = (role: Role) =>
    setChosen(chosen.includes(role) ? chosen.filter((each) => each !== role) : [...chosen, role])
  const submit = () => {
    if (missing !== null || save.pending) return
    save.run(person === null, (url) => {
      close()
      if (url !== null) showLink(name, url)
    })
  }
  return (
    <Dialog title={person === null ? 'Add a person' : `Change ${person.name}`} close={close}>
      <form
        noValidate
        className="flex min-h-0 flex-col"
        onSubmit={(event) => {
          event.preventDefault()
          submit()
        }}
      >
        <div className="flex flex-col gap-4 overflow-y-auto px-4 pt-1 pb-3">
          {person === null && (
            <TextField
              label="Name, as the log will write it"
              value={name}
              change={(text) => setName(text.toLowerCase())}
            />
          )}
          <fieldset className="flex flex-col gap-1">
            <legend className="label mb-1">Roles</legend>
            {roles.map((role) => (
              <label key={role} className="tap-area flex items-baseline gap-2">
                <input
                  type="checkbox"
                  checked={chosen.includes(role)}
                  onChange={() => toggle(role)}
                  className="accent-accent size-3.5 shrink-0 translate-y-0.5"
                />
                <span>
                  <span className="font-medium">{role}</span>{' '}
                  <span className="text-muted">{roleWords[role]}</span>
                </span>
              </label>
            ))}
          </fieldset>
          {acts && <AgentLimit value={limit} change={setLimit} />}
          <TextField label="E-mail (optional)" type="email" value={email} change={setEmail} />
        </div>
        <DialogFooter
          failed={save.failed}
          dismiss={save.dismiss}
          close={close}
          aside={
            missing !== null &&
            name !== '' && (
              <p role="status" className="text-muted mr-auto">
                {missing}
              </p>
            )
          }
        >
          <Button
            size="thumb"
            look="strong"
            type="submit"
            disabled={missing !== null || save.pending}
          >
            {save.pending ? 'Requested…' : person === null ? 'Add, and make a link' : 'Save'}
          </Button>
        </DialogFooter>
      </form>
    </Dialog>
  )
}
